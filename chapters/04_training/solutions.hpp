#pragma once

#include <cmath>
#include <span>
#include <stdexcept>
#include <vector>

#include "chapters/04_training/exercises.hpp"
#include "common/foundations/matrix.hpp"

namespace solutions {

using exercises::GateGradients, exercises::Lesson;
using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

inline Matrix causal_weights(const MatrixRef& scores) {
  Matrix weights = Matrix::Zero(scores.rows(), scores.cols());
  for (Index i = 0; i < scores.rows(); ++i) {
    const Vector visible = scores.row(i).head(i + 1);  // itself and all before it
    const Vector powers = (visible.array() - visible.maxCoeff()).exp();
    weights.row(i).head(i + 1) = powers / powers.sum();
  }
  return weights;
}

inline Lesson lesson_at(std::span<const int> tokens, Index place, Index length) {
  if (place < 0 || place + length + 1 > static_cast<Index>(tokens.size())) {
    throw std::invalid_argument("the text ends before the last target");
  }
  const auto first = tokens.begin() + place;
  return {{first, first + length}, {first + 1, first + 1 + length}};
}

inline GateGradients gated_backward(const MatrixRef& output_gradient, const MatrixRef& update,
                                    Real gate) {
  return {output_gradient, gate * output_gradient, output_gradient.cwiseProduct(update).sum()};
}

inline Matrix softmax_gradient(const MatrixRef& weight_gradient, const MatrixRef& weights) {
  Matrix score_gradient(weights.rows(), weights.cols());
  for (Index i = 0; i < weights.rows(); ++i) {
    const Real average = weights.row(i).dot(weight_gradient.row(i));
    for (Index j = 0; j < weights.cols(); ++j) {
      score_gradient(i, j) = weights(i, j) * (weight_gradient(i, j) - average);
    }
  }
  return score_gradient;
}

inline void add_parameter_gradients(const MatrixRef& output_gradient, const MatrixRef& inputs,
                                    Matrix& weight_gradient, Vector& bias_gradient) {
  weight_gradient += output_gradient.transpose() * inputs;
  bias_gradient += output_gradient.colwise().sum();
}

}  // namespace solutions
