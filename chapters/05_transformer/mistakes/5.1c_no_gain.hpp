#pragma once

// The gain of the forward pass is forgotten on the way back.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::no_gain {

using namespace llm;

inline Matrix rms_norm_input_gradient(const Matrix& output_gradient, const Matrix& inputs,
                                      const Vector&) {
  Matrix gradient(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Real size = std::sqrt(inputs.row(i).squaredNorm() / static_cast<Real>(inputs.cols()));
    const Vector normed = inputs.row(i) / size, change = output_gradient.row(i);
    gradient.row(i) = (change - normed * normed.cwiseProduct(change).mean()) / size;
  }
  return gradient;
}

}  // namespace mistakes::no_gain
