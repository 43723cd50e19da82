#pragma once

// At p = 0 no token stays.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::nothing_at_zero {

using namespace llm;

inline Vector nucleus(const Vector& probabilities, double p) {
  if (p <= 0) return Vector::Zero(probabilities.size());
  return solutions::nucleus(probabilities, p);
}

}  // namespace mistakes::nothing_at_zero
