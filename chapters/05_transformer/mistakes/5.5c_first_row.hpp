#pragma once

// The first row of logits, which speaks about the second token.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::first_row {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline std::vector<int> greedy_loop(const std::function<Matrix(const std::vector<int>&)>& model,
                                    std::vector<int> tokens, int count, std::size_t context) {
  for (int i = 0; i < count; ++i) {
    const std::size_t begin = tokens.size() > context ? tokens.size() - context : 0;
    const Matrix logits = model({tokens.begin() + static_cast<Index>(begin), tokens.end()});
    Index best = 0;
    logits.row(0).maxCoeff(&best);
    tokens.push_back(static_cast<int>(best));
  }
  return tokens;
}

}  // namespace mistakes::first_row
