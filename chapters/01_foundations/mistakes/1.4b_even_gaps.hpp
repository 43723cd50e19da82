#pragma once

// All gaps are taken to be as wide as the first.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::even_gaps {

using namespace llm;
inline Vector slope_changes(const Vector& places, const Vector& heights) {
  Vector changes(places.size() - 1);
  Real slope_before = 0;
  for (Index j = 0; j < changes.size(); ++j) {
    const Real slope = (heights(j + 1) - heights(j)) / (places(1) - places(0));
    changes(j) = slope - slope_before;
    slope_before = slope;
  }
  return changes;
}

}  // namespace mistakes::even_gaps
