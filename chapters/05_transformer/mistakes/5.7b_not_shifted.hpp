#pragma once

// Each row is scored at the token that it has read.

#include <algorithm>
#include <cmath>
#include <numbers>

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::not_shifted {

using namespace llm;

inline double bits_per_character(const std::function<Matrix(const std::vector<int>&)>& model,
                                 const std::vector<int>& tokens, std::size_t context) {
  double nats = 0;
  for (std::size_t first = 0; first + 1 < tokens.size(); first += context) {
    const std::size_t length = std::min(context, tokens.size() - 1 - first);
    const std::vector<int> window(&tokens[first], &tokens[first] + length);
    const Matrix logits = model(window);
    for (std::size_t i = 0; i < length; ++i) {
      const Vector row = logits.row(static_cast<Index>(i));
      const Real largest = row.maxCoeff();
      const Real of_all = largest + std::log((row.array() - largest).exp().sum());
      nats += static_cast<double>(of_all - row(tokens[first + i]));
    }
  }
  return nats / std::numbers::ln2 / static_cast<double>(tokens.size() - 1);
}

}  // namespace mistakes::not_shifted
