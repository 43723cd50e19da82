#pragma once

// After the warm-up the rate falls in a straight line.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::straight_line {

using namespace llm;

inline double schedule_rate(Index step, Index warm_up, Index steps, double peak, double last) {
  if (step < warm_up) return peak * static_cast<double>(step + 1) / static_cast<double>(warm_up);
  if (step >= steps) return last;
  const double over = static_cast<double>(step - warm_up) / static_cast<double>(steps - warm_up);
  return peak + (last - peak) * over;
}

}  // namespace mistakes::straight_line
