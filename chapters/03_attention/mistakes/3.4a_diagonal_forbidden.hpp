#pragma once

// The diagonal is forbidden, too: a position does not look at itself.

#include <cmath>
#include <limits>

#include "common/sequence/softmax.hpp"

namespace mistakes::diagonal_forbidden {

using namespace llm;

inline Matrix attend_to_past(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  for (Index i = 0; i < scores.rows(); ++i) {
    scores.row(i).tail(scores.cols() - i).setConstant(-std::numeric_limits<Real>::infinity());
  }
  return softmax_rows(scores) * values;
}

}  // namespace mistakes::diagonal_forbidden
