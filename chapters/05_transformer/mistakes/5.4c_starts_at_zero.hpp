#pragma once

// The first step has a rate of 0 and does nothing.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::starts_at_zero {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline double schedule_rate(Index step, Index warm_up, Index steps, double peak, double last) {
  if (step < warm_up) return peak * static_cast<double>(step) / static_cast<double>(warm_up);
  if (step >= steps) return last;
  const double over = static_cast<double>(step - warm_up) / static_cast<double>(steps - warm_up);
  return last + (peak - last) * (1 + std::cos(std::numbers::pi * over)) / 2;
}

}  // namespace mistakes::starts_at_zero
