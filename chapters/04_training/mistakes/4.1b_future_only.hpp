#pragma once

// The triangle is the wrong one: row i sees itself and everything after it.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::future_only {

using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline Matrix causal_weights(const MatrixRef& scores) {
  Matrix weights = Matrix::Zero(scores.rows(), scores.cols());
  for (Index i = 0; i < scores.rows(); ++i) {
    const Vector powers = scores.row(i).tail(scores.cols() - i).array().exp();
    weights.row(i).tail(scores.cols() - i) = powers / powers.sum();
  }
  return weights;
}

}  // namespace mistakes::future_only
