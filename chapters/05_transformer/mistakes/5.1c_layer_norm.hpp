#pragma once

// The gradient of layer norm.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::layer_norm_gradient {

using namespace llm;

inline Matrix rms_norm_input_gradient(const Matrix& output_gradient, const Matrix& inputs,
                                      const Vector& gain) {
  Matrix gradient(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Vector centered = inputs.row(i).array() - inputs.row(i).mean();
    const Real size = std::sqrt(centered.squaredNorm() / static_cast<Real>(inputs.cols()));
    const Vector normed = centered / size;
    const Vector change = output_gradient.row(i).cwiseProduct(gain);
    const Vector along = normed * normed.cwiseProduct(change).mean();
    gradient.row(i) = ((change - along).array() - change.mean()) / size;
  }
  return gradient;
}

}  // namespace mistakes::layer_norm_gradient
