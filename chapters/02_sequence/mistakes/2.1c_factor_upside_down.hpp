#pragma once

// Multiplies by exp(larger maximum - own maximum), the inverse of the factor.

#include <algorithm>
#include <cmath>

#include "common/sequence/softmax.hpp"

namespace mistakes::factor_upside_down {

using namespace llm;

inline OnlineSoftmax merge(const OnlineSoftmax& left, const OnlineSoftmax& right) {
  OnlineSoftmax whole{.maximum = std::max(left.maximum, right.maximum), .sum = 0};
  whole.sum = left.sum * std::exp(whole.maximum - left.maximum) +
              right.sum * std::exp(whole.maximum - right.maximum);
  return whole;
}

}  // namespace mistakes::factor_upside_down
