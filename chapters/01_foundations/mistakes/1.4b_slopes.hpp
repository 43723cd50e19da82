#pragma once

// The slopes themselves instead of their changes.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::slopes {

using namespace llm;
inline Vector slope_changes(const Vector& places, const Vector& heights) {
  Vector changes(places.size() - 1);
  for (Index j = 0; j < changes.size(); ++j) {
    changes(j) = (heights(j + 1) - heights(j)) / (places(j + 1) - places(j));
  }
  return changes;
}

}  // namespace mistakes::slopes
