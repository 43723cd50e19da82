#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/scaling/tokenization/byte_pair_tokenizer.hpp"

namespace llm {

/// A piece as it is at some point of the training, and how often the text has it.
struct CountedPiece {
  std::vector<Token> tokens;
  std::int64_t count;
};

/// What the first 256 tokens stand for: the bytes, in the order of their letters.
std::vector<std::string> bytes_of_tokens();

/// The distinct pieces of a text, each a token a byte, in the order of their first occurrence.
std::vector<CountedPiece> count_pieces(const PreTokenizer& cutter, std::string_view text);

/// The first `count` merges, or fewer when no pair is left: each is the most frequent pair of
/// neighbors in the pieces, of equals the one with the smaller left token, then right. Counts all
/// pairs anew for each merge. `bytes` holds what each token stands for, and grows.
std::vector<Merge> learn_merges_by_counting(std::vector<CountedPiece> pieces, Index count,
                                            std::vector<std::string>& bytes);

/// The same merges, for which only what a merge changes is counted again. Where merges make one
/// token in two ways, what `tokenizers` does is done: a pair that occurs again after it was merged
/// is merged again at once, and has its later rank. `vocabulary` counts the tokens with the bytes.
std::vector<Merge> learn_merges(std::vector<CountedPiece> pieces, Index vocabulary,
                                std::vector<std::string>& bytes);

/// Learns byte pairs from a text: the 256 bytes, then a token for each merge of the most frequent
/// pair, up to `vocabulary` tokens with the special ones, which come last. There are fewer when no
/// pair is left. The merges are those of the library `tokenizers` with the same settings. Throws
/// std::invalid_argument for a vocabulary that cannot hold the bytes and the special tokens.
BytePairTokenizer train_byte_pairs(std::string_view text, Index vocabulary,
                                   Pattern pattern = Pattern::gpt2,
                                   const std::vector<std::string>& specials = {});

}  // namespace llm
