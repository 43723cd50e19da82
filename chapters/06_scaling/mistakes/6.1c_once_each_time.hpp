#pragma once

// A token that came twice is penalized twice.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::once_each_time {

using namespace llm;

inline Vector penalized(const Vector& logits, const std::vector<int>& recent, double penalty) {
  Vector result = logits;
  for (const int token : recent) result = solutions::penalized(result, {token}, penalty);
  return result;
}

}  // namespace mistakes::once_each_time
