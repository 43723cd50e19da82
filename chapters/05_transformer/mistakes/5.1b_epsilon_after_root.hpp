#pragma once

// Epsilon is added to the deviation and not to the variance.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::epsilon_after_root {

using namespace llm;

inline Matrix normalize_rows(const Matrix& inputs, const Vector& gain, const Vector& bias,
                             Real epsilon) {
  Matrix outputs(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const auto centered = (inputs.row(i).array() - inputs.row(i).mean()).eval();
    const Real deviation = std::sqrt(centered.square().mean()) + epsilon;
    outputs.row(i) = centered / deviation * gain.array() + bias.array();
  }
  return outputs;
}

}  // namespace mistakes::epsilon_after_root
