#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/scaling/tokenization/merges.hpp"
#include "common/scaling/tokenization/pre_tokenizer.hpp"
#include "common/transformer/text/tokenizer.hpp"

namespace llm {

/// A token that stands for no text but for an event, such as the end of a document. In a file it is
/// written as `text`; a text that holds these characters does not become the token.
struct SpecialToken {
  std::string text;
  Token token;

  /// Two special tokens are equal when text and number are.
  bool operator==(const SpecialToken&) const = default;
};

/// What makes a byte-pair tokenizer.
struct BytePairVocabulary {
  std::vector<std::string> bytes = {};  ///< what each token stands for; a special token: its text
  std::vector<Merge> merges = {};       ///< in the order of their ranks
  std::vector<SpecialToken> specials = {};  ///< which no text becomes
  bool whole_pieces_first = false;          ///< a piece that is a token is not merged: Llama 3
};

/// Byte-level byte-pair encoding: decode(encode(x)) is x for any bytes x.
struct BytePairTokenizer : Tokenizer {
  /// Throws std::invalid_argument, naming the token or the merge, where these do not fit together.
  BytePairTokenizer(BytePairVocabulary all, PreTokenizer cutter);

  Index size() const override { return static_cast<Index>(vocabulary.bytes.size()); }

  /// The tokens of any bytes, UTF-8 or not. Never a special token, whatever the text says. Throws
  /// std::invalid_argument for a byte that the vocabulary lacks, which one from a file may.
  std::vector<Token> encode(std::string_view text) const override;

  /// The same, but where the text of a special token stands, that token: of those that begin at one
  /// place the longest. For text that the program's author wrote, never for a user's.
  std::vector<Token> encode_with_specials(std::string_view text) const;

  /// The bytes of tokens; a special token gives its text.
  std::string decode(std::span<const Token> tokens) const override;

  std::string to_json() const override;

  BytePairVocabulary vocabulary;
  PreTokenizer pre_tokenizer;
  MergeTable table;
  std::array<Token, 256> byte_tokens;  ///< of each byte; -1 for one that the vocabulary lacks
  std::unordered_map<std::string, Token> whole_pieces;  ///< filled if these go first
};

}  // namespace llm
