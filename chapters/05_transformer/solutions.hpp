#pragma once

// The reference solutions of chapter 5's exercises.

#include <cmath>

#include "common/foundations/matrix.hpp"
#include "common/transformer/config.hpp"

namespace solutions {

using namespace llm;

inline Matrix normalize_rows(const Matrix& inputs, const Vector& gain, const Vector& bias,
                             Real epsilon) {
  Matrix outputs(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Vector centered = inputs.row(i).array() - inputs.row(i).mean();
    const Real variance = centered.squaredNorm() / static_cast<Real>(inputs.cols());
    const Vector normed = centered / std::sqrt(variance + epsilon);
    outputs.row(i) = normed.cwiseProduct(gain) + bias;
  }
  return outputs;
}

inline Matrix rms_norm_input_gradient(const Matrix& output_gradient, const Matrix& inputs,
                                      const Vector& gain) {
  Matrix gradient(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Real size = std::sqrt(inputs.row(i).squaredNorm() / static_cast<Real>(inputs.cols()));
    const Vector normed = inputs.row(i) / size;
    const Vector change = output_gradient.row(i).cwiseProduct(gain);
    gradient.row(i) = (change - normed * normed.cwiseProduct(change).mean()) / size;
  }
  return gradient;
}

inline Index count_parameters(const GptConfig& config) {
  const Index d = config.width;
  const Index embeddings = (config.vocabulary + config.context) * d;
  const Index norm = 2 * d;
  const Index projected = d + 2 * config.key_value_heads * (d / config.heads);
  const Index attention = (d + 1) * projected + (d + 1) * d;
  const Index feed_forward = (d + 1) * config.hidden + (config.hidden + 1) * d;
  return embeddings + config.layers * (2 * norm + attention + feed_forward) + norm;
}

}  // namespace solutions
