#pragma once

// The step is added and not taken off.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::uphill {

using namespace llm;

inline Vector adamw_step(exercises::AdamState& state, const Vector& parameters,
                         const Vector& gradient, Real rate, Real decay) {
  const Vector next = solutions::adamw_step(state, parameters, gradient, rate, decay);
  return parameters + (parameters - next);
}

}  // namespace mistakes::uphill
