#pragma once

// The weights of later positions are set to 0 after the softmax.

#include <cmath>
#include <limits>

#include "common/sequence/softmax.hpp"

namespace mistakes::mask_after_softmax {

using namespace llm;

inline Matrix attend_to_past(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  Matrix weights = softmax_rows(scores);
  for (Index i = 0; i < weights.rows(); ++i) weights.row(i).tail(weights.cols() - i - 1).setZero();
  return weights * values;
}

}  // namespace mistakes::mask_after_softmax
