#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/scaling/tokenization/byte_pair_tokenizer.hpp"

namespace llm {

/// Learns byte pairs from a text: the 256 bytes, then a token for each merge of the most frequent
/// pair (of equals, the one with the smaller left token, then right), up to `vocabulary` tokens
/// with the special ones, which come last. There are fewer when no pair is left. The merges are
/// those of the library `tokenizers` with the same settings. Throws std::invalid_argument for a
/// vocabulary that cannot hold the bytes and the special tokens.
BytePairTokenizer train_byte_pairs(std::string_view text, Index vocabulary,
                                   Pattern pattern = Pattern::gpt2,
                                   const std::vector<std::string>& specials = {});

}  // namespace llm
