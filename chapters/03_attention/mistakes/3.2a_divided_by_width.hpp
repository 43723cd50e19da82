#pragma once

// The scores are divided by d, not by its square root.

#include <cmath>

#include "common/sequence/softmax.hpp"

namespace mistakes::divided_by_width {

using namespace llm;

inline Matrix scaled_attention(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  const Matrix scores = queries * keys.transpose() / static_cast<Real>(queries.cols());
  return softmax_rows(scores) * values;
}

}  // namespace mistakes::divided_by_width
