//: # Byte-pair encoding
//:
//: The model of chapter 5 reads a text letter by letter. Its window of 128 tokens holds some twenty
//: words, and it spends most of its work on what nobody doubts: that after "algorith" comes an "m".
//: Longer tokens would let it see further and work less. But which? Whole words are the obvious
//: choice, and nobody uses them. What should a token be, if neither a character nor a word?

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <unordered_set>
#include <vector>

#include "chapters/06_scaling/trained_model.hpp"
#include "common/foundations/corpus.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/utf8.hpp"
#include "common/foundations/words.hpp"
#include "common/harness/recorder.hpp"
#include "common/scaling/tokenization/byte_pair_training.hpp"
#include "common/scaling/tokenization/bytes.hpp"
#include "common/transformer/generation/kv_cache.hpp"
#include "common/transformer/model/loss.hpp"
#include "common/transformer/training/trainer.hpp"

using namespace llm;

namespace {

//: ## Neither characters nor words
//:
//: We cut the corpus as training does, nine tenths of its characters to learn from and the rest to
//: validate, and count what the two vocabularies would be:

/// The text to learn from and the text to validate on, cut where section 5.7 cuts.
struct Halves {
  std::string training, validation;
};

Halves halves_of_corpus() {
  const std::u32string characters = decode_utf8(read_corpus());
  const auto cut = static_cast<std::size_t>(0.9 * static_cast<double>(characters.size()));
  return {encode_utf8(characters.substr(0, cut)), encode_utf8(characters.substr(cut))};
}

void count_characters_and_words(const Halves& text) {
  const std::vector<std::string> words = split_words(text.training);
  const std::vector<std::string> asked = split_words(text.validation);
  const std::unordered_set<std::string> known(words.begin(), words.end());
  const auto is_new = [&](const std::string& word) { return !known.contains(word); };
  const auto unknown = std::count_if(asked.begin(), asked.end(), is_new);
  print("{} different characters", character_tokenizer(text.training).size());
  print("{} different words, of {}", known.size(), words.size());
  print("{:.1f} % of the words of the validation text are none of them",
        100 * static_cast<double>(unknown) / static_cast<double>(asked.size()));
  record("words", "{}", known.size());
  record("unknown", "{:.1f}",
         100 * static_cast<double>(unknown) / static_cast<double>(asked.size()));
}
//: ```{output}
//: ```
//:
//: A vocabulary of {value}`words` words is a table of as many rows, most of which are seen too
//: seldom to be learned. And it is not enough: {value}`unknown` % of the words of a text that comes
//: from the same pen have no token. A model of words has to write "unknown" in their place, and can
//: neither read a new name nor spell one. (This count even leaves out spaces and signs, which a
//: model of words would have to invent.) Characters have neither problem, and make long texts of
//: everything.
//:
//: What lies between are pieces of words: short ones from which anything can be put together, and
//: long ones for what occurs all the time. Nobody has to draw up the list. One can count.
//:
//: ## By hand
//:
//: The idea is a compressor's: look for the two neighbors that occur together most often, write one
//: new sign for the two, and do it again {cite}`gage1994new`. {cite:t}`sennrich2016neural` saw in
//: it a way to make a vocabulary. Take the line "the thin thing thinks". We cut it before its
//: spaces, for a reason to which we come, and count pairs inside the four pieces. "t" and "h" stand
//: together four times, and no other pair does so more than three times. So "th" becomes a token.
//: Now count again. "i" and "n" occur together three times, and so do " " and "th", and "th" and
//: "i". Of equals the pair with the smaller numbers goes first, and "i" has a smaller number than a
//: space, for a reason to which we also come: "in" is the second token. What are the third and the
//: fourth?

/// The pieces of a text as they are after some merges, with bars between their tokens.
std::string cut_up(const std::string& text, Index vocabulary) {
  const BytePairTokenizer tokenizer = train_byte_pairs(text, vocabulary);
  std::string result;
  for (const Token token : tokenizer.encode(text)) {
    const std::string piece = tokenizer.decode({&token, 1});
    result += fmt::format("{}{}", piece[0] == ' ' ? "  " : "|", piece);
  }
  return result;
}

void merge_by_hand() {
  const std::string line = "the thin thing thinks";
  for (Index merges = 0; merges <= 4; ++merges) {
    print("{} merges:  {}", merges, cut_up(line, 256 + merges));
  }
}
//: ```{output}
//: ```
//:
//: After " th" comes " thin", and then every pair is left once. In formulas there is little: with
//: $n(a, b)$ the number of places where token $a$ stands before token $b$ in a piece, each step
//: adds the token
//:
//: $$ab \quad \text{with} \quad (a, b) = \operatorname*{arg\,max}_{(a, b)}\; n(a, b),$$
//:
//: and writes it wherever $a$ stood before $b$. In code, a {term}`merge` is three tokens:
//:
//: ```{listing} llm::Merge
//: ```
//:
//: A piece that occurs a hundred times is kept once, with its count. A pair counts as often as the
//: pieces that it is in:
//:
//: ```{listing} llm::CountedPiece
//: :folded:
//: ```
//: ```{listing} llm::most_frequent
//: ```
//: ```{listing} llm::merge_in_piece
//: ```
//:
//: What `change` is told matters later; here nobody listens. The trainer is the sentence above with
//: a loop around it:
//:
//: ```{listing} llm::learn_merges_by_counting
//: ```
//:
//: ## Bytes, so that no text is unknown
//:
//: With what does one start? With characters, a text in another script, or a single emoji, would be
//: as unknown as the new words were. Unicode has more than a hundred thousand characters; as first
//: tokens they would fill the vocabulary before the first merge. But every text in a computer is
//: bytes, of which there are 256. {cite:t}`radford2019language` started from these for GPT-2, and
//: nothing can be unknown any more. In UTF-8 a letter of English is one byte, "é" is two, "你" is
//: three and "🙂" four. Merges put them together again where they are frequent.
//:
//: There is a nuisance: bytes that are no characters of their own can't be written down, in a file
//: of tokens or in this book. So GPT-2 gave each byte a visible letter. The printable ones stand
//: for themselves; a space is "Ġ", a line end "Ċ". The tokens of bytes are numbered in the order of
//: these letters in Unicode, which puts the space behind the "i".
//:
//: ```{listing} llm::letter_numbers
//: :folded:
//: ```
//: ```{listing} llm::is_visible
//: :folded:
//: ```
//: ```{listing} llm::byte_letters
//: :folded:
//: ```
//: ```{listing} llm::bytes_by_letter
//: :folded:
//: ```
//: ```{listing} llm::letters_of_bytes
//: :folded:
//: ```
//: ```{listing} llm::bytes_of_letters
//: :folded:
//: ```

void look_at_bytes(const BytePairTokenizer& tokenizer) {
  for (const std::string text : {" in", "café", "你好", "🙂"}) {
    std::string tokens;
    for (const Token token : tokenizer.encode(text)) {
      tokens += fmt::format(" {} {}", token, letters_of_bytes(tokenizer.decode({&token, 1})));
    }
    print("{:5} {:2} bytes:  {}", text, text.size(), tokens);
  }
}
//: ```{output}
//: ```
//:
//: The corpus is English, so other scripts stay in bytes: a Chinese character costs three tokens.
//: And a token can be half a character, which no program can show. Where we print a token by
//: itself, and where a model has stopped in the middle of a character, this function puts the sign
//: � in place of what is none:
//:
//: ```{listing} llm::replace_invalid_utf8
//: :folded:
//: ```
//: ```{listing} llm::character_length
//: :folded:
//: ```
//:
//: ## Where to cut before
//:
//: Why did we cut the line before its spaces? Let us not do it, and see what is merged in a part of
//: the corpus:

void train_without_cutting(const Halves& text) {
  const std::string_view part = std::string_view(text.training).substr(0, 200'000);
  const BytePairTokenizer whole = train_byte_pairs(part, 1024, Pattern::whole);
  std::string odd;
  Index count = 0;
  for (const std::string& token : whole.vocabulary.bytes) {
    const std::size_t space = token.find_first_of(" \n", 1),
                      letter = token.find_first_not_of(" \n");
    if (space == std::string::npos || letter > space) continue;
    if (++count % 12 == 0) odd += fmt::format("[{}] ", letters_of_bytes(token));
  }
  print("{} of 768 merges go over a space, among them\n{}", count, odd);
  record("crossing", "{}", count);
}
//: ```{output}
//: ```
//:
//: They save bytes, and they are a bad bargain: "to the " stands beside "to " and "the ", and the
//: model has to learn about each what it already knew of the others. Worse are tokens like ". F",
//: the end of one sentence with the first letter of the next: with ". A", ". B" and so on, one end
//: of a sentence becomes many tokens that have nothing to do with each other. So a text is first
//: cut into pieces, and merges stay inside these: {term}`pre-tokenization`. GPT-2 cuts with a
//: regular expression that has become the model of all later ones:
//:
//: ```{listing} llm::expression_of
//: ```
//:
//: In that of GPT-2 alternatives are tried from left to right: the short forms of English,
//: letters with a space before them or not, digits, other signs, and white space; `\p{L}` is any
//: letter of Unicode and `\p{N}` any digit. The odd `\s+(?!\S)` takes white space up to, but
//: without, the last one before a word, so that this one goes with the word. A word within a line
//: so has the same token wherever it stands: " word". At the beginning of a line it has another,
//: "word", which is the price.
//:
//: The second expression is what GPT-4 and Llama 3 use
//: {cite}`openai2023tiktoken,grattafiori2024llama`. Short forms are known in capitals, too; digits
//: are cut after three, so that a number of seven digits does not get a token of its own; a line
//: end goes with the sign before it, which suits code.

void cut_a_line() {
  const std::string line = "They'll pay $12345,  SHE'S sure.\n\tEnd";
  for (const auto& [name, pattern] :
       {std::pair("GPT-2", Pattern::gpt2), std::pair("GPT-4", Pattern::gpt4)}) {
    const PreTokenizer cutter(pattern);
    std::string cut;
    Pieces pieces(cutter, line);
    for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
      cut += fmt::format("[{}]", letters_of_bytes(piece));
    }
    print("{}  {}", name, cut);
  }
}
//: ```{output}
//: ```
//:
//: The matching is left to the library PCRE2, which compiles the expression to machine code and
//: knows the tables of Unicode. A few rules are ours to make. A byte that is not part of a valid
//: UTF-8 character is a piece of its own, and the text ends before it and begins anew behind it, so
//: that every sequence of bytes has tokens:
//:
//: ```{listing} llm::Pieces::next
//: ```
//: ```{listing} llm::Pieces::find_match
//: :folded:
//: ```
//: ```{listing} llm::with_unicode_spaces
//: :folded:
//: ```
//: ```{listing} llm::Pattern
//: :folded:
//: ```
//: ```{listing} llm::PreTokenizer
//: :folded:
//: ```
//: ```{listing} llm::PreTokenizer::PreTokenizer
//: :folded:
//: ```
//: ```{listing} llm::pcre2_message
//: :folded:
//: ```
//: ```{listing} llm::Pieces
//: :folded:
//: ```
//: ```{listing} llm::Pieces::Pieces
//: :folded:
//: ```
//: ```{listing} llm::end_of_valid
//: :folded:
//: ```
//:
//: `with_unicode_spaces` is a lesson in how small a difference can be. PCRE2 takes U+180E, a
//: separator of Mongolian, for white space; Unicode did until its version 6.3, of 2013, and the
//: libraries for which the pattern was written follow Unicode. Whoever encodes a Mongolian text
//: with GPT-2's vocabulary would get other tokens than GPT-2 has learned, and nothing would say so.
//:
//: ## Encoding: the lowest rank first
//:
//: Training has made a list of merges. A new text is encoded by doing the same merges in the same
//: order: of all pairs in a piece that are in the list, the one with the lowest {term}`rank`, that
//: is, the one that was learned first; then again. It is not the longest token that fits, and not
//: the pair that is frequent in the new text. Only so does a word get the tokens that it had in
//: training, on which the model has learned. Our line gave th, in, " th", " thin". With these,
//: "nothing" becomes n, o, th, in, g: there is no token "thin" without a space, so it can't be
//: used.
//:
//: The list is kept as a table from pairs to ranks, and a piece is merged by looking for the
//: lowest:
//:
//: ```{listing} llm::merge_by_scanning
//: ```
//: ```{listing} llm::RankedToken
//: :folded:
//: ```
//: ```{listing} llm::PairMap
//: :folded:
//: ```
//: ```{listing} llm::merge_table
//: :folded:
//: ```
//: ```{listing} llm::MergeTable
//: :folded:
//: ```
//:
//: A piece of $n$ bytes takes up to $n$ merges, each of which looks at all $n$ pairs. For the few
//: bytes of a word nothing is simpler, or faster. But somebody can paste a line of a million
//: letters without a space. Then the pairs belong in a heap, as candidates, and the tokens into a
//: linked list, in which a merge is three assignments. A candidate that has come out of date in the
//: meantime is recognized when it comes up, since its tokens are no longer there:
//:
//: ```{listing} llm::merge_by_heap
//: ```
//: ```{listing} llm::Candidate in common/scaling/tokenization/merges.cpp
//: :folded:
//: ```
//: ```{listing} llm::Link
//: :folded:
//: ```
//: ```{listing} llm::merge_tokens
//: :folded:
//: ```

void scan_or_heap(const BytePairTokenizer& tokenizer) {
  std::string letters;
  for (int i = 0; i < 16384; ++i) letters += "etaoinshr"[i * i % 61 % 9];
  for (const std::size_t length : {8U, 64U, 512U, 16384U}) {
    std::vector<Token> bytes;
    for (const char letter : letters.substr(0, length)) {
      bytes.push_back(tokenizer.byte_tokens[static_cast<unsigned char>(letter)]);
    }
    const auto microseconds = [&](auto merge) {
      return 1e6 * fastest_seconds([&] {
               std::vector<Token> tokens = bytes;
               merge(tokenizer.table, tokens);
             });
    };
    print_timing("{:5} bytes: by scanning {:9.1f} microseconds, by a heap {:7.1f}", length,
                 microseconds(merge_by_scanning), microseconds(merge_by_heap));
  }
}
//: ```{output}
//: ```
//:
//: The two agree, which a test asserts, and `merge_tokens` takes the one or the other by the
//: length. A text then is its pieces, one after the other. Most of them have occurred before in the
//: same text, so a memory of pieces saves nearly all merging: it stores where in the output their
//: tokens stand.
//:
//: ```{listing} llm::BytePairTokenizer::encode
//: ```
//: ```{listing} llm::append_piece
//: :folded:
//: ```
//: ```{listing} llm::PieceMemory
//: :folded:
//: ```
//: ```{listing} llm::PieceMemory::append_known
//: :folded:
//: ```
//: ```{listing} llm::PieceMemory::remember
//: :folded:
//: ```
//: ```{listing} llm::PieceMemory::place_of
//: :folded:
//: ```
//: ```{listing} llm::PieceMemory::grow
//: :folded:
//: ```
//: ```{listing} llm::hash_of
//: :folded:
//: ```
//: ```{listing} llm::BytePairTokenizer::decode
//: :folded:
//: ```
//: ```{listing} llm::BytePairTokenizer
//: :folded:
//: ```
//: ```{listing} llm::BytePairVocabulary
//: :folded:
//: ```
//: ```{listing} llm::BytePairTokenizer::BytePairTokenizer
//: :folded:
//: ```

void measure_encoding(const BytePairTokenizer& tokenizer, const Halves& text) {
  std::vector<Token> tokens;
  const double seconds = fastest_seconds([&] { tokens = tokenizer.encode(text.training); });
  const auto bytes = static_cast<double>(text.training.size());
  print("{} bytes become {} tokens of {:.2f} bytes, and again the same text: {}",
        text.training.size(), tokens.size(), bytes / static_cast<double>(tokens.size()),
        tokenizer.decode(tokens) == text.training ? "yes" : "no");
  print_timing("{:.0f} MB a second on one core", bytes / seconds * 1e-6);
  record("encoding_speed", "{:.0f}", bytes / seconds * 1e-6);
}
//: ```{output}
//: ```
//:
//: {value}`encoding_speed` megabytes a second, on one core: the time to encode the text does not
//: matter beside the minutes of training on it.
//:
//: ## Learning fast
//:
//: The trainer by counting goes through all pieces for each merge, to find a pair that occurs in a
//: few of them. What does a merge change? Only the pieces that contain the pair, and in these only
//: the pairs next to it. If "t" and "h" become "th" in " the", then (" ", "t") and ("h", "e") occur
//: once less and (" ", "th") and ("th", "e") once more. That is what `merge_in_piece` tells its
//: listener. So we keep the counts from one merge to the next and correct them. Three things have
//: to be known at any time: how often each pair occurs, in which pieces, and which is the most
//: frequent. (A merge brings only pairs with its new token, and takes old ones away.)
//:
//: ```{listing} llm::PairState
//: :folded:
//: ```
//: ```{listing} llm::Candidate in common/scaling/tokenization/byte_pair_training.cpp
//: ```
//: ```{listing} llm::Training
//: ```
//:
//: The heap has the most frequent pair on top. Its counts grow old when other merges take pairs
//: away, and a heap can't be corrected in its middle. It need not be: a count in the heap can only
//: be too large, so the pair comes up too early, is seen to be old, and is put back with its count
//: of today:
//:
//: ```{listing} llm::learn_merges
//: :until: push_grown(training);
//: ```
//: ```{listing} llm::count_pair
//: :folded:
//: ```
//:
//: That was the beginning: every pair of every piece is counted once. Then the loop:
//:
//: ```{listing} llm::learn_merges
//: :until: if (now < 1) break;
//: ```
//:
//: A pair that is what it says becomes a merge, in the pieces that are known to have it; what is
//: counted there goes into the heap as new candidates.
//:
//: ```{listing} llm::learn_merges
//: ```
//: ```{listing} llm::push_grown
//: :folded:
//: ```
//: ```{listing} llm::token_of_bytes
//: :folded:
//: ```
//: ```{listing} llm::last_of_each
//: :folded:
//: ```
//:
//: The last two are for a case that a large vocabulary brings: two merges that make the same token,
//: as "i" + "ng" and "in" + "g". Then it has one number, and a pair that was merged before can
//: occur again. There is no right answer to what then happens. We do what `tokenizers` does, the
//: library of Hugging Face, so that both learn the same merges from the same text.

void learn_slowly_and_fast(const Halves& text) {
  std::vector<CountedPiece> pieces;
  const PreTokenizer cutter(Pattern::gpt2);
  const double counting = fastest_seconds([&] { pieces = count_pieces(cutter, text.training); }, 1);
  std::int64_t all = 0;
  for (const CountedPiece& piece : pieces) all += piece.count;
  print("{} pieces, {} different ones", all, pieces.size());
  print_timing("counting them {:.3f} s", counting);
  for (const Index vocabulary : {Index(512), Index(1024)}) {
    std::vector<Merge> slow, fast;
    const double slowly = fastest_seconds(
        [&] {
          std::vector<std::string> bytes = bytes_of_tokens();
          slow = learn_merges_by_counting(pieces, vocabulary - 256, bytes);
        },
        1);
    const double quickly = fastest_seconds([&] {
      std::vector<std::string> bytes = bytes_of_tokens();
      fast = learn_merges(pieces, vocabulary, bytes);
    });
    print("{} tokens: the same merges: {}", vocabulary, slow == fast ? "yes" : "no");
    print_timing("  by counting {:.2f} s, with a heap {:.3f} s", slowly, quickly);
    record("learning_factor", "{:.0f}", slowly / quickly);
  }
  record("pieces", "{:.0f}", static_cast<double>(all) / static_cast<double>(pieces.size()));
}
//: ```{output}
//: ```
//: ```{listing} llm::count_pieces
//: :folded:
//: ```
//: ```{listing} llm::train_byte_pairs
//: :folded:
//: ```
//: ```{listing} llm::bytes_of_tokens
//: :folded:
//: ```
//: ```{listing} llm::tokens_of_bytes
//: :folded:
//: ```
//:
//: Two ideas made it fast. Each piece occurs {value}`pieces` times on average, so that counting
//: distinct pieces leaves that much less text, for both trainers. And a merge costs what it
//: changes, which only the second knows. At 1,024 tokens the factor is {value}`learning_factor`,
//: and it grows with the vocabulary: by counting, each merge costs the same, while the later ones
//: are rare and change little.
//:
//: ## Tokens that no text can make
//:
//: A model has to know where a document ends, or who speaks in a conversation. For this there are
//: {term}`special tokens <special token>`: rows of the table that stand for an event and not for
//: text. GPT-2 has one, written `<|endoftext|>`. It needs a spelling, because files and people have
//: to name it. But then what does a *text* become that contains these thirteen characters, a web
//: page about tokenizers, say, or the message of a user who wants to end the operator's
//: instructions and begin his own? If the tokenizer reads it as the event, anybody who can send
//: text can send events:

void two_ways_to_read(const BytePairTokenizer& tokenizer) {
  const std::string message = "the end<|endoftext|>";
  const auto say = [&](const char* how, const std::vector<Token>& tokens) {
    std::string words;
    for (const Token token : tokens)
      words += fmt::format("[{}]", letters_of_bytes(tokenizer.decode({&token, 1})));
    print("{} {:2} tokens: {}", how, tokens.size(), words);
  };
  say("encode:              ", tokenizer.encode(message));
  say("encode_with_specials:", tokenizer.encode_with_specials(message));
}
//: ```{output}
//: ```
//:
//: So there are two functions. `encode` never makes a special token, whatever the text says, and is
//: what everything that comes from outside goes through. The other is for templates that the
//: program's author wrote. No merge may lead to a special token either, or a file from elsewhere
//: could open the door again; the constructor refuses such files.
//:
//: ```{listing} llm::BytePairTokenizer::encode_with_specials
//: :folded:
//: ```
//: ```{listing} llm::special_at
//: :folded:
//: ```
//: ```{listing} llm::SpecialToken
//: :folded:
//: ```
//: ```{listing} llm::check_merges in common/scaling/tokenization/byte_pair_tokenizer.cpp
//: :folded:
//: ```
//: ```{listing} llm::special_marks
//: :folded:
//: ```
//:
//: ## How many tokens?
//:
//: Each merge shortens the text, the later ones by less and less, and each costs a row in the table
//: and a logit at every position. How much shorter does the text become? We train up to 16,384
//: tokens on the training text, and encode that text, the validation text, and one that the
//: tokenizer has nothing to do with: the prose of this book.

/// How many bytes a token of a text has on average.
double bytes_a_token(const Tokenizer& tokenizer, const std::string& text) {
  return static_cast<double>(text.size()) / static_cast<double>(tokenizer.encode(text).size());
}

void compress(const Halves& text) {
  const std::string prose = book_prose("chapters");
  std::vector<double> sizes, seen, unseen, other;
  for (Index size = 256; size <= 16384; size *= 2) {
    const BytePairTokenizer tokenizer = train_byte_pairs(text.training, size);
    sizes.push_back(static_cast<double>(tokenizer.size()));
    seen.push_back(bytes_a_token(tokenizer, text.training));
    unseen.push_back(bytes_a_token(tokenizer, text.validation));
    other.push_back(bytes_a_token(tokenizer, prose));
    print("{:6} tokens: {:.2f} bytes a token in training, {:.2f} in validation", tokenizer.size(),
          seen.back(), unseen.back());
  }
  record("other_bytes", "{:.2f}", other.back());
  record("seen_bytes", "{:.2f}", seen.back());
  record("unseen_bytes", "{:.2f}", unseen.back());
  record_data("bpe_compression", "sizes", sizes);
  record_data("bpe_compression", "training", seen);
  record_data("bpe_compression", "validation", unseen);
  record_data("bpe_compression", "prose", other);
}
//: ```{output}
//: ```
//: ```{figure-from} bpe_compression
//: :alt: Bytes per token against the size of the vocabulary on a logarithmic axis, for the training
//:   text, the validation text and the prose of this book. All rise from 1; the curves part as the
//:   vocabulary grows, the training text above the other two.
//:
//: How long a token is on average. On the text that it was trained on, the tokenizer goes on
//: shortening; on others it gains less and less, since the last merges are words of that text.
//: ```
//:
//: The first doublings are worth the most. At the end a token of the training text is
//: {value}`seen_bytes` bytes long, one of the validation text {value}`unseen_bytes`, and one of
//: this book, which speaks of other things, {value}`other_bytes`. A tokenizer can learn its text by
//: heart, too.
//:
//: English prose is what it is good at. Other things cost more:

void odd_texts(const BytePairTokenizer& tokenizer) {
  for (const std::string text :
       {"the rest of the program", "THE REST OF THE PROGRAM", "2048 + 4096 = 6144",
        "        return x;", "остальная часть", "プログラムの残り"}) {
    std::string words;
    for (const Token token : tokenizer.encode(text)) {
      words += fmt::format("|{}", letters_of_bytes(tokenizer.decode({&token, 1})));
    }
    const std::size_t characters = decode_utf8(text).size();
    print("{:2} characters, {:2} tokens  {}", characters, tokenizer.encode(text).size(),
          characters > 20 || text.size() == characters ? words : "");
  }
}
//: ```{output}
//: ```
//:
//: Capitals are other bytes, so that a sentence that shouts is spelled letter by letter. Numbers
//: are spelled digit by digit here, since the corpus has few of them. A larger vocabulary has
//: tokens for the numbers that its corpus happened to have often: GPT-2 reads 2048 as "20" and
//: "48", 6144 as "6" and "144" and " 4096" as one token, and a model that is to add them must learn
//: for each what digits are in it. GPT-4's pattern cuts after three digits; Llama 2 cuts after each
//: {cite}`touvron2023llama`. Runs of spaces have tokens because the Jargon File has indented lines;
//: in GPT-2's tokens this line of a program begins with seven single spaces.
//:
//: The last two lines, in Russian and Japanese, are not shown, since their letters for bytes are
//: unreadable: they take a token for each byte, 29 and 24. A model with this tokenizer would see a
//: fraction of the text in its window and work several times as long on it, and somebody who pays
//: by the token pays as many times as much. {cite:t}`petrov2023language` found that the same text
//: takes up to 15 times as many tokens in one language as in another, with the tokenizers of large
//: models.
//:
//: ## The GPT again
//:
//: Now the question that this page exists for. Is the GPT of chapter 5 better with byte pairs?
//: Losses a token can't be compared: a longer token is harder to guess. {term}`Bits a byte <bits a
//: byte>` can (section 5.3): the surprise of the whole validation text, spread over its bytes. And
//: training must be given the same time, not the same number of tokens. A step costs six operations
//: for each weight and position. The only thing that grows is the output layer, with a row of
//: weights for each token. With $V$ tokens in place of $V_0$, the model of width $d$, with $P$
//: weights in its blocks, may take
//:
//: $$\text{steps} = 3600 \cdot \frac{P + V_0\, d}{P + V d}$$
//:
//: steps, up to the work of attention, which is the same in both and small. The settings are
//: otherwise those of section 5.7, window of 128 tokens included. How large should $V$ be? A
//: rehearsal, as in section 5.7: the schedule squeezed into 200 steps, or as many as cost the same.

/// The text in tokens.
TokenSplit tokens_of(const Tokenizer& tokenizer, const Halves& text) {
  return {tokenizer.encode(text.training), tokenizer.encode(text.validation)};
}

/// The default settings for a vocabulary, with as many steps as cost what `steps` steps with the
/// 96 characters cost.
TrainingSettings settings_for(Index vocabulary, Index steps) {
  TrainingSettings settings = default_settings();
  settings.model.vocabulary = 96;
  const Index before = parameter_count(settings.model);
  settings.model.vocabulary = vocabulary;
  settings.schedule.steps = steps * before / parameter_count(settings.model);
  settings.schedule.warm_up = std::min(settings.schedule.warm_up, steps / 20);
  return settings;
}

void train(Trainer& trainer) {
  while (trainer.optimizer.steps() < trainer.settings.schedule.steps) trainer.step();
}

/// The bits a byte of the validation text after 200 steps, or as many as cost the same.
double rehearse(const Tokenizer& tokenizer, const Halves& text, ThreadTeam& team) {
  const TokenSplit tokens = tokens_of(tokenizer, text);
  Trainer trainer(settings_for(tokenizer.size(), 200), tokens, team);
  train(trainer);
  return bits_a_byte(trainer.validation_loss(), bytes_a_token(tokenizer, text.validation));
}

void choose_a_vocabulary(const Halves& text) {
  ThreadTeam team(2);
  print("characters:   {:.3f} bits a byte",
        rehearse(character_tokenizer(text.training + text.validation), text, team));
  for (const Index size : {512, 1024, 2048}) {
    print("{:5} tokens: {:.3f} bits a byte", size,
          rehearse(train_byte_pairs(text.training, size), text, team));
  }
}
//: ```{output}
//: ```
//:
//: The largest is ahead. We stop there all the same, because it already gives a quarter of its
//: numbers to the table of embeddings, $2048 \cdot 128$ of a million; twice as many rows would be
//: two fifths. So 2,048 it is, and now for the whole time, against the model of section 5.7, which
//: we load:

std::string speak(const Gpt& gpt, const Tokenizer& tokenizer, Index count) {
  Generator generator(5);
  const Sampler sampler = temperature_sampler(0.8, generator);
  const std::vector<Token> tokens = generate(gpt, tokenizer.encode("\n"), count, sampler);
  return replace_invalid_utf8(tokenizer.decode(tokens)).substr(1);
}

/// Prints what a model says and how well it predicts; returns the bits a byte.
double judge(const char* name, Trainer& trainer, const Tokenizer& tokenizer, const Halves& text) {
  const double bytes = bytes_a_token(tokenizer, text.validation);
  const double loss = trainer.validation_loss(), bits = bits_a_byte(loss, bytes);
  print("{}: {:.3f} nats for a token of {:.2f} bytes, {:.3f} bits a byte", name, loss, bytes, bits);
  print("{}", speak(trainer.gpt, tokenizer, static_cast<Index>(400 / bytes)));
  return bits;
}

void train_again(const Halves& text) {
  ThreadTeam team(2);
  const Model characters = trained_model();
  const TokenSplit letters = tokens_of(*characters.tokenizer, text);
  Trainer old(settings_for(characters.tokenizer->size(), 1), letters, team);
  old.gpt.buffer = characters.gpt.buffer;
  const double old_bits = judge("characters", old, *characters.tokenizer, text);

  const BytePairTokenizer tokenizer = train_byte_pairs(text.training, 2048);
  const TokenSplit pairs = tokens_of(tokenizer, text);
  const Index steps = default_settings().schedule.steps;
  Trainer trainer(settings_for(tokenizer.size(), steps), pairs, team);
  const double seconds = fastest_seconds([&] { train(trainer); }, 1);
  const double new_bits = judge("byte pairs", trainer, tokenizer, text);
  print("{} parameters and {} steps with characters, {} and {} with byte pairs",
        old.gpt.buffer.size(), steps, trainer.gpt.buffer.size(), trainer.settings.schedule.steps);
  print_timing("trained in {:.0f} s", seconds);
  record("old_bits", "{:.3f}", old_bits);
  record("new_bits", "{:.3f}", new_bits);
  record("saved", "{:.0f}", 100 * (1 - new_bits / old_bits));
  record("window", "{:.0f}", 128 * bytes_a_token(tokenizer, text.validation));
}
//: ```{output}
//: ```
//:
//: From {value}`old_bits` to {value}`new_bits` bits a byte: for as many operations,
//: {value}`saved` % of the surprise is gone. Where does it come from? A window of 128 tokens now reaches
//: {value}`window` bytes back. Each step reads as much more text. And what the model no longer has
//: to learn, how the common words are spelled, is in the tokenizer, which took a fraction of a
//: second. The samples are still nonsense, of somewhat more connected words. Byte pairs have won,
//: and from here on they are what `gpt train` uses unless it is told otherwise.
//:
//: ## Files
//:
//: What a tokenizer knows is a list of tokens and a list of merges, and there are several ways to
//: write them down. GPT-2 came with two files, `encoder.json` with the numbers of the tokens by
//: their letters, and `vocab.bpe` with a merge a line. Most models of today come with a
//: `tokenizer.json`, which the library `tokenizers` reads; it also says how the text is cut and
//: which tokens are special. Ours reads and writes both, so that others can use what we train and
//: we what they did. With GPT-2's published files it gives the same tokens as `tokenizers` and as
//: `tiktoken`, on 100,000 random and hostile strings.
//:
//: The Llama models before Llama 3 use another family, SentencePiece {cite}`kudo2018sentencepiece`.
//: It starts from characters and not from bytes, does not cut at all, writes a space as "▁", puts
//: one before the text, and ranks the merges by a score of the piece that they make. A character
//: that has no piece falls back on pieces for bytes, "<0xE4>". The rest is the same: the pair of
//: the lowest rank, again and again, with the same `merge_tokens`.
//:
//: The program llama2.c keeps such pieces and their scores in a `tokenizer.bin`, which is the third
//: kind of file. The code for all this is a matter of diligence, since every field of a file that
//: comes from elsewhere is checked, and what is wrong is said with its name. It stands on page 6.5,
//: behind the chapter.
//:
//: ## In the wild
//:
//: GPT-2 has 50,257 tokens: 256 bytes, 50,000 merges and one special token
//: {cite}`radford2019language`. Llama 2 has 32,000, Llama 3 has 128,256
//: {cite}`grattafiori2024llama`; larger models, for which the output layer is a small part, can
//: afford more. A tokenizer is trained once, on a sample of the text, before the model, and never
//: again: its table of embeddings belongs to it. What it was trained on can differ from what the
//: model was trained on. GPT-2's has a token " SolidGoldMagikarp", a name that hardly occurred in
//: the text that models then learned from. Hardly anything ever moved its row, and models behave
//: oddly when they meet it {cite}`land2024fishing`.
//:
//: Other trainers exist. The unigram model of {cite:t}`kudo2018subword` begins with too many pieces
//: and takes away those that the text misses least; WordPiece, which BERT uses, merges the pair
//: that makes the training text likeliest {cite}`schuster2012japanese`. {cite:t}`bostrom2020byte`
//: found unigram pieces nearer to the parts of words. And there are models that do without, and
//: read bytes: {cite:t}`xue2022byt5` pay with longer sequences for a model that a typing error does
//: not confuse.
//:
//: ## Exercises
//:
//: `````{exercise} 6.2a
//: :title: Four merges on paper
//: :kind: paper
//:
//: A text has the piece "ab" four times, "abc" three times and "bc" six times. Which merges are
//: learned, in which order? Which tokens does the new piece "abcabb" get? Is it possible that a
//: token of the vocabulary occurs in no encoding of the training text?
//:
//: ```{hint}
//: Count (a, b) and (b, c), each as often as the pieces that have it. After the first merge, which
//: pairs are left in "abc"?
//: ```
//: ```{hint}
//: For the last question: look for a token that only ever was a step on the way to a longer one.
//: ```
//: ```{solution}
//: (b, c) occurs $3 + 6 = 9$ times and (a, b) $4 + 3 = 7$ times, so "bc" is first. Then "abc" is a,
//: bc: the pairs are (a, b) four times, in "ab", and (a, bc) three times. The second merge is "ab",
//: the third "abc". No pair is left, and there is no fourth. In "abcabb" the lowest rank is (b, c):
//: a, bc, a, b, b. Next is (a, b): a, bc, ab, b. Then (a, bc): abc, ab, b.
//:
//: It is possible, and common. In the text of "the thin thing thinks", " th" became " thin"
//: wherever it stood, and the token " th" is used no more. No text then teaches the model what it
//: means.
//: ```
//: `````
//:
//: `````{exercise} 6.2b
//: :title: Merges by rank
//: :kind: code
//: :function: merge_by_rank
//:
//: Write `merge_by_rank(tokens, merges)`: the tokens of a piece after all merges. `merges` is a
//: list in the order of the ranks; a `TokenMerge` has `left`, `right` and `result`. In each step
//: the pair of neighbors whose merge stands first in the list is merged, of several such pairs the
//: leftmost, until no pair of neighbors is in the list.
//:
//: ```{hint}
//: Two loops inside a loop: for each merge of the list, from the first, look for a place where its
//: pair stands. At the first that is found, replace the two tokens, and begin again.
//: ```
//: ```{hint}
//: What the piece has most often, which token would be longest and which pair stands first in the
//: piece does not matter. Only the place in the list does.
//: ```
//: ```{solution}
//: Begin again after each replacement; `std::adjacent_find` or a loop over $i$ finds the pair.
//: ```
//: `````
//:
//: `````{exercise} 6.2c
//: :title: Spaces that go with words
//: :kind: code
//: :function: cut_before_words
//:
//: Write `cut_before_words(text)` for a text of letters and spaces: the pieces that GPT-2's pattern
//: cuts it into. A word takes one space before it along; spaces before that one are a piece
//: together, and so are those at the end. "a  bc " is cut into "a", " ", " bc" and " ". Nothing may
//: be lost: the pieces, one behind the other, are the text.
//:
//: ```{hint}
//: Go from left to right. Where a piece begins, count the spaces: none, one or several, and is
//: there a letter behind them?
//: ```
//: ```{hint}
//: With $n$ spaces before a letter: if $n > 1$, a piece of $n - 1$ spaces, then the word with the
//: last one. Without a letter behind them: one piece of $n$ spaces.
//: ```
//: ```{solution}
//: `find_first_not_of(' ', place)` ends the spaces and `find(' ', ...)` the word.
//: ```
//: `````
//:
//: `````{exercise} 6.2d
//: :title: Is it UTF-8?
//: :kind: code
//: :function: is_utf8
//:
//: Tokens of bytes can make any bytes, and a program that prints them must know which are text.
//: Write `is_utf8(bytes)`. A byte below 0x80 is a character. One from 0xC0 on begins a character of
//: two bytes (to 0xDF), three (0xE0 to 0xEF) or four (0xF0 to 0xF7), whose other bytes are 0x80 to
//: 0xBF; each of these gives 6 bits of its number, the first gives the rest. A character may not be
//: longer than its number needs (128 for two bytes, 2048 for three, 65536 for four), not larger
//: than 0x10FFFF, and not a surrogate, 0xD800 to 0xDFFF.
//:
//: ```{hint}
//: A `char` can be negative: convert to `unsigned char` before you compare.
//: ```
//: ```{hint}
//: Put the number together first, `number = number << 6 | (byte & 0x3F)`, and check it at the end.
//: ```
//: ```{solution}
//: The overlong forms are no pedantry: 0xC0 0xAF was once read as "/" by servers whose guards
//: looked for 0x2F only.
//: ```
//: `````
//:
//: `````{exercise} 6.2e
//: :title: What a pattern is worth
//: :kind: experiment
//:
//: In `odd_texts` the tokenizer is GPT-2's kind. Give `byte_pair_encoding` one that is trained with
//: `Pattern::gpt4`, and then one with `Pattern::whole` on the first 200,000 bytes of the training
//: text, of the same 1,024 tokens. Predict first: which of the six lines gets fewer tokens with
//: each, and which more?
//:
//: ```{hint}
//: Which of the lines have more than three digits in a row, several spaces, or capitals?
//: ```
//: ```{hint}
//: With `Pattern::whole` a token may hold a space in its middle; but what did it cost to have such
//: tokens among 1,024?
//: ```
//: ```{solution}
//: With GPT-4's pattern none of the six changes: the numbers are cut after three digits, but each
//: digit was a token of its own before, and the merges of 1,024 tokens are nearly the same. With
//: `Pattern::whole` the first line takes 5 tokens in place of 6, the numbers 16 in place of 18 and
//: the line of code 7 in place of 9, since tokens now end in spaces. But the capitals take 23 in
//: place of 19: pairs of a space and a capital had to give way to merges like "to the ". The
//: Russian and the Japanese line stay bytes.
//: ```
//: `````

}  // namespace

void byte_pair_encoding() {
  const Halves text = halves_of_corpus();
  count_characters_and_words(text);
  merge_by_hand();
  const BytePairTokenizer tokenizer =
      train_byte_pairs(text.training, 1024, Pattern::gpt2, {"<|endoftext|>"});
  look_at_bytes(tokenizer);
  train_without_cutting(text);
  cut_a_line();
  scan_or_heap(tokenizer);
  measure_encoding(tokenizer, text);
  learn_slowly_and_fast(text);
  two_ways_to_read(tokenizer);
  compress(text);
  odd_texts(tokenizer);
  choose_a_vocabulary(text);
  train_again(text);
}
