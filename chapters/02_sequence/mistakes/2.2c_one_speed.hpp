#pragma once

// Turns every hand at the speed of the first.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::one_speed {

using namespace llm;

inline Vector shift_encoding(const VectorRef& encoding, Index shift) {
  const Index width = encoding.size();
  Vector moved(width);
  for (Index i = 0; i < width / 2; ++i) {
    const double exponent = 0;  // 10000 to the power of 0 is 1
    const double angle = static_cast<double>(shift) * std::pow(10000.0, exponent);
    const auto sine = static_cast<Real>(std::sin(angle));
    const auto cosine = static_cast<Real>(std::cos(angle));
    const Real x = encoding(2 * i), y = encoding(2 * i + 1);
    moved(2 * i) = x * cosine + y * sine;
    moved(2 * i + 1) = y * cosine - x * sine;
  }
  return moved;
}

}  // namespace mistakes::one_speed
