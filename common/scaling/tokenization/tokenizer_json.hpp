#pragma once

#include <string_view>

#include "common/scaling/tokenization/byte_pair_tokenizer.hpp"

namespace llm {

/// The tokenizer in a `tokenizer.json`, of characters as this library writes it, or of byte pairs
/// as the library `tokenizers` does: with the bytes of GPT-2 as letters and its pattern or another
/// one, or in SentencePiece's style with bytes for unknown characters. Throws std::runtime_error,
/// naming the field and what was expected, for one that this library cannot follow.
SharedTokenizer any_tokenizer_from_json(std::string_view text);

}  // namespace llm
