#pragma once

// The diagonal is hidden as well: row i shares its attention among the positions before it, and row
// 0 has none.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::diagonal_hidden {

using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline Matrix causal_weights(const MatrixRef& scores) {
  Matrix weights = Matrix::Zero(scores.rows(), scores.cols());
  for (Index i = 1; i < scores.rows(); ++i) {
    const Vector powers = scores.row(i).head(i).array().exp();
    weights.row(i).head(i) = powers / powers.sum();
  }
  return weights;
}

}  // namespace mistakes::diagonal_hidden
