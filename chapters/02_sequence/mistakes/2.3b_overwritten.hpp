#pragma once

// Overwrites x, and computes the new y from the new x.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::overwritten {

using namespace llm;

inline Matrix rotate_halves(const MatrixRef& rows, Index first_position, Real base) {
  const Index half = rows.cols() / 2;
  Matrix turned = rows;
  for (Index t = 0; t < rows.rows(); ++t) {
    for (Index i = 0; i < half; ++i) {
      const double speed = std::pow(base, -static_cast<double>(i) / static_cast<double>(half));
      const double angle = static_cast<double>(first_position + t) * speed;
      const auto sine = static_cast<Real>(std::sin(angle));
      const auto cosine = static_cast<Real>(std::cos(angle));
      turned(t, i) = turned(t, i) * cosine - turned(t, i + half) * sine;
      turned(t, i + half) = turned(t, i) * sine + turned(t, i + half) * cosine;
    }
  }
  return turned;
}

}  // namespace mistakes::overwritten
