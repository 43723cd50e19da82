#pragma once

// The bias is forgotten.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::no_bias {

using namespace llm;
inline Matrix linear_by_loops(const Matrix& inputs, const Matrix& weights, const Vector&) {
  Matrix outputs = Matrix::Zero(inputs.rows(), weights.rows());
  for (Index i = 0; i < inputs.rows(); ++i) {
    for (Index j = 0; j < weights.rows(); ++j) {
      for (Index k = 0; k < inputs.cols(); ++k) outputs(i, j) += inputs(i, k) * weights(j, k);
    }
  }
  return outputs;
}

}  // namespace mistakes::no_bias
