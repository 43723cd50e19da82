#pragma once

// Divides i by the width, where 2i belongs: all hands but the first are too fast.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::half_the_exponent {

using namespace llm;

inline Matrix sinusoids_in_halves(Index length, Index width) {
  Matrix encodings(length, width);
  for (Index t = 0; t < length; ++t) {
    for (Index i = 0; i < width / 2; ++i) {
      const double exponent = -static_cast<double>(i) / static_cast<double>(width);
      const double angle = static_cast<double>(t) * std::pow(10000.0, exponent);
      encodings(t, i) = static_cast<Real>(std::sin(angle));
      encodings(t, i + width / 2) = static_cast<Real>(std::cos(angle));
    }
  }
  return encodings;
}

}  // namespace mistakes::half_the_exponent
