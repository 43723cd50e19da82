#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/scaling/tokenization/merges.hpp"
#include "common/transformer/text/tokenizer.hpp"

namespace llm {

/// What makes a tokenizer in SentencePiece's style. Token 0 stands for an unknown piece, 1 begins a
/// text and 2 ends it, as in the Llama family; no text becomes one of the three.
struct SentencePieceVocabulary {
  std::vector<std::string> pieces = {};   ///< UTF-8, with spaces as they are; a byte is "<0x0A>"
  std::vector<Merge> merges = {};         ///< in the order of their ranks
  std::vector<std::uint32_t> ranks = {};  ///< of the merges, which may share one
  bool space_first = true;                ///< a text is read as if a space stood before it
};

/// Byte-pair encoding of characters in SentencePiece's style: merges may cross spaces only where a
/// piece does, and a character without a piece of its own becomes its bytes, as does a byte that is
/// not part of a character. decode(encode(x)) is x for any bytes x.
struct SentencePieceTokenizer : Tokenizer {
  /// Throws std::invalid_argument, naming it, for a byte that has no piece and a merge that does
  /// not fit.
  explicit SentencePieceTokenizer(SentencePieceVocabulary all);

  Index size() const override { return static_cast<Index>(vocabulary.pieces.size()); }
  std::vector<Token> encode(std::string_view text) const override;
  std::string decode(std::span<const Token> tokens) const override;
  std::string to_json() const override;

  SentencePieceVocabulary vocabulary;
  MergeTable table;
  std::array<Token, 256> byte_tokens;
  std::unordered_map<std::string, Token> character_tokens;  ///< pieces of one character
};

/// The byte of a piece as SentencePiece spells one, "<0x0A>"; -1 for another piece.
int byte_of_piece(std::string_view piece);

/// The merges of a vocabulary of pieces with scores: any two pieces that make a third, the highest
/// score of a result first, and with one rank for all that make the same piece. Bytes and the first
/// three pieces take no part.
void add_merges_by_score(SentencePieceVocabulary& vocabulary, const std::vector<float>& scores);

}  // namespace llm
