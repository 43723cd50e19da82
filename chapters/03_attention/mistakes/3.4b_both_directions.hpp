#pragma once

// The window looks ahead as far as it looks back.

#include <cmath>
#include <limits>

#include "common/foundations/matrix.hpp"

namespace mistakes::both_directions {

using namespace llm;

inline Matrix window_mask(Index length, Index window) {
  Matrix mask(length, length);
  for (Index i = 0; i < length; ++i) {
    for (Index j = 0; j < length; ++j) {
      const bool allowed = std::abs(i - j) < window;
      mask(i, j) = allowed ? 0 : -std::numeric_limits<Real>::infinity();
    }
  }
  return mask;
}

}  // namespace mistakes::both_directions
