#pragma once

// The reference solutions of chapter 5's exercises.

#include <cmath>
#include <functional>

#include "common/foundations/matrix.hpp"

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

inline Index count_parameters(Index vocabulary, Index context, Index width, Index layers,
                              Index hidden, bool tied) {
  const Index norm = 2 * width;
  const Index attention = 4 * width * width + 4 * width;
  const Index feed_forward = 2 * width * hidden + hidden + width;
  const Index tables = (tied ? 1 : 2) * vocabulary * width + context * width;
  return tables + layers * (2 * norm + attention + feed_forward) + norm;
}

inline Matrix pre_norm_block(const Matrix& stream, const std::function<Matrix(const Matrix&)>& norm,
                             const std::function<Matrix(const Matrix&)>& attention,
                             const std::function<Matrix(const Matrix&)>& feed_forward) {
  const Matrix middle = stream + attention(norm(stream));
  return middle + feed_forward(norm(middle));
}

}  // namespace solutions
