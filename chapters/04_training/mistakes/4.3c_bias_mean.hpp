#pragma once

// The bias gets the mean of the rows, where it should get their sum.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::bias_mean {

using llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline void add_parameter_gradients(const MatrixRef& output_gradient, const MatrixRef& inputs,
                                    Matrix& weight_gradient, Vector& bias_gradient) {
  weight_gradient += output_gradient.transpose() * inputs;
  bias_gradient += output_gradient.colwise().mean();
}

}  // namespace mistakes::bias_mean
