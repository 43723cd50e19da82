#include "common/scaling/tokenization/byte_pair_tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/scaling/tokenization/bytes.hpp"
#include "common/scaling/tokenization/piece_memory.hpp"

namespace llm {

namespace {

/// Which of the tokens are special. Throws where a special token is none, or has another text.
std::vector<bool> special_marks(const BytePairVocabulary& vocabulary) {
  std::vector<bool> marks(vocabulary.bytes.size(), false);
  for (const SpecialToken& special : vocabulary.specials) {
    const auto place = static_cast<std::size_t>(special.token);
    if (special.token < 0 || place >= marks.size() || vocabulary.bytes[place] != special.text ||
        special.text.empty()) {
      throw std::invalid_argument(
          fmt::format("the special token \"{}\" is not token {} of the vocabulary of {}",
                      special.text, special.token, marks.size()));
    }
    marks[place] = true;
  }
  return marks;
}

/// Throws where a merge does not make a token of the bytes of two others, all of them not special.
void check_merges(const BytePairVocabulary& vocabulary, const std::vector<bool>& is_special) {
  const auto is_token = [&](Token token) {
    const auto place = static_cast<std::size_t>(token);
    return token >= 0 && place < is_special.size() && !is_special[place];
  };
  const auto bytes_of = [&](Token token) -> const std::string& {
    return vocabulary.bytes[static_cast<std::size_t>(token)];
  };
  for (std::size_t rank = 0; rank < vocabulary.merges.size(); ++rank) {
    const auto& [left, right, result] = vocabulary.merges[rank];
    if (!is_token(left) || !is_token(right) || !is_token(result) ||
        bytes_of(left) + bytes_of(right) != bytes_of(result)) {
      throw std::invalid_argument(fmt::format(
          "merge {}: token {} and token {} do not make token {}", rank, left, right, result));
    }
  }
}

/// The special token whose text begins at a place, the longest of several; nullptr where none does.
const SpecialToken* special_at(const std::vector<SpecialToken>& specials, std::string_view text) {
  const SpecialToken* longest = nullptr;
  for (const SpecialToken& special : specials) {
    if (text.starts_with(special.text) &&
        (longest == nullptr || special.text.size() > longest->text.size())) {
      longest = &special;
    }
  }
  return longest;
}

/// Appends the tokens of one piece.
void append_piece(const BytePairTokenizer& tokenizer, std::string_view piece,
                  std::vector<Token>& work, std::vector<Token>& tokens) {
  if (tokenizer.vocabulary.whole_pieces_first) {
    const auto found = tokenizer.whole_pieces.find(std::string(piece));
    if (found != tokenizer.whole_pieces.end()) {
      tokens.push_back(found->second);
      return;
    }
  }
  work.clear();
  for (const char byte : piece) {
    work.push_back(tokenizer.byte_tokens[static_cast<unsigned char>(byte)]);
    if (work.back() < 0) {
      throw std::invalid_argument(fmt::format("the byte 0x{:02x} is not in the vocabulary",
                                              static_cast<unsigned char>(byte)));
    }
  }
  merge_tokens(tokenizer.table, work);
  tokens.insert(tokens.end(), work.begin(), work.end());
}

}  // namespace

BytePairTokenizer::BytePairTokenizer(BytePairVocabulary all, PreTokenizer cutter)
    : vocabulary(std::move(all)),
      pre_tokenizer(std::move(cutter)),
      table(merge_table(vocabulary.merges)) {
  const std::vector<bool> is_special = special_marks(vocabulary);
  check_merges(vocabulary, is_special);
  byte_tokens.fill(-1);
  for (std::size_t token = 0; token < is_special.size(); ++token) {
    const std::string& bytes = vocabulary.bytes[token];
    if (is_special[token]) continue;
    if (bytes.size() == 1) {
      byte_tokens[static_cast<unsigned char>(bytes[0])] = static_cast<Token>(token);
    }
    if (vocabulary.whole_pieces_first) whole_pieces[bytes] = static_cast<Token>(token);
  }
}

std::vector<Token> BytePairTokenizer::encode(std::string_view text) const {
  std::vector<Token> tokens, work;
  tokens.reserve(text.size() / 3);
  PieceMemory memory;
  Pieces pieces(pre_tokenizer, text);
  for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
    if (memory.append_known(piece, tokens)) continue;
    const std::size_t first = tokens.size();
    append_piece(*this, piece, work, tokens);
    memory.remember(piece, first, tokens.size() - first);
  }
  return tokens;
}

std::vector<Token> BytePairTokenizer::encode_with_specials(std::string_view text) const {
  std::vector<Token> tokens;
  const auto append_text = [&](std::string_view part) {
    const std::vector<Token> more = encode(part);
    tokens.insert(tokens.end(), more.begin(), more.end());
  };
  std::size_t begin = 0;
  for (std::size_t place = 0; place < text.size();) {
    const SpecialToken* special = special_at(vocabulary.specials, text.substr(place));
    if (special == nullptr) {
      ++place;
      continue;
    }
    append_text(text.substr(begin, place - begin));
    tokens.push_back(special->token);
    begin = place += special->text.size();
  }
  append_text(text.substr(begin));
  return tokens;
}

std::string BytePairTokenizer::decode(std::span<const Token> tokens) const {
  std::string text;
  for (const Token token : tokens) {
    if (token < 0 || token >= size()) {
      throw std::invalid_argument(
          fmt::format("token {} is out of the vocabulary of {} tokens", token, size()));
    }
    text += vocabulary.bytes[static_cast<std::size_t>(token)];
  }
  return text;
}

}  // namespace llm
