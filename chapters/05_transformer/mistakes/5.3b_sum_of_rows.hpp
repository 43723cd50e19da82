#pragma once

// The gradient of the sum over the rows, not of their mean.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::sum_of_rows {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline Matrix cross_entropy_gradient(const Matrix& logits, const std::vector<int>& targets) {
  Matrix gradient(logits.rows(), logits.cols());
  for (Index i = 0; i < logits.rows(); ++i) {
    const Vector powers = (logits.row(i).array() - logits.row(i).maxCoeff()).exp();
    gradient.row(i) = powers / powers.sum();
    gradient(i, targets[static_cast<std::size_t>(i)]) -= 1;
  }
  return gradient;
}

}  // namespace mistakes::sum_of_rows
