#pragma once

// The tokens are added up by their numbers and not by their probabilities.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::not_sorted {

using namespace llm;

inline Vector nucleus(const Vector& probabilities, double p) {
  Vector kept = Vector::Zero(probabilities.size());
  double sum = 0;
  for (Index token = 0; token < probabilities.size(); ++token) {
    kept(token) = probabilities(token);
    sum += probabilities(token);
    if (sum >= p) break;
  }
  return kept / kept.sum();
}

}  // namespace mistakes::not_sorted
