#pragma once

// The bias is added in the innermost loop, once for each input feature.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::bias_in_the_sum {

using namespace llm;
inline Matrix linear_by_loops(const Matrix& inputs, const Matrix& weights, const Vector& bias) {
  Matrix outputs = Matrix::Zero(inputs.rows(), weights.rows());
  for (Index i = 0; i < inputs.rows(); ++i) {
    for (Index j = 0; j < weights.rows(); ++j) {
      for (Index k = 0; k < inputs.cols(); ++k) {
        outputs(i, j) += inputs(i, k) * weights(j, k) + bias(j);
      }
    }
  }
  return outputs;
}

}  // namespace mistakes::bias_in_the_sum
