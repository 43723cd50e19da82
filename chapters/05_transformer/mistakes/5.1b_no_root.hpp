#pragma once

// The row is divided by its variance, not by the root of it.

#include "common/foundations/matrix.hpp"

namespace mistakes::no_root {

using namespace llm;

inline Matrix normalize_rows(const Matrix& inputs, const Vector& gain, const Vector& bias,
                             Real epsilon) {
  Matrix outputs(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const auto centered = (inputs.row(i).array() - inputs.row(i).mean()).eval();
    outputs.row(i) = centered / (centered.square().mean() + epsilon) * gain.array() + bias.array();
  }
  return outputs;
}

}  // namespace mistakes::no_root
