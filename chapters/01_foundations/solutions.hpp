#pragma once

// The solutions of chapter 1's exercises.

#include "chapters/01_foundations/exercises.hpp"

namespace solutions {

using namespace llm;
using exercises::MergedLayer;

inline Vector cosine_similarities(const Matrix& table, const Vector& query) {
  const Vector products = query * table.transpose();  // (V)
  const Vector lengths = table.rowwise().norm().transpose();
  return products.array() / lengths.array() / query.norm();
}

inline Matrix linear_by_loops(const Matrix& inputs, const Matrix& weights, const Vector& bias) {
  Matrix outputs(inputs.rows(), weights.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    for (Index j = 0; j < weights.cols(); ++j) outputs(i, j) = bias(j);
    for (Index k = 0; k < inputs.cols(); ++k) {
      for (Index j = 0; j < weights.cols(); ++j) outputs(i, j) += inputs(i, k) * weights(k, j);
    }
  }
  return outputs;
}

inline MergedLayer merge_layers(const Matrix& first_weights, const Vector& first_bias,
                                const Matrix& second_weights, const Vector& second_bias) {
  return {first_weights * second_weights, first_bias * second_weights + second_bias};
}

inline Matrix leaky_relu_backward(const Matrix& output_gradient, const Matrix& inputs, Real slope) {
  return (inputs.array() > 0).select(output_gradient, slope * output_gradient);
}

inline Vector slope_changes(const Vector& places, const Vector& heights) {
  Vector changes(places.size() - 1);
  Real slope_before = 0;
  for (Index j = 0; j < changes.size(); ++j) {
    const Real slope = (heights(j + 1) - heights(j)) / (places(j + 1) - places(j));
    changes(j) = slope - slope_before;
    slope_before = slope;
  }
  return changes;
}

}  // namespace solutions
