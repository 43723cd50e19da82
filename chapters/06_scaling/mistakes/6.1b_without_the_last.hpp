#pragma once

// The token with which the sum reaches p is cut off.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::without_the_last {

using namespace llm;

inline Vector nucleus(const Vector& probabilities, double p) {
  Vector kept = Vector::Zero(probabilities.size());
  Vector left = probabilities;
  double sum = 0;
  for (Index i = 0; i < probabilities.size(); ++i) {
    Index token = 0;
    sum += left.maxCoeff(&token);
    if (i > 0 && sum > p) break;
    kept(token) = probabilities(token);
    left(token) = -1;
  }
  return kept / kept.sum();
}

}  // namespace mistakes::without_the_last
