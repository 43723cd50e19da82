#include "common/transformer/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "common/foundations/utf8.hpp"

namespace llm {

CharacterVocabulary character_vocabulary(std::string_view text) {
  std::u32string characters = decode_utf8(text);
  std::sort(characters.begin(), characters.end());
  characters.erase(std::unique(characters.begin(), characters.end()), characters.end());
  return {characters};
}

std::vector<Token> encode(const CharacterVocabulary& vocabulary, std::string_view text) {
  std::vector<Token> tokens;
  tokens.reserve(text.size());
  const auto begin = vocabulary.characters.begin(), end = vocabulary.characters.end();
  for (const char32_t character : decode_utf8(text)) {
    const auto found = std::lower_bound(begin, end, character);
    if (found == end || *found != character) {
      throw std::invalid_argument(fmt::format(
          "the character '{}' (U+{:04X}) is not in the vocabulary: the model has never seen it",
          encode_utf8({&character, 1}), static_cast<unsigned>(character)));
    }
    tokens.push_back(static_cast<Token>(found - begin));
  }
  return tokens;
}

std::string decode(const CharacterVocabulary& vocabulary, std::span<const Token> tokens) {
  std::u32string characters;
  characters.reserve(tokens.size());
  for (const Token token : tokens) {
    if (token < 0 || token >= vocabulary.size()) {
      throw std::invalid_argument(
          fmt::format("token {} is out of the vocabulary of {} tokens", token, vocabulary.size()));
    }
    characters += vocabulary.characters[static_cast<std::size_t>(token)];
  }
  return encode_utf8(characters);
}

}  // namespace llm
