#pragma once

// Each text by itself, but with its future in sight.

#include <limits>
#include <numeric>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace mistakes::both_directions {

using namespace llm;

inline Matrix packed_mask(const std::vector<Index>& lengths) {
  const Index total = std::accumulate(lengths.begin(), lengths.end(), Index(0));
  Matrix mask = Matrix::Constant(total, total, -std::numeric_limits<Real>::infinity());
  Index first = 0;
  for (const Index length : lengths) {
    mask.block(first, first, length, length).setZero();
    first += length;
  }
  return mask;
}

}  // namespace mistakes::both_directions
