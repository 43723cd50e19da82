#pragma once

// Differences of the heights, not divided by the distance of the places.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::no_gaps {

using namespace llm;
inline Vector slope_changes(const Vector& places, const Vector& heights) {
  Vector changes(places.size() - 1);
  Real before = 0;
  for (Index j = 0; j < changes.size(); ++j) {
    const Real difference = heights(j + 1) - heights(j);
    changes(j) = difference - before;
    before = difference;
  }
  return changes;
}

}  // namespace mistakes::no_gaps
