#pragma once

// Converts from split halves to adjacent pairs.

#include "common/foundations/matrix.hpp"

namespace mistakes::other_way {

using namespace llm;

inline Matrix to_split_halves(const MatrixRef& weights, Index heads) {
  const Index width = weights.cols() / heads;
  Matrix converted(weights.rows(), weights.cols());
  for (Index head = 0; head < heads; ++head) {
    const Index first = head * width;
    for (Index i = 0; i < width / 2; ++i) {
      converted.col(first + 2 * i) = weights.col(first + i);
      converted.col(first + 2 * i + 1) = weights.col(first + i + width / 2);
    }
  }
  return converted;
}

}  // namespace mistakes::other_way
