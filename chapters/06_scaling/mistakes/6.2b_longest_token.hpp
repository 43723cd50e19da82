#pragma once

// The longest token that fits is taken, from left to right.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::longest_token {

using namespace llm;
using exercises::TokenMerge;

/// The tokens that a token was merged from.
inline std::vector<int> parts(int token, const std::vector<TokenMerge>& merges) {
  for (const TokenMerge& merge : merges) {
    if (merge.result != token) continue;
    std::vector<int> left = parts(merge.left, merges), right = parts(merge.right, merges);
    left.insert(left.end(), right.begin(), right.end());
    return left;
  }
  return {token};
}

inline std::vector<int> merge_by_rank(std::vector<int> tokens,
                                      const std::vector<TokenMerge>& merges) {
  std::vector<int> result;
  for (std::size_t i = 0; i < tokens.size();) {
    int best = tokens[i];
    std::size_t longest = 1;
    for (const TokenMerge& merge : merges) {
      const std::vector<int> needed = parts(merge.result, merges);
      const bool fits =
          i + needed.size() <= tokens.size() &&
          std::equal(needed.begin(), needed.end(), tokens.begin() + static_cast<std::ptrdiff_t>(i));
      if (fits && needed.size() > longest) {
        best = merge.result;
        longest = needed.size();
      }
    }
    result.push_back(best);
    i += longest;
  }
  return result;
}

}  // namespace mistakes::longest_token
