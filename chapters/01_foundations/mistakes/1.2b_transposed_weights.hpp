#pragma once

// The weights are read with their rows and columns exchanged.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::transposed_weights {

using namespace llm;
inline Matrix linear_by_loops(const Matrix& inputs, const Matrix& weights, const Vector& bias) {
  Matrix outputs(inputs.rows(), weights.rows());
  for (Index i = 0; i < inputs.rows(); ++i) {
    for (Index j = 0; j < weights.rows(); ++j) {
      outputs(i, j) = bias(j);
      for (Index k = 0; k < inputs.cols(); ++k) outputs(i, j) += inputs(i, k) * weights(k, j);
    }
  }
  return outputs;
}

}  // namespace mistakes::transposed_weights
