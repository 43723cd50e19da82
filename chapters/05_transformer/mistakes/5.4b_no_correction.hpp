#pragma once

// The averages are used as they are, small after few steps.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::no_correction {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline Vector adamw_step(AdamState& state, const Vector& parameters, const Vector& gradient,
                         Real rate, Real decay) {
  state.steps += 1;
  state.mean = Real(0.9) * state.mean + Real(0.1) * gradient;
  state.mean_square = Real(0.99) * state.mean_square + Real(0.01) * gradient.cwiseAbs2();
  const Vector mean = state.mean;
  const Vector square = state.mean_square;
  const Vector step = mean.array() / (square.array().sqrt() + Real(1e-8));
  return parameters - rate * step - rate * decay * parameters;
}

}  // namespace mistakes::no_correction
