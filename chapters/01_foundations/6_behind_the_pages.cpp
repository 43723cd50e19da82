//: # Behind the pages
//:
//: Two things have been at work in every section so far without being shown. One turns a packed
//: file into a text to learn from. The other prints the lines that you see on these pages, and sees
//: to it that you see the lines that were printed. Neither has to do with language models, and you
//: can skip this page and lose nothing; but the book promises to show every line of its code, and
//: here they are. What is only bookkeeping stands as one line that opens.

#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/utf8.hpp"
#include "common/foundations/words.hpp"
#include "common/harness/exercise.hpp"
#include "common/harness/recorder.hpp"

using namespace llm;

//: ## From bytes to characters
//:
//: A text file holds bytes, and a byte has 256 values, too few for the characters of the world. The
//: encoding that nearly all text has today is UTF-8: the 128 characters of ASCII are one byte each,
//: and all others are two to four bytes, of which the first says how many follow. A decoder must
//: not trust its input. What is not UTF-8 is refused, with the place of the byte:

static void characters_and_bytes() {
  const std::string text = "naïve → 名";
  const std::u32string characters = decode_utf8(text);
  print("{} bytes, {} characters", text.size(), characters.size());
  print("encoded again, it is the same text: {}", encode_utf8(characters) == text ? "yes" : "no");
  try {
    decode_utf8("caf\xe9");
  } catch (const std::exception& error) {
    print("{}", error.what());
  }
}
//: ```{output}
//: ```
//:
//: One character is its first byte without the bits that say the length, and six bits of each byte
//: that follows. A form longer than needed, half of a pair that UTF-16 needs, and a number beyond
//: the last character are refused too. A library for this exists, is short, and has been tested on
//: more texts than ours would be: UTF8-CPP. What we add is the message:
//:
//: ```{listing} llm::decode_utf8
//: ```
//: ```{listing} llm::encode_utf8
//: :folded:
//: ```
//:
//: ## From a packed file to a corpus
//:
//: The Jargon File of the Debian package `jargon-text` is meant to be read page by page. Its lines
//: are wrapped at 76 characters, its pages begin with tables of contents, and its tables are drawn
//: with box characters. A model would spend its weights on learning all that. So the reader joins
//: what was wrapped, and leaves out what is furniture. This is what remains:

static void the_corpus() {
  const std::string text = read_corpus();
  print("{}", statistics_text(corpus_statistics(text)));
  print("runs of letters, as section 1.1 counts words: {}", split_words(text).size());
}
//: ```{output}
//: ```
//:
//: The two counts of words differ because they count different things. The first takes whatever
//: stands between two spaces for a word, a number or a lone dash too; the second takes runs of
//: letters, so that "back-up" is two of them and "1975" is none.
//:
//: `read_corpus`, which section 1.1 listed, chooses the text. The bytes of a file are unpacked if
//: they are packed, and checked to be text before anything else looks at them.
//:
//: ```{listing} llm::default_corpus_path
//: :folded:
//: ```
//: ```{listing} llm::read_text_file
//: :folded:
//: ```
//: ```{listing} llm::read_bytes
//: :folded:
//: ```
//: ```{listing} llm::unix_line_ends
//: :folded:
//: ```
//:
//: The Jargon File is cut into paragraphs, those that are furniture are dropped, and what remains
//: is joined:
//:
//: ```{listing} llm::clean_jargon_file
//: ```
//:
//: An empty line ends a paragraph. Lines drawn with box characters are left out here, and
//: typographic quotes, dashes and accents are spelled with ASCII characters, because a model would
//: have to learn each of them from a few places.
//:
//: ```{listing} llm::Block
//: :folded:
//: ```
//: ```{listing} llm::split_blocks
//: :folded:
//: ```
//: ```{listing} llm::is_ruled
//: :folded:
//: ```
//: ```{listing} llm::spell_in_ascii
//: :folded:
//: ```
//:
//: Furniture is found by its looks. A table of contents is a run of short lines that do not end as
//: sentences do. One such line alone may be a heading, so it takes five, of which one in five may
//: end as a sentence does:
//:
//: ```{listing} llm::is_contents
//: ```
//: ```{listing} llm::drop_furniture
//: :folded:
//: ```
//: ```{listing} llm::may_be_contents_line
//: :folded:
//: ```
//: ```{listing} llm::is_navigation
//: :folded:
//: ```
//:
//: Joining asks of each line whether it was wrapped, and it was if the next word would not have
//: fitted at its end. Where it would have, someone broke the line on purpose, as in verse and code,
//: and the break stays. The `margin` is the smallest indentation of the paragraph; what a line has
//: beyond it stays as well:
//:
//: ```{listing} llm::join_block
//: ```
//: ```{listing} llm::indentation
//: :folded:
//: ```
//:
//: Without the package, the prose of this book is the corpus. It is small, but it is always there.
//:
//: ```{listing} llm::book_prose
//: :folded:
//: ```
//: ```{listing} llm::prose_of_file
//: :folded:
//: ```
//:
//: And the count that was printed above:
//:
//: ```{listing} llm::CorpusStatistics
//: :folded:
//: ```
//: ```{listing} llm::corpus_statistics
//: :folded:
//: ```
//: ```{listing} llm::statistics_text
//: :folded:
//: ```
//:
//: ## The program of a chapter
//:
//: A chapter is a program; `build/chapters/01_foundations` runs all of its sections, with a number
//: it runs one, and `--list` names them. A section is a function, and its experiments print with
//: `print`, which takes a format as `fmt::print` does:
//:
//: ```{listing} llm::print
//: ```
//:
//: The book has to show each printed line under the statement that printed it, and `print` is not
//: told where it was called. The trick is in the default arguments. `__builtin_LINE()` as a default
//: argument is the line of the *caller*:
//:
//: ```{listing} llm::here
//: ```
//: ```{listing} llm::Place
//: :folded:
//: ```
//:
//: But `print` takes any number of arguments, and after these there is no room for a default. So
//: the format brings the place along. A string literal turns into a `PlacedFormat` where `print` is
//: called, and that is the line which the default arguments of its constructor see. `consteval`
//: makes the compiler check the format against the arguments:
//:
//: ```{listing} llm::PlacedFormat
//: ```
//:
//: Lines with timings are marked, because they are the only ones that two runs may print
//: differently. All lines take the same way in the end, to the terminal and onto a sheet, together
//: with their place:
//:
//: ```{listing} llm::print_and_keep
//: ```
//: ```{listing} llm::recording
//: :folded:
//: ```
//: ```{listing} llm::print_text
//: :folded:
//: ```
//: ```{listing} llm::print_timing_text
//: :folded:
//: ```
//: ```{listing} llm::print_timing
//: :folded:
//: ```
//:
//: Matrices are shown with labels, every column as wide as the widest entry or label.
//:
//: ```{listing} llm::show
//: :folded:
//: ```
//: ```{listing} llm::entry_width
//: :folded:
//: ```
//: ```{listing} llm::longest
//: :folded:
//: ```
//:
//: Numbers that a sentence cites are recorded under a name, and so are the columns of numbers that
//: the figures are drawn from. These go to the sheet alone.
//:
//: ```{listing} llm::record
//: :folded:
//: ```
//: ```{listing} llm::record_value
//: :folded:
//: ```
//: ```{listing} llm::record_data
//: :folded:
//: ```
//: ```{listing} llm::keep_column
//: :folded:
//: ```
//:
//: What remains is `main`. Each chapter hands the list of its sections to a function that reads the
//: command line, and runs or lists what was asked for. A section is a title and a function:
//:
//: ```{listing} llm::Section
//: ```
//: ```{listing} llm::Chapter
//: :folded:
//: ```
//:
//: To run one is to begin a new sheet, call the function, and write the sheet to a file when the
//: program was called with `--record`:
//:
//: ```{listing} llm::run_section
//: ```
//: ```{listing} llm::start_recording
//: :folded:
//: ```
//: ```{listing} llm::write_recording
//: :folded:
//: ```
//: ```{listing} llm::list_sections
//: :folded:
//: ```
//: ```{listing} llm::run_chapter
//: :folded:
//: ```
//:
//: ## Exercises
//:
//: Not for you this time: the type that the exercises of the other sections throw until you have
//: done them.
//:
//: ```{listing} llm::NotDone
//: :folded:
//: ```

void behind_the_pages() {
  characters_and_bytes();
  the_corpus();
}
