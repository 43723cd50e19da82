#pragma once

// The diagonal is off by one to the right: row i sees position i + 1.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::one_ahead {

using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline Matrix causal_weights(const MatrixRef& scores) {
  Matrix weights = Matrix::Zero(scores.rows(), scores.cols());
  for (Index i = 0; i < scores.rows(); ++i) {
    const Index visible = std::min(i + 2, scores.cols());
    const Vector powers = scores.row(i).head(visible).array().exp();
    weights.row(i).head(visible) = powers / powers.sum();
  }
  return weights;
}

}  // namespace mistakes::one_ahead
