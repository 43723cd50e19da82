#pragma once

// The decay is added to the gradient, as in Adam with an L2 penalty.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::decay_in_gradient {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline Vector adamw_step(AdamState& state, const Vector& parameters, const Vector& gradient,
                         Real rate, Real decay) {
  state.steps += 1;
  const Vector whole = gradient + decay * parameters;
  state.mean = Real(0.9) * state.mean + Real(0.1) * whole;
  state.mean_square = Real(0.99) * state.mean_square + Real(0.01) * whole.cwiseAbs2();
  const Real count = static_cast<Real>(state.steps);
  const Vector mean = state.mean / (1 - std::pow(Real(0.9), count));
  const Vector square = state.mean_square / (1 - std::pow(Real(0.99), count));
  const Vector step = mean.array() / (square.array().sqrt() + Real(1e-8));
  return parameters - rate * step;
}

}  // namespace mistakes::decay_in_gradient
