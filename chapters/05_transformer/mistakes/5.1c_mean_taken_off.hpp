#pragma once

// The mean of the gradient is taken off, as in layer norm, but the row is not centered.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::mean_taken_off {

using namespace llm;

inline Matrix rms_norm_input_gradient(const Matrix& output_gradient, const Matrix& inputs,
                                      const Vector& gain) {
  Matrix gradient(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Real size = std::sqrt(inputs.row(i).squaredNorm() / static_cast<Real>(inputs.cols()));
    const Vector normed = inputs.row(i) / size;
    const Vector change = output_gradient.row(i).cwiseProduct(gain);
    const Vector centered = change.array() - change.mean();
    gradient.row(i) = (centered - normed * normed.cwiseProduct(change).mean()) / size;
  }
  return gradient;
}

}  // namespace mistakes::mean_taken_off
