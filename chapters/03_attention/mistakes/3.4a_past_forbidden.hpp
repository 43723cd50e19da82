#pragma once

// The wrong triangle: the past is forbidden and the future allowed.

#include <cmath>
#include <limits>

#include "common/sequence/softmax.hpp"

namespace mistakes::past_forbidden {

using namespace llm;

inline Matrix attend_to_past(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  for (Index i = 0; i < scores.rows(); ++i) {
    scores.row(i).head(i).setConstant(-std::numeric_limits<Real>::infinity());
  }
  return softmax_rows(scores) * values;
}

}  // namespace mistakes::past_forbidden
