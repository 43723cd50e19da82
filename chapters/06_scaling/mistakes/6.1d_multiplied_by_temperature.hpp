#pragma once

// The logits are multiplied by the temperature.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::multiplied_by_temperature {

using namespace llm;

inline Vector cut_and_bent(const Vector& logits, double share, double temperature) {
  return solutions::cut_and_bent(logits, share, 1 / temperature);
}

}  // namespace mistakes::multiplied_by_temperature
