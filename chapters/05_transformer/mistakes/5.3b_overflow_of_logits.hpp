#pragma once

// The exponentials of large logits are infinite.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::overflow_of_logits {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline Matrix cross_entropy_gradient(const Matrix& logits, const std::vector<int>& targets) {
  Matrix gradient(logits.rows(), logits.cols());
  for (Index i = 0; i < logits.rows(); ++i) {
    const Vector powers = logits.row(i).array().exp();
    gradient.row(i) = powers / powers.sum();
    gradient(i, targets[static_cast<std::size_t>(i)]) -= 1;
  }
  return gradient / static_cast<Real>(logits.rows());
}

}  // namespace mistakes::overflow_of_logits
