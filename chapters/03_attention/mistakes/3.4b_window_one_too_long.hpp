#pragma once

// The window reaches one position too far back.

#include <cmath>
#include <limits>

#include "common/foundations/matrix.hpp"

namespace mistakes::window_one_too_long {

using namespace llm;

inline Matrix window_mask(Index length, Index window) {
  Matrix mask(length, length);
  for (Index i = 0; i < length; ++i) {
    for (Index j = 0; j < length; ++j) {
      const bool allowed = j <= i && i - j <= window;
      mask(i, j) = allowed ? 0 : -std::numeric_limits<Real>::infinity();
    }
  }
  return mask;
}

}  // namespace mistakes::window_one_too_long
