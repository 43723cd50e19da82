#pragma once

// The layout of the page, sine and cosine side by side.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::interleaved {

using namespace llm;

inline Matrix sinusoids_in_halves(Index length, Index width) {
  Matrix encodings(length, width);
  for (Index t = 0; t < length; ++t) {
    for (Index i = 0; i < width / 2; ++i) {
      const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(width);
      const double angle = static_cast<double>(t) * std::pow(10000.0, exponent);
      encodings(t, 2 * i) = static_cast<Real>(std::sin(angle));
      encodings(t, 2 * i + 1) = static_cast<Real>(std::cos(angle));
    }
  }
  return encodings;
}

}  // namespace mistakes::interleaved
