#pragma once

// The weights are divided instead of the scores.

#include <cmath>

#include "common/sequence/softmax.hpp"

namespace mistakes::scaled_weights {

using namespace llm;

inline Matrix scaled_attention(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  const Matrix weights = softmax_rows(queries * keys.transpose());
  return weights * values / std::sqrt(static_cast<Real>(queries.cols()));
}

}  // namespace mistakes::scaled_weights
