#pragma once

// The softmax alone: nothing says which token was right.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::no_one_hot {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline Matrix cross_entropy_gradient(const Matrix& logits, const std::vector<int>&) {
  Matrix gradient(logits.rows(), logits.cols());
  for (Index i = 0; i < logits.rows(); ++i) {
    const Vector powers = (logits.row(i).array() - logits.row(i).maxCoeff()).exp();
    gradient.row(i) = powers / powers.sum();
  }
  return gradient / static_cast<Real>(logits.rows());
}

}  // namespace mistakes::no_one_hot
