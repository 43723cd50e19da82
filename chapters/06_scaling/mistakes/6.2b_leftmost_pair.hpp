#pragma once

// The first pair of the piece that is in the list is merged, whatever its rank.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::leftmost_pair {

using namespace llm;
using exercises::TokenMerge;

inline std::vector<int> merge_by_rank(std::vector<int> tokens,
                                      const std::vector<TokenMerge>& merges) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    for (const TokenMerge& merge : merges) {
      if (tokens[i] != merge.left || tokens[i + 1] != merge.right) continue;
      tokens[i] = merge.result;
      tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      return mistakes::leftmost_pair::merge_by_rank(tokens, merges);
    }
  }
  return tokens;
}

}  // namespace mistakes::leftmost_pair
