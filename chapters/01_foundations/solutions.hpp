#pragma once

// The solutions of chapter 1's exercises.

#include <cmath>

#include "chapters/01_foundations/exercises.hpp"

namespace solutions {

using namespace llm;
using exercises::FoldUnit;
using exercises::MergedLayer;

inline Vector cosine_similarities(const Matrix& table, const Vector& query) {
  const Vector products = query * table.transpose();  // (V)
  const Vector lengths = table.rowwise().norm().transpose();
  return products.array() / lengths.array() / query.norm();
}

inline Matrix linear_by_loops(const Matrix& inputs, const Matrix& weights, const Vector& bias) {
  Matrix outputs(inputs.rows(), weights.rows());
  for (Index i = 0; i < inputs.rows(); ++i) {
    for (Index j = 0; j < weights.rows(); ++j) {
      outputs(i, j) = bias(j);
      for (Index k = 0; k < inputs.cols(); ++k) outputs(i, j) += inputs(i, k) * weights(j, k);
    }
  }
  return outputs;
}

inline MergedLayer merge_layers(const Matrix& first_weights, const Vector& first_bias,
                                const Matrix& second_weights, const Vector& second_bias) {
  return {second_weights * first_weights, first_bias * second_weights.transpose() + second_bias};
}

inline Matrix leaky_relu_backward(const Matrix& output_gradient, const Matrix& inputs, Real slope) {
  return (inputs.array() > 0).select(output_gradient, slope * output_gradient);
}

inline FoldUnit fold_gradient(const FoldUnit& unit, const Vector& inputs, const Vector& wanted) {
  FoldUnit gradient{};
  for (Index i = 0; i < inputs.size(); ++i) {
    const Real z = unit.w * inputs(i) + unit.b, h = std::abs(z);
    const Real answer_slope = 2 * (unit.a * h + unit.c - wanted(i)) / Real(inputs.size());
    const Real z_slope = answer_slope * unit.a * Real(z > 0 ? 1 : -1);
    gradient.w += z_slope * inputs(i);
    gradient.b += z_slope;
    gradient.a += answer_slope * h;
    gradient.c += answer_slope;
  }
  return gradient;
}

}  // namespace solutions
