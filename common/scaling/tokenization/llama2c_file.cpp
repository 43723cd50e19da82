#include "common/scaling/tokenization/llama2c_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

#include "common/transformer/storage/files.hpp"

namespace llm {

namespace {

/// Appends the bytes of a number as they lie in memory.
template <class Number>
void append_number(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

/// Takes numbers and bytes from the front of a file's content.
struct Reader {
  std::string_view bytes;

  /// The next `count` bytes. Throws std::runtime_error where there are fewer.
  std::string_view take(std::size_t count) {
    if (bytes.size() < count) {
      throw std::runtime_error(
          fmt::format("the file ends where {} more bytes were expected", count - bytes.size()));
    }
    const std::string_view taken = bytes.substr(0, count);
    bytes.remove_prefix(count);
    return taken;
  }

  /// The next number.
  template <class Number>
  Number take_number() {
    Number number{};
    std::memcpy(&number, take(sizeof number).data(), sizeof number);
    return number;
  }
};

/// Reads one piece and its score.
void read_piece(Reader& reader, std::int32_t longest, SentencePieceVocabulary& vocabulary,
                std::vector<float>& scores) {
  const auto score = reader.take_number<float>();
  const auto length = reader.take_number<std::int32_t>();
  if (!std::isfinite(score) || length < 0 || length > longest) {
    throw std::runtime_error(fmt::format(
        "a score of {} and a length of {}, expected a number and 0 to {}", score, length, longest));
  }
  scores.push_back(score);
  vocabulary.pieces.emplace_back(reader.take(static_cast<std::size_t>(length)));
}

/// For each piece a score: minus the rank of the merge that makes it, and below all of those for a
/// piece that none makes.
std::vector<float> scores_of(const SentencePieceVocabulary& vocabulary) {
  const auto below = static_cast<float>(vocabulary.merges.size());
  std::vector<float> scores(vocabulary.pieces.size(), -below);
  for (std::size_t i = 0; i < vocabulary.merges.size(); ++i) {
    float& score = scores[static_cast<std::size_t>(vocabulary.merges[i].result)];
    score = std::max(score, -static_cast<float>(vocabulary.ranks[i]));
  }
  return scores;
}

}  // namespace

SentencePieceTokenizer read_llama2c_file(const std::string& path) {
  const std::string content = read_file(path);
  Reader reader{content};
  SentencePieceVocabulary vocabulary;
  std::vector<float> scores;
  try {
    const auto longest = reader.take_number<std::int32_t>();
    while (!reader.bytes.empty()) read_piece(reader, longest, vocabulary, scores);
    add_merges_by_score(vocabulary, scores);
    return SentencePieceTokenizer(std::move(vocabulary));
  } catch (const std::exception& error) {
    throw std::runtime_error(
        fmt::format("{}: piece {}: {}", path, vocabulary.pieces.size(), error.what()));
  }
}

void write_llama2c_file(const SentencePieceTokenizer& tokenizer, const std::string& path) {
  const SentencePieceVocabulary& vocabulary = tokenizer.vocabulary;
  const std::vector<float> scores = scores_of(vocabulary);
  std::size_t longest = 0;
  for (const std::string& piece : vocabulary.pieces) longest = std::max(longest, piece.size());
  std::string bytes;
  append_number(bytes, static_cast<std::int32_t>(longest));
  for (std::size_t i = 0; i < vocabulary.pieces.size(); ++i) {
    append_number(bytes, scores[i]);
    append_number(bytes, static_cast<std::int32_t>(vocabulary.pieces[i].size()));
    bytes += vocabulary.pieces[i];
  }
  write_file(path, bytes);
}

}  // namespace llm
