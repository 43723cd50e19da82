#pragma once

// The exponential is taken of the scores as they are, and overflows for large ones.

#include "common/foundations/matrix.hpp"

namespace mistakes::overflow {

using namespace llm;

inline Matrix self_attention(const Matrix& words) {
  Matrix weights = (words * words.transpose()).array().exp();
  for (Index i = 0; i < weights.rows(); ++i) weights.row(i) /= weights.row(i).sum();
  return weights * words;
}

}  // namespace mistakes::overflow
