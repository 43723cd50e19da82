#pragma once

// RMSNorm in place of layer norm.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::rms_norm {

using namespace llm;

inline Matrix normalize_rows(const Matrix& inputs, const Vector& gain, const Vector& bias,
                             Real epsilon) {
  Matrix outputs(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Real size = std::sqrt(inputs.row(i).array().square().mean() + epsilon);
    outputs.row(i) = inputs.row(i).array() / size * gain.array() + bias.array();
  }
  return outputs;
}

}  // namespace mistakes::rms_norm
