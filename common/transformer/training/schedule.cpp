#include "common/transformer/training/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace llm {

double learning_rate(const Schedule& schedule, Index step) {
  if (step < schedule.warm_up) {
    return schedule.peak * static_cast<double>(step + 1) / static_cast<double>(schedule.warm_up);
  }
  const auto decay_steps =
      static_cast<double>(std::max<Index>(schedule.steps - schedule.warm_up, 1));
  const double progress = std::min(static_cast<double>(step - schedule.warm_up) / decay_steps, 1.0);
  const double share = 0.5 * (1 + std::cos(std::numbers::pi * progress));
  return schedule.final + share * (schedule.peak - schedule.final);
}

}  // namespace llm
