#include "common/scaling/tokenization/sentence_piece.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "common/scaling/tokenization/bytes.hpp"

namespace llm {

namespace {

/// Tokens 0, 1 and 2: unknown, begin and end of a text.
constexpr std::size_t special_count = 3;

/// Whether a piece stands for text, and not for an event or a byte.
bool is_text(const SentencePieceVocabulary& vocabulary, std::size_t token) {
  return token >= special_count && token < vocabulary.pieces.size() &&
         byte_of_piece(vocabulary.pieces[token]) < 0;
}

/// Throws where a merge does not make a piece of text of two others.
void check_merges(const SentencePieceVocabulary& vocabulary) {
  if (vocabulary.ranks.size() != vocabulary.merges.size()) {
    throw std::invalid_argument(
        fmt::format("{} merges with {} ranks", vocabulary.merges.size(), vocabulary.ranks.size()));
  }
  for (std::size_t i = 0; i < vocabulary.merges.size(); ++i) {
    const auto& [left, right, result] = vocabulary.merges[i];
    bool fits = true;
    for (const Token token : {left, right, result}) {
      fits = fits && token >= 0 && is_text(vocabulary, static_cast<std::size_t>(token));
    }
    const auto piece = [&](Token token) -> const std::string& {
      return vocabulary.pieces[static_cast<std::size_t>(token)];
    };
    if (!fits || piece(left) + piece(right) != piece(result)) {
      throw std::invalid_argument(fmt::format(
          "merge {}: piece {} and piece {} do not make piece {}", i, left, right, result));
    }
  }
}

/// Appends every way in which two pieces make this one.
void append_splits(const std::unordered_map<std::string, Token>& tokens, const std::string& piece,
                   Token result, std::vector<Merge>& merges) {
  for (std::size_t cut = character_length(piece, 0); cut > 0 && cut < piece.size();
       cut += character_length(piece, cut)) {
    const auto left = tokens.find(piece.substr(0, cut)), right = tokens.find(piece.substr(cut));
    if (left != tokens.end() && right != tokens.end()) {
      merges.push_back({left->second, right->second, result});
    }
    if (character_length(piece, cut) == 0) return;
  }
}

}  // namespace

SentencePieceTokenizer::SentencePieceTokenizer(SentencePieceVocabulary all)
    : vocabulary(std::move(all)) {
  check_merges(vocabulary);
  table = merge_table(vocabulary.merges, vocabulary.ranks);
  byte_tokens.fill(-1);
  for (std::size_t token = special_count; token < vocabulary.pieces.size(); ++token) {
    const std::string& piece = vocabulary.pieces[token];
    const int byte = byte_of_piece(piece);
    if (byte >= 0) {
      byte_tokens[static_cast<std::size_t>(byte)] = static_cast<Token>(token);
    } else if (!piece.empty() && character_length(piece, 0) == piece.size()) {
      character_tokens[piece] = static_cast<Token>(token);
    }
  }
  const auto* const missing = std::find(byte_tokens.begin(), byte_tokens.end(), -1);
  if (missing != byte_tokens.end()) {
    throw std::invalid_argument(fmt::format("the vocabulary of {} pieces lacks the byte <0x{:02X}>",
                                            vocabulary.pieces.size(),
                                            missing - byte_tokens.begin()));
  }
}

std::vector<Token> SentencePieceTokenizer::encode(std::string_view text) const {
  if (text.empty()) return {};
  std::string spaced(vocabulary.space_first ? 1 : 0, ' ');
  spaced += text;
  std::vector<Token> tokens;
  for (std::size_t place = 0; place < spaced.size();) {
    const std::size_t length = std::max<std::size_t>(character_length(spaced, place), 1);
    const std::string character = spaced.substr(place, length);
    const auto found = character_tokens.find(character);
    if (found != character_tokens.end()) {
      tokens.push_back(found->second);
    } else {
      for (const char byte : character) {
        tokens.push_back(byte_tokens[static_cast<unsigned char>(byte)]);
      }
    }
    place += length;
  }
  merge_tokens(table, tokens);
  return tokens;
}

std::string SentencePieceTokenizer::decode(std::span<const Token> tokens) const {
  std::string text;
  bool is_first = vocabulary.space_first;
  for (const Token token : tokens) {
    if (token < 0 || token >= size()) {
      throw std::invalid_argument(
          fmt::format("token {} is out of the vocabulary of {} tokens", token, size()));
    }
    const std::string& piece = vocabulary.pieces[static_cast<std::size_t>(token)];
    const int byte = byte_of_piece(piece);
    const std::string part = byte < 0 ? piece : std::string(1, static_cast<char>(byte));
    text += is_first && part.starts_with(' ') ? part.substr(1) : part;
    if (token >= static_cast<Token>(special_count)) is_first = false;
  }
  return text;
}

int byte_of_piece(std::string_view piece) {
  if (piece.size() != 6 || !piece.starts_with("<0x") || piece[5] != '>') return -1;
  constexpr std::string_view digits = "0123456789ABCDEF";
  const std::size_t high = digits.find(piece[3]), low = digits.find(piece[4]);
  if (high == std::string_view::npos || low == std::string_view::npos) return -1;
  return static_cast<int>(16 * high + low);
}

void add_merges_by_score(SentencePieceVocabulary& vocabulary, const std::vector<float>& scores) {
  std::unordered_map<std::string, Token> tokens;
  std::vector<Token> by_score;
  for (std::size_t token = 0; token < vocabulary.pieces.size(); ++token) {
    if (!is_text(vocabulary, token)) continue;
    if (tokens.emplace(vocabulary.pieces[token], static_cast<Token>(token)).second) {
      by_score.push_back(static_cast<Token>(token));
    }
  }
  const auto score = [&](Token token) { return scores.at(static_cast<std::size_t>(token)); };
  std::stable_sort(by_score.begin(), by_score.end(),
                   [&](Token one, Token other) { return score(one) > score(other); });
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < by_score.size(); ++i) {
    if (i > 0 && score(by_score[i]) != score(by_score[i - 1])) ++rank;
    append_splits(tokens, vocabulary.pieces[static_cast<std::size_t>(by_score[i])], by_score[i],
                  vocabulary.merges);
    vocabulary.ranks.resize(vocabulary.merges.size(), rank);
  }
}

}  // namespace llm
