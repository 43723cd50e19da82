#pragma once

// The gradient of the ordinary ReLU: 0 on the left.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::no_leak {

using namespace llm;
inline Matrix leaky_relu_backward(const Matrix& output_gradient, const Matrix& inputs, Real) {
  return (inputs.array() > 0).select(output_gradient, Real{0});
}

}  // namespace mistakes::no_leak
