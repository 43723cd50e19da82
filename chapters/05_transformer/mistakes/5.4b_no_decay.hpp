#pragma once

// The decay is forgotten.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::no_decay {

using namespace llm;

inline Vector adamw_step(exercises::AdamState& state, const Vector& parameters,
                         const Vector& gradient, Real rate, Real) {
  return solutions::adamw_step(state, parameters, gradient, rate, 0);
}

}  // namespace mistakes::no_decay
