#pragma once

// Takes off the maximum of the whole row: a large score in the future makes every power 0.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::maximum_of_row {

using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline Matrix causal_weights(const MatrixRef& scores) {
  Matrix weights = Matrix::Zero(scores.rows(), scores.cols());
  for (Index i = 0; i < scores.rows(); ++i) {
    const Vector powers = (scores.row(i).array() - scores.row(i).maxCoeff()).exp();
    weights.row(i).head(i + 1) = powers.head(i + 1) / powers.head(i + 1).sum();
  }
  return weights;
}

}  // namespace mistakes::maximum_of_row
