#pragma once

// Compares the lengths of whole rows, which both layouts keep.

#include <cmath>

#include "common/foundations/matrix.hpp"
#include "common/sequence/rotary.hpp"

namespace mistakes::whole_rows {

using namespace llm;

inline RotaryLayout layout_of(const MatrixRef& before, const MatrixRef& after) {
  const Real change = after.squaredNorm() - before.squaredNorm();
  return std::abs(change) < 0.01f ? RotaryLayout::adjacent_pairs : RotaryLayout::split_halves;
}

}  // namespace mistakes::whole_rows
