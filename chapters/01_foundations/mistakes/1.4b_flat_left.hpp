#pragma once

// The slope of ReLU: 0 on the left.

#include <cmath>

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::flat_left {

using namespace llm;
using exercises::FoldUnit;

inline FoldUnit fold_gradient(const FoldUnit& unit, const Vector& inputs, const Vector& wanted) {
  FoldUnit gradient{};
  for (Index i = 0; i < inputs.size(); ++i) {
    const Real z = unit.w * inputs(i) + unit.b, h = std::abs(z);
    const Real answer_slope = 2 * (unit.a * h + unit.c - wanted(i)) / Real(inputs.size());
    const Real z_slope = answer_slope * unit.a * Real(z > 0 ? 1 : 0);
    gradient.w += z_slope * inputs(i);
    gradient.b += z_slope;
    gradient.a += answer_slope * h;
    gradient.c += answer_slope;
  }
  return gradient;
}

}  // namespace mistakes::flat_left
