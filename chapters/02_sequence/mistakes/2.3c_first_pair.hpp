#pragma once

// Looks at the first pair only, which may be 0.

#include "common/foundations/matrix.hpp"
#include "common/sequence/rotary.hpp"

namespace mistakes::first_pair {

using namespace llm;

inline RotaryLayout layout_of(const MatrixRef& before, const MatrixRef& after) {
  const Index half = before.cols() / 2;
  const Matrix change = after.array().square() - before.array().square();
  const Real adjacent = (change.col(0) + change.col(1)).cwiseAbs().sum();
  const Real halves = (change.col(0) + change.col(half)).cwiseAbs().sum();
  return adjacent < halves ? RotaryLayout::adjacent_pairs : RotaryLayout::split_halves;
}

}  // namespace mistakes::first_pair
