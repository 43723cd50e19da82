#pragma once

// A table of ones and zeros, which as something to add forbids nothing.

#include <cmath>
#include <limits>

#include "common/foundations/matrix.hpp"

namespace mistakes::ones_and_zeros {

using namespace llm;

inline Matrix window_mask(Index length, Index window) {
  Matrix mask(length, length);
  for (Index i = 0; i < length; ++i) {
    for (Index j = 0; j < length; ++j) {
      const bool allowed = j <= i && i - j < window;
      mask(i, j) = allowed ? 1 : 0;
    }
  }
  return mask;
}

}  // namespace mistakes::ones_and_zeros
