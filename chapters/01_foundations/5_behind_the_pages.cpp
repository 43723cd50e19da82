//: # Behind the pages
//:
//: Two things have been at work in every section so far without being shown. One turns a packed
//: file into a text to learn from. The other prints the lines that you see on these pages, and sees
//: to it that you see the lines that were printed. Neither has to do with language models, and you
//: can skip this page and lose nothing; but the book promises to show every line of its code, and
//: here they are.

#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/exercise.hpp"
#include "common/foundations/recorder.hpp"
#include "common/foundations/utf8.hpp"
#include "common/foundations/words.hpp"

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
//: that follows. A form longer than needed, half of a pair that UTF-16 needs, and a number beyond the
//: last character are refused too. A library for this exists, is short, and has been tested on more
//: texts than ours would be: UTF8-CPP. What we add is the message:
//:
//: ```{listing} llm::decode_utf8
//: ```
//: ```{listing} llm::encode_utf8
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
//: they are packed, and checked to be text before anything else looks at them:
//:
//: ```{listing} llm::default_corpus_path
//: ```
//: ```{listing} llm::read_text_file
//: ```
//: ```{listing} llm::read_bytes
//: ```
//: ```{listing} llm::unix_line_ends
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
//: have to learn each of them from a few places:
//:
//: ```{listing} llm::Block
//: ```
//: ```{listing} llm::split_blocks
//: ```
//: ```{listing} llm::is_ruled
//: ```
//: ```{listing} llm::spell_in_ascii
//: ```
//:
//: Furniture is found by its looks: a table of contents is a run of short lines that do not end as
//: sentences do.
//:
//: ```{listing} llm::drop_furniture
//: ```
//: ```{listing} llm::may_be_contents_line
//: ```
//: ```{listing} llm::is_contents
//: ```
//: ```{listing} llm::is_navigation
//: ```
//:
//: Joining asks of each line whether it was wrapped, and it was if the next word would not have
//: fitted at its end. Where it would have, someone broke the line on purpose, as in verse and code,
//: and the break stays:
//:
//: ```{listing} llm::join_block
//: ```
//: ```{listing} llm::indentation
//: ```
//:
//: Without the package, the prose of this book is the corpus. It is small, but it is always there:
//:
//: ```{listing} llm::book_prose
//: ```
//: ```{listing} llm::prose_of_file
//: ```
//:
//: And the count that was printed above:
//:
//: ```{listing} llm::CorpusStatistics
//: ```
//: ```{listing} llm::corpus_statistics
//: ```
//: ```{listing} llm::statistics_text
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
//: The trick is in the default arguments. `__builtin_LINE()` as a default argument is the line of
//: the *caller*, so each printed line knows the statement that printed it, and the book can show it
//: under that statement. A format carries its place with it, and is checked by the compiler:
//:
//: ```{listing} llm::PlacedFormat
//: ```
//: ```{listing} llm::Place
//: ```
//: ```{listing} llm::here
//: ```
//:
//: Lines with timings are marked, because they are the only ones that two runs may print
//: differently:
//:
//: ```{listing} llm::print_timing
//: ```
//: ```{listing} llm::print_text
//: ```
//: ```{listing} llm::print_timing_text
//: ```
//:
//: Matrices are shown with labels, every column as wide as the widest entry or label:
//:
//: ```{listing} llm::show
//: ```
//: ```{listing} llm::entry_width
//: ```
//: ```{listing} llm::longest
//: ```
//:
//: Numbers that a sentence cites are recorded under a name, and so are the columns of numbers that
//: the figures are drawn from:
//:
//: ```{listing} llm::record
//: ```
//: ```{listing} llm::record_value
//: ```
//: ```{listing} llm::record_data
//: ```
//:
//: All of it lands on one sheet, which is started anew for each section:
//:
//: ```{listing} llm::recording
//: ```
//: ```{listing} llm::start_recording
//: ```
//:
//: Printed lines go to the terminal and to the sheet, columns of numbers to the sheet alone, and
//: the sheet to a file when the program is called with `--record`:
//:
//: ```{listing} llm::print_and_keep
//: ```
//: ```{listing} llm::keep_column
//: ```
//: ```{listing} llm::write_recording
//: ```
//:
//: What remains is `main`: each chapter hands the list of its sections
//:
//: ```{listing} llm::Chapter
//: ```
//: ```{listing} llm::Section
//: ```
//:
//: to a function that reads the command line, and runs or lists what was asked for:
//:
//: ```{listing} llm::run_chapter
//: ```
//: ```{listing} llm::run_section
//: ```
//: ```{listing} llm::list_sections
//: ```
//:
//: ## Exercises
//:
//: Not for you this time: the type that the exercises of the other sections throw until you have
//: done them.
//:
//: ```{listing} llm::NotDone
//: ```

void behind_the_pages() {
  characters_and_bytes();
  the_corpus();
}
