#pragma once

// The gradients are written over what was there: of a batch, only the last example counts.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::overwritten {

using llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline void add_parameter_gradients(const MatrixRef& output_gradient, const MatrixRef& inputs,
                                    Matrix& weight_gradient, Vector& bias_gradient) {
  weight_gradient = output_gradient.transpose() * inputs;
  bias_gradient = output_gradient.colwise().sum();
}

}  // namespace mistakes::overwritten
