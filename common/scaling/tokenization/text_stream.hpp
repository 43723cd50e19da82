#pragma once

#include <string>

#include "common/transformer/text/tokenizer.hpp"

namespace llm {

/// The text of tokens as they come, in whole characters: a token may end in the middle of one.
struct TextStream {
  /// For tokens that follow `before`, whose text has been shown.
  TextStream(const Tokenizer& of, Token before) : tokenizer(of), previous(before) {}

  /// The text that can be shown once this token is there. Bytes that are no part of a character
  /// come as U+FFFD.
  std::string add(Token token);

  /// What is left when no more tokens come.
  std::string rest();

  const Tokenizer& tokenizer;
  Token previous;
  std::string unfinished;  ///< the first bytes of a character
};

}  // namespace llm
