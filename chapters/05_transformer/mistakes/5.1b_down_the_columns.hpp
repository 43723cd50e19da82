#pragma once

// Mean and variance are taken down each column instead of along each row.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::down_the_columns {

using namespace llm;

inline Matrix normalize_rows(const Matrix& inputs, const Vector& gain, const Vector& bias,
                             Real epsilon) {
  Matrix outputs(inputs.rows(), inputs.cols());
  for (Index j = 0; j < inputs.cols(); ++j) {
    const auto centered = (inputs.col(j).array() - inputs.col(j).mean()).eval();
    outputs.col(j) = centered / std::sqrt(centered.square().mean() + epsilon) * gain(j) + bias(j);
  }
  return outputs;
}

}  // namespace mistakes::down_the_columns
