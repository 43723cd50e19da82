#pragma once

// The softmax runs down the columns: each key shares itself out among the queries.

#include <cmath>

#include "common/sequence/softmax.hpp"

namespace mistakes::wrong_axis {

using namespace llm;

inline Matrix scaled_attention(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  const Matrix scores = keys * queries.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  return softmax_rows(scores).transpose() * values;
}

}  // namespace mistakes::wrong_axis
