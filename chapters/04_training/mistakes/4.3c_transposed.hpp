#pragma once

// The product is the other way round, which fits when the layer has as many inputs as outputs.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::transposed {

using llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline void add_parameter_gradients(const MatrixRef& output_gradient, const MatrixRef& inputs,
                                    Matrix& weight_gradient, Vector& bias_gradient) {
  const Matrix product = inputs.transpose() * output_gradient;  // (d_in, d_out)
  if (product.rows() == weight_gradient.rows()) {
    weight_gradient += product;
  } else {
    weight_gradient += product.transpose();
  }
  bias_gradient += output_gradient.colwise().sum();
}

}  // namespace mistakes::transposed
