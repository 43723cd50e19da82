#pragma once

// Turns the hands backward: the pair is (sine, cosine), and this is the rotation of (cosine, sine).

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::backward {

using namespace llm;

inline Vector shift_encoding(const VectorRef& encoding, Index shift) {
  const Index width = encoding.size();
  Vector moved(width);
  for (Index i = 0; i < width / 2; ++i) {
    const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(width);
    const double angle = static_cast<double>(shift) * std::pow(10000.0, exponent);
    const auto sine = static_cast<Real>(std::sin(angle));
    const auto cosine = static_cast<Real>(std::cos(angle));
    const Real x = encoding(2 * i), y = encoding(2 * i + 1);
    moved(2 * i) = x * cosine - y * sine;
    moved(2 * i + 1) = x * sine + y * cosine;
  }
  return moved;
}

}  // namespace mistakes::backward
