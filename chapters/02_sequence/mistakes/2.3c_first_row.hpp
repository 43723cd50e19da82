#pragma once

// Looks at the first row only, which may stand at position 0.

#include <cmath>

#include "common/foundations/matrix.hpp"
#include "common/sequence/rotary.hpp"

namespace mistakes::first_row {

using namespace llm;

inline RotaryLayout layout_of(const MatrixRef& before, const MatrixRef& after) {
  const Index half = before.cols() / 2;
  const Vector change = after.row(0).array().square() - before.row(0).array().square();
  Real adjacent = 0, halves = 0;
  for (Index i = 0; i < half; ++i) {
    adjacent += std::abs(change(2 * i) + change(2 * i + 1));
    halves += std::abs(change(i) + change(i + half));
  }
  return adjacent < halves ? RotaryLayout::adjacent_pairs : RotaryLayout::split_halves;
}

}  // namespace mistakes::first_row
