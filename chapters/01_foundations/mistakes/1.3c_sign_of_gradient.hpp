#pragma once

// The side of the corner is taken from the gradient, not from the input.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::sign_of_gradient {

using namespace llm;
inline Matrix leaky_relu_backward(const Matrix& output_gradient, const Matrix&, Real slope) {
  return (output_gradient.array() > 0).select(output_gradient, slope * output_gradient);
}

}  // namespace mistakes::sign_of_gradient
