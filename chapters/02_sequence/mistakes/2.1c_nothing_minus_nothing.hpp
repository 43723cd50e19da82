#pragma once

// Right for full halves; for two empty ones it computes -infinity - (-infinity).

#include <algorithm>
#include <cmath>

#include "common/sequence/softmax.hpp"

namespace mistakes::nothing_minus_nothing {

using namespace llm;

inline OnlineSoftmax merge(const OnlineSoftmax& left, const OnlineSoftmax& right) {
  OnlineSoftmax whole{.maximum = std::max(left.maximum, right.maximum), .sum = 0};
  whole.sum = left.sum * std::exp(left.maximum - whole.maximum) +
              right.sum * std::exp(right.maximum - whole.maximum);
  return whole;
}

}  // namespace mistakes::nothing_minus_nothing
