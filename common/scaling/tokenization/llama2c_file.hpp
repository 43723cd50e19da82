#pragma once

#include <string>

#include "common/scaling/tokenization/sentence_piece.hpp"

namespace llm {

/// The tokenizer in a `tokenizer.bin` of llama2.c: the length of the longest piece, then for each
/// piece its score, its length and its bytes. Throws std::runtime_error that names the file, the
/// piece and what was expected.
SentencePieceTokenizer read_llama2c_file(const std::string& path);

/// Writes a tokenizer as such a file, with scores that fall with the ranks of its merges.
void write_llama2c_file(const SentencePieceTokenizer& tokenizer, const std::string& path);

}  // namespace llm
