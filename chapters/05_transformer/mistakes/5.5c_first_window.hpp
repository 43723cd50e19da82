#pragma once

// When the context is full the model keeps reading the first tokens.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::first_window {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline std::vector<int> greedy_loop(const std::function<Matrix(const std::vector<int>&)>& model,
                                    std::vector<int> tokens, int count, std::size_t context) {
  for (int i = 0; i < count; ++i) {
    const std::size_t end = std::min(tokens.size(), context);
    const Matrix logits = model({tokens.begin(), tokens.begin() + static_cast<Index>(end)});
    Index best = 0;
    logits.row(logits.rows() - 1).maxCoeff(&best);
    tokens.push_back(static_cast<int>(best));
  }
  return tokens;
}

}  // namespace mistakes::first_window
