#pragma once

// The model reads the prompt in every turn and never its own tokens.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::never_appended {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline std::vector<int> greedy_loop(const std::function<Matrix(const std::vector<int>&)>& model,
                                    std::vector<int> tokens, int count, std::size_t context) {
  const std::vector<int> prompt = tokens;
  for (int i = 0; i < count; ++i) {
    const std::size_t begin = prompt.size() > context ? prompt.size() - context : 0;
    const Matrix logits = model({prompt.begin() + static_cast<Index>(begin), prompt.end()});
    Index best = 0;
    logits.row(logits.rows() - 1).maxCoeff(&best);
    tokens.push_back(static_cast<int>(best));
  }
  return tokens;
}

}  // namespace mistakes::never_appended
