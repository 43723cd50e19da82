#pragma once

// The step is the corrected mean alone, without the division.

#include <cmath>

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::never_divided {

using namespace llm;

inline Vector adamw_step(exercises::AdamState& state, const Vector& parameters,
                         const Vector& gradient, Real rate, Real decay) {
  state.steps += 1;
  state.mean = Real(0.9) * state.mean + Real(0.1) * gradient;
  state.mean_square = Real(0.99) * state.mean_square + Real(0.01) * gradient.cwiseAbs2();
  const Vector mean = state.mean / (1 - std::pow(Real(0.9), static_cast<Real>(state.steps)));
  return parameters - rate * mean - rate * decay * parameters;
}

}  // namespace mistakes::never_divided
