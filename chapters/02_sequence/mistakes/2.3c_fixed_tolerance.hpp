#pragma once

// Calls a pair kept when its squared length changes by less than a fixed number.

#include "common/foundations/matrix.hpp"
#include "common/sequence/rotary.hpp"

namespace mistakes::fixed_tolerance {

using namespace llm;

inline RotaryLayout layout_of(const MatrixRef& before, const MatrixRef& after) {
  const Matrix change = after.array().square() - before.array().square();
  for (Index i = 0; i < before.cols() / 2; ++i) {
    const Real largest = (change.col(2 * i) + change.col(2 * i + 1)).cwiseAbs().maxCoeff();
    if (largest > 1e-3f) return RotaryLayout::split_halves;
  }
  return RotaryLayout::adjacent_pairs;
}

}  // namespace mistakes::fixed_tolerance
