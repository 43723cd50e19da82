#pragma once

// The gain multiplies the gradient after the norm in place of before it.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::gain_last {

using namespace llm;

inline Matrix rms_norm_input_gradient(const Matrix& output_gradient, const Matrix& inputs,
                                      const Vector& gain) {
  const Vector one = Vector::Ones(inputs.cols());
  return solutions::rms_norm_input_gradient(output_gradient, inputs, one) * gain.asDiagonal();
}

}  // namespace mistakes::gain_last
