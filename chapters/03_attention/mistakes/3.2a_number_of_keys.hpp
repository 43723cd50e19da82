#pragma once

// The scores are divided by the root of the number of keys, not of the width.

#include <cmath>

#include "common/sequence/softmax.hpp"

namespace mistakes::number_of_keys {

using namespace llm;

inline Matrix scaled_attention(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  const Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(keys.rows()));
  return softmax_rows(scores) * values;
}

}  // namespace mistakes::number_of_keys
