#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/transformer/model/config.hpp"

namespace llm {

/// How text becomes tokens, and tokens text.
struct Tokenizer {
  virtual ~Tokenizer() = default;

  /// How many tokens there are, V.
  virtual Index size() const = 0;

  /// The tokens of a UTF-8 text. Throws std::invalid_argument for one that has no tokens.
  virtual std::vector<Token> encode(std::string_view text) const = 0;

  /// The text of tokens. Throws std::invalid_argument for a token out of the vocabulary.
  virtual std::string decode(std::span<const Token> tokens) const = 0;

  /// The content of its `tokenizer.json`, as the library `tokenizers` of Hugging Face reads it.
  virtual std::string to_json() const = 0;
};

/// A tokenizer that does not change any more and that several owners share.
using SharedTokenizer = std::shared_ptr<const Tokenizer>;

/// One token a character: token i stands for characters[i].
struct CharacterTokenizer : Tokenizer {
  /// For these characters, in increasing order and each once.
  explicit CharacterTokenizer(std::u32string all) : characters(std::move(all)) {}

  Index size() const override { return static_cast<Index>(characters.size()); }
  std::vector<Token> encode(std::string_view text) const override;
  std::string decode(std::span<const Token> tokens) const override;
  std::string to_json() const override;

  std::u32string characters;
};

/// The tokenizer of all characters of a UTF-8 text.
CharacterTokenizer character_tokenizer(std::string_view text);

/// The tokenizer in a `tokenizer.json`. Throws std::runtime_error for one that this library cannot
/// follow.
SharedTokenizer tokenizer_from_json(std::string_view json);

}  // namespace llm
