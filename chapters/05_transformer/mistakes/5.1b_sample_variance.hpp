#pragma once

// The variance is divided by d - 1, as for a sample, instead of by d.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::sample_variance {

using namespace llm;

inline Matrix normalize_rows(const Matrix& inputs, const Vector& gain, const Vector& bias,
                             Real epsilon) {
  Matrix outputs(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const auto centered = (inputs.row(i).array() - inputs.row(i).mean()).eval();
    const Real variance = centered.square().sum() / static_cast<Real>(inputs.cols() - 1);
    outputs.row(i) = centered / std::sqrt(variance + epsilon) * gain.array() + bias.array();
  }
  return outputs;
}

}  // namespace mistakes::sample_variance
