#pragma once

// The model is given more tokens than its context holds.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::whole_past {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline std::vector<int> greedy_loop(const std::function<Matrix(const std::vector<int>&)>& model,
                                    std::vector<int> tokens, int count, std::size_t) {
  for (int i = 0; i < count; ++i) {
    const Matrix logits = model(tokens);
    Index best = 0;
    logits.row(logits.rows() - 1).maxCoeff(&best);
    tokens.push_back(static_cast<int>(best));
  }
  return tokens;
}

}  // namespace mistakes::whole_past
