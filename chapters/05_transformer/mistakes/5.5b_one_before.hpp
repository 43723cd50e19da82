#pragma once

// The token before the one in whose piece u lies.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::one_before {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline int draw_token(const Vector& logits, double temperature, double u) {
  Index largest = 0;
  const double highest = logits.maxCoeff(&largest);
  if (temperature == 0) return static_cast<int>(largest);
  const Eigen::ArrayXd powers =
      ((logits.cast<double>().array() - highest) / temperature).exp().transpose();
  double left = u * powers.sum();
  for (Index token = 0; token < powers.size(); ++token) {
    left -= powers(token);
    if (left < 0) return static_cast<int>(token == 0 ? powers.size() - 1 : token - 1);
  }
  return static_cast<int>(largest);
}

}  // namespace mistakes::one_before
