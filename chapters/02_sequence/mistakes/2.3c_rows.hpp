#pragma once

// Reorders the rows, which belong to the inputs.

#include "common/foundations/matrix.hpp"

namespace mistakes::rows {

using namespace llm;

inline Matrix to_split_halves(const MatrixRef& weights, Index heads) {
  const Index width = weights.rows() / heads;
  Matrix converted = weights;
  for (Index head = 0; head < heads; ++head) {
    const Index first = head * width;
    for (Index i = 0; i < width / 2; ++i) {
      converted.row(first + i) = weights.row(first + 2 * i);
      converted.row(first + i + width / 2) = weights.row(first + 2 * i + 1);
    }
  }
  return converted;
}

}  // namespace mistakes::rows
