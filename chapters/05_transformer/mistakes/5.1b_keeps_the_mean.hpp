#pragma once

// The row is divided by its size, but its mean stays in it.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::keeps_the_mean {

using namespace llm;

inline Matrix normalize_rows(const Matrix& inputs, const Vector& gain, const Vector& bias,
                             Real epsilon) {
  Matrix outputs(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Real variance = (inputs.row(i).array() - inputs.row(i).mean()).square().mean();
    outputs.row(i) =
        inputs.row(i).array() / std::sqrt(variance + epsilon) * gain.array() + bias.array();
  }
  return outputs;
}

}  // namespace mistakes::keeps_the_mean
