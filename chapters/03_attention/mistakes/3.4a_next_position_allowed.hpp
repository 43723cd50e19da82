#pragma once

// The mask begins one position too late: each position sees the next one.

#include <cmath>
#include <limits>

#include "common/sequence/softmax.hpp"

namespace mistakes::next_position_allowed {

using namespace llm;

inline Matrix attend_to_past(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  for (Index i = 0; i + 2 < scores.cols(); ++i) {
    scores.row(i).tail(scores.cols() - i - 2).setConstant(-std::numeric_limits<Real>::infinity());
  }
  return softmax_rows(scores) * values;
}

}  // namespace mistakes::next_position_allowed
