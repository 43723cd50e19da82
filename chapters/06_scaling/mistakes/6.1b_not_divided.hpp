#pragma once

// What stays is not divided by its sum.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::not_divided {

using namespace llm;

inline Vector nucleus(const Vector& probabilities, double p) {
  const Vector kept = solutions::nucleus(probabilities, p);
  return (kept.array() > 0).select(probabilities, Vector::Zero(probabilities.size()));
}

}  // namespace mistakes::not_divided
