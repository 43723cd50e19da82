#pragma once

// The cosine counts the warm-up as if it were part of the fall.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::cosine_from_the_start {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline double schedule_rate(Index step, Index warm_up, Index steps, double peak, double last) {
  if (step < warm_up) return peak * static_cast<double>(step + 1) / static_cast<double>(warm_up);
  if (step >= steps) return last;
  const double over = static_cast<double>(step) / static_cast<double>(steps);
  return last + (peak - last) * (1 + std::cos(std::numbers::pi * over)) / 2;
}

}  // namespace mistakes::cosine_from_the_start
