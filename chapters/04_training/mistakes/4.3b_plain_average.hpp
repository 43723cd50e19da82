#pragma once

// Takes off the plain mean of the gradients, where it should be the mean weighted with the weights.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::plain_average {

using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real;

inline Matrix softmax_gradient(const MatrixRef& weight_gradient, const MatrixRef& weights) {
  Matrix score_gradient(weights.rows(), weights.cols());
  for (Index i = 0; i < weights.rows(); ++i) {
    const Real average = weight_gradient.row(i).mean();
    score_gradient.row(i) = weights.row(i).array() * (weight_gradient.row(i).array() - average);
  }
  return score_gradient;
}

}  // namespace mistakes::plain_average
