#pragma once

// The activation itself, times the gradient.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::forward {

using namespace llm;
inline Matrix leaky_relu_backward(const Matrix& output_gradient, const Matrix& inputs, Real slope) {
  const Matrix outputs = (inputs.array() > 0).select(inputs, slope * inputs);
  return output_gradient.array() * outputs.array();
}

}  // namespace mistakes::forward
