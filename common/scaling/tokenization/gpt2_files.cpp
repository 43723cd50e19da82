#include "common/scaling/tokenization/gpt2_files.hpp"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>
#include <utility>

#include "common/scaling/tokenization/bytes.hpp"
#include "common/scaling/tokenization/vocabulary_json.hpp"
#include "common/transformer/storage/files.hpp"

namespace llm {

namespace {

/// GPT-2's only special token; in a vocabulary without it nothing is special.
constexpr const char* end_of_text = "<|endoftext|>";

/// The line that `vocab.bpe` begins with.
constexpr std::string_view version_line = "#version: 0.2";

/// The tokens of a vocabulary of letters, which become bytes; the special ones stay.
void read_encoder(const std::string& path, BytePairVocabulary& vocabulary) {
  vocabulary.bytes = words_by_number(SortedJson::parse(read_file(path)), {});
  for (std::size_t i = 0; i < vocabulary.bytes.size(); ++i) {
    std::string& word = vocabulary.bytes[i];
    if (word == end_of_text) {
      vocabulary.specials.push_back({word, static_cast<Token>(i)});
    } else {
      word = bytes_of_letters(word);
    }
  }
}

/// The merges of a file with a version line and a merge a line.
void read_merges(const std::string& path, BytePairVocabulary& vocabulary) {
  const std::unordered_map<std::string, Token> numbers = numbers_of_words(vocabulary.bytes);
  std::istringstream lines(read_file(path));
  std::string line;
  while (std::getline(lines, line)) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || (vocabulary.merges.empty() && line.starts_with("#version"))) continue;
    const std::size_t rank = vocabulary.merges.size();
    const auto [left, right] = words_of_merge(line, rank);
    vocabulary.merges.push_back(
        merge_of_words(numbers, rank, bytes_of_letters(left), bytes_of_letters(right)));
  }
}

}  // namespace

BytePairTokenizer read_gpt2_files(const std::string& encoder, const std::string& merges) {
  BytePairVocabulary vocabulary;
  in_file(encoder, [&] { read_encoder(encoder, vocabulary); });
  return in_file(merges, [&]() -> BytePairTokenizer {
    read_merges(merges, vocabulary);
    return {std::move(vocabulary), PreTokenizer(Pattern::gpt2)};
  });
}

void write_gpt2_files(const BytePairTokenizer& tokenizer, const std::string& encoder,
                      const std::string& merges) {
  const BytePairVocabulary& vocabulary = tokenizer.vocabulary;
  const bool is_plain = vocabulary.specials.empty() || (vocabulary.specials.size() == 1 &&
                                                        vocabulary.specials[0].text == end_of_text);
  if (tokenizer.pre_tokenizer.expression != expression_of(Pattern::gpt2) || !is_plain) {
    throw std::invalid_argument(fmt::format(
        "the files of GPT-2 hold no pattern but GPT-2's and no special token but {}", end_of_text));
  }
  SortedJson words;
  for (std::size_t i = 0; i < vocabulary.bytes.size(); ++i) {
    const bool is_special =
        !vocabulary.specials.empty() && vocabulary.specials[0].token == static_cast<Token>(i);
    words[is_special ? vocabulary.bytes[i] : letters_of_bytes(vocabulary.bytes[i])] = i;
  }
  std::string lines = std::string(version_line) + "\n";
  for (const Merge& merge : vocabulary.merges) {
    lines += letters_of_bytes(vocabulary.bytes[static_cast<std::size_t>(merge.left)]) + " " +
             letters_of_bytes(vocabulary.bytes[static_cast<std::size_t>(merge.right)]) + "\n";
  }
  write_file(encoder, words.dump() + "\n");
  write_file(merges, lines);
}

}  // namespace llm
