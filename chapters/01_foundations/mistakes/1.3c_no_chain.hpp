#pragma once

// The slope of the activation, without the gradient that comes from above.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::no_chain {

using namespace llm;
inline Matrix leaky_relu_backward(const Matrix&, const Matrix& inputs, Real slope) {
  const Matrix ones = Matrix::Ones(inputs.rows(), inputs.cols());
  return (inputs.array() > 0).select(ones, slope * ones);
}

}  // namespace mistakes::no_chain
