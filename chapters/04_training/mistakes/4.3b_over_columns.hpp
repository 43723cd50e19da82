#pragma once

// Averages down the columns, as if the softmax had run over them.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::over_columns {

using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real;

inline Matrix softmax_gradient(const MatrixRef& weight_gradient, const MatrixRef& weights) {
  Matrix score_gradient(weights.rows(), weights.cols());
  for (Index j = 0; j < weights.cols(); ++j) {
    const Real average = weights.col(j).dot(weight_gradient.col(j));
    score_gradient.col(j) = weights.col(j).array() * (weight_gradient.col(j).array() - average);
  }
  return score_gradient;
}

}  // namespace mistakes::over_columns
