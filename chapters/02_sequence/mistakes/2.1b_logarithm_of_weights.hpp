#pragma once

// Takes the logarithm of the finished weights: a weight that has become 0 has no logarithm left.

#include "common/foundations/matrix.hpp"
#include "common/sequence/softmax.hpp"

namespace mistakes::logarithm_of_weights {

using namespace llm;

inline Matrix log_softmax(const MatrixRef& scores) {
  return softmax_rows(scores).array().log();
}

}  // namespace mistakes::logarithm_of_weights
