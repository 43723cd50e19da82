#pragma once

// The largest logit is not taken off before the exponential.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::overflow_of_powers {

using namespace llm;

inline Vector cut_and_bent(const Vector& logits, double share, double temperature) {
  const Vector cut = solutions::cut_and_bent(logits, share, temperature);
  const Vector powers = (logits / static_cast<Real>(temperature)).array().exp();
  const Vector kept = (cut.array() > 0).select(powers, Vector::Zero(logits.size()));
  return kept / kept.sum();
}

}  // namespace mistakes::overflow_of_powers
