#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/transformer/config.hpp"

namespace llm {

/// The tokens of a model that reads characters: token i stands for characters[i].
struct CharacterVocabulary {
  std::u32string characters;  ///< in increasing order, each once

  /// How many tokens there are, V.
  Index size() const { return static_cast<Index>(characters.size()); }
};

/// The vocabulary of all characters of a UTF-8 text.
CharacterVocabulary character_vocabulary(std::string_view text);

/// The tokens of a UTF-8 text, one a character. Throws std::invalid_argument, naming it, for a
/// character that the vocabulary does not hold.
std::vector<Token> encode(const CharacterVocabulary& vocabulary, std::string_view text);

/// The UTF-8 text of tokens. Throws std::invalid_argument for a token out of the vocabulary.
std::string decode(const CharacterVocabulary& vocabulary, std::span<const Token> tokens);

}  // namespace llm
