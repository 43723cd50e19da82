#pragma once

// The scores of later positions become 0, and e to the 0 is a weight like others.

#include <cmath>
#include <limits>

#include "common/sequence/softmax.hpp"

namespace mistakes::zero_scores {

using namespace llm;

inline Matrix attend_to_past(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  for (Index i = 0; i < scores.rows(); ++i) scores.row(i).tail(scores.cols() - i - 1).setZero();
  return softmax_rows(scores) * values;
}

}  // namespace mistakes::zero_scores
