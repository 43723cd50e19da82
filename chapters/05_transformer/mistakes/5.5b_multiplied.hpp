#pragma once

// The logits are multiplied by the temperature.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::multiplied {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline int draw_token(const Vector& logits, double temperature, double u) {
  Index largest = 0;
  const double highest = logits.maxCoeff(&largest);
  if (temperature == 0) return static_cast<int>(largest);
  const Eigen::ArrayXd powers =
      ((logits.cast<double>().array() - highest) * temperature).exp().transpose();
  double left = u * powers.sum();
  for (Index token = 0; token < powers.size(); ++token) {
    left -= powers(token);
    if (left < 0) return static_cast<int>(token);
  }
  return static_cast<int>(largest);
}

}  // namespace mistakes::multiplied
