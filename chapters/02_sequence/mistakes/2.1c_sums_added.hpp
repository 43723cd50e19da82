#pragma once

// Adds the two sums, although they are counted from different maxima.

#include <algorithm>

#include "common/sequence/softmax.hpp"

namespace mistakes::sums_added {

using namespace llm;

inline OnlineSoftmax merge(const OnlineSoftmax& left, const OnlineSoftmax& right) {
  return {.maximum = std::max(left.maximum, right.maximum), .sum = left.sum + right.sum};
}

}  // namespace mistakes::sums_added
