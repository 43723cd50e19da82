#pragma once

// The temperature comes before the cut.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::bent_first {

using namespace llm;

inline Vector cut_and_bent(const Vector& logits, double share, double temperature) {
  return solutions::cut_and_bent(logits / static_cast<Real>(temperature), share, 1);
}

}  // namespace mistakes::bent_first
