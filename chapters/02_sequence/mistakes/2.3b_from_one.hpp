#pragma once

// Counts the positions from 1.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::from_one {

using namespace llm;

inline Matrix rotate_halves(const MatrixRef& rows, Index first_position, Real base) {
  const Index half = rows.cols() / 2;
  Matrix turned = rows;
  for (Index t = 0; t < rows.rows(); ++t) {
    for (Index i = 0; i < half; ++i) {
      const double speed = std::pow(base, -static_cast<double>(i) / static_cast<double>(half));
      const double angle = static_cast<double>(first_position + t + 1) * speed;
      const auto sine = static_cast<Real>(std::sin(angle));
      const auto cosine = static_cast<Real>(std::cos(angle));
      const Real x = rows(t, i), y = rows(t, i + half);
      turned(t, i) = x * cosine - y * sine;
      turned(t, i + half) = x * sine + y * cosine;
    }
  }
  return turned;
}

}  // namespace mistakes::from_one
