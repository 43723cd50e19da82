#pragma once

// The weights of later positions are set to 0 after the softmax, which has already given them a
// share.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::zeroed_after {

using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline Matrix causal_weights(const MatrixRef& scores) {
  Matrix weights = scores.array().exp();
  for (Index i = 0; i < scores.rows(); ++i) {
    weights.row(i) /= weights.row(i).sum();
    weights.row(i).tail(scores.cols() - i - 1).setZero();
  }
  return weights;
}

}  // namespace mistakes::zeroed_after
