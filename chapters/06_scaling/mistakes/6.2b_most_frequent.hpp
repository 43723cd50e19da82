#pragma once

// The pair that the piece has most often is merged, as in training.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::most_frequent {

using namespace llm;
using exercises::TokenMerge;

inline std::vector<int> merge_by_rank(std::vector<int> tokens,
                                      const std::vector<TokenMerge>& merges) {
  const TokenMerge* best = nullptr;
  int most = 0;
  for (const TokenMerge& merge : merges) {
    int count = 0;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      count += tokens[i] == merge.left && tokens[i + 1] == merge.right;
    }
    if (count > most) best = &merge;
    most = std::max(most, count);
  }
  if (best == nullptr) return tokens;
  return mistakes::most_frequent::merge_by_rank(solutions::merge_by_rank(tokens, {*best}), merges);
}

}  // namespace mistakes::most_frequent
