#pragma once

// Takes the angles for degrees.

#include <cmath>
#include <numbers>

#include "common/foundations/matrix.hpp"

namespace mistakes::degrees {

using namespace llm;

inline Matrix sinusoids_in_halves(Index length, Index width) {
  Matrix encodings(length, width);
  for (Index t = 0; t < length; ++t) {
    for (Index i = 0; i < width / 2; ++i) {
      const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(width);
      const double angle =
          static_cast<double>(t) * std::pow(10000.0, exponent) * std::numbers::pi / 180;
      encodings(t, i) = static_cast<Real>(std::sin(angle));
      encodings(t, i + width / 2) = static_cast<Real>(std::cos(angle));
    }
  }
  return encodings;
}

}  // namespace mistakes::degrees
