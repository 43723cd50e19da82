#pragma once

// The penalty is subtracted.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::subtracted {

using namespace llm;

inline Vector penalized(const Vector& logits, const std::vector<int>& recent, double penalty) {
  Vector result = logits;
  for (const int token : recent) result(token) = logits(token) - static_cast<Real>(penalty);
  return result;
}

}  // namespace mistakes::subtracted
