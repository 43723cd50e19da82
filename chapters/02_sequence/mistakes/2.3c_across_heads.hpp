#pragma once

// Reorders the whole row at once, and so moves features from one head to another.

#include "common/foundations/matrix.hpp"

namespace mistakes::across_heads {

using namespace llm;

inline Matrix to_split_halves(const MatrixRef& weights, Index) {
  const Index half = weights.cols() / 2;
  Matrix converted(weights.rows(), weights.cols());
  for (Index i = 0; i < half; ++i) {
    converted.col(i) = weights.col(2 * i);
    converted.col(i + half) = weights.col(2 * i + 1);
  }
  return converted;
}

}  // namespace mistakes::across_heads
