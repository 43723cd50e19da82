#pragma once

// The gradient of the weights is added and that of the bias is written over what was there.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::bias_overwritten {

using llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline void add_parameter_gradients(const MatrixRef& output_gradient, const MatrixRef& inputs,
                                    Matrix& weight_gradient, Vector& bias_gradient) {
  weight_gradient += output_gradient.transpose() * inputs;
  bias_gradient = output_gradient.colwise().sum();
}

}  // namespace mistakes::bias_overwritten
