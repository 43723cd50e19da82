#pragma once

// The chain from the answer to z skips the output weight a.

#include <cmath>

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::output_weight_missing {

using namespace llm;
using exercises::FoldUnit;

inline FoldUnit fold_gradient(const FoldUnit& unit, const Vector& inputs, const Vector& wanted) {
  FoldUnit gradient{};
  for (Index i = 0; i < inputs.size(); ++i) {
    const Real z = unit.w * inputs(i) + unit.b, h = std::abs(z);
    const Real answer_slope = 2 * (unit.a * h + unit.c - wanted(i)) / Real(inputs.size());
    const Real z_slope = answer_slope * Real(z > 0 ? 1 : -1);
    gradient.w += z_slope * inputs(i);
    gradient.b += z_slope;
    gradient.a += answer_slope * h;
    gradient.c += answer_slope;
  }
  return gradient;
}

}  // namespace mistakes::output_weight_missing
