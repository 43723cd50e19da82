#pragma once

// The bar is the share itself and not the share of the best.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::absolute_bar {

using namespace llm;

inline Vector cut_and_bent(const Vector& logits, double share, double temperature) {
  const Vector powers = (logits.array() - logits.maxCoeff()).exp();
  const double best = 1 / double{powers.sum()};
  return solutions::cut_and_bent(logits, std::min(share / best, 1.0), temperature);
}

}  // namespace mistakes::absolute_bar
