#pragma once

// One-hot minus softmax: the step would go uphill.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::wrong_sign {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline Matrix cross_entropy_gradient(const Matrix& logits, const std::vector<int>& targets) {
  Matrix gradient(logits.rows(), logits.cols());
  for (Index i = 0; i < logits.rows(); ++i) {
    const Vector powers = (logits.row(i).array() - logits.row(i).maxCoeff()).exp();
    gradient.row(i) = powers / powers.sum();
    gradient(i, targets[static_cast<std::size_t>(i)]) -= 1;
  }
  return -gradient / static_cast<Real>(logits.rows());
}

}  // namespace mistakes::wrong_sign
