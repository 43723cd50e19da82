#pragma once

// The probabilities and not the logits are divided by the temperature.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::probabilities_divided {

using namespace llm;

inline Vector cut_and_bent(const Vector& logits, double share, double temperature) {
  return solutions::cut_and_bent(logits, share, 1) / static_cast<Real>(temperature);
}

}  // namespace mistakes::probabilities_divided
