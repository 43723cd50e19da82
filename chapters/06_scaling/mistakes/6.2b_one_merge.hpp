#pragma once

// The merging ends after the first merge.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::one_merge {

using namespace llm;
using exercises::TokenMerge;

inline std::vector<int> merge_by_rank(std::vector<int> tokens,
                                      const std::vector<TokenMerge>& merges) {
  for (const TokenMerge& merge : merges) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i] != merge.left || tokens[i + 1] != merge.right) continue;
      tokens[i] = merge.result;
      tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      return tokens;
    }
  }
  return tokens;
}

}  // namespace mistakes::one_merge
