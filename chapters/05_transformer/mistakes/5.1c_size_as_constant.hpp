#pragma once

// The gradient is divided by the row's size as if that did not depend on the row.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::size_as_constant {

using namespace llm;

inline Matrix rms_norm_input_gradient(const Matrix& output_gradient, const Matrix& inputs,
                                      const Vector& gain) {
  Matrix gradient(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Real size = std::sqrt(inputs.row(i).squaredNorm() / static_cast<Real>(inputs.cols()));
    gradient.row(i) = output_gradient.row(i).cwiseProduct(gain) / size;
  }
  return gradient;
}

}  // namespace mistakes::size_as_constant
