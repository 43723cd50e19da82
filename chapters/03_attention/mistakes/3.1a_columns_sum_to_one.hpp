#pragma once

// The exponentials are divided by the sums of the columns, not of the rows.

#include "common/foundations/matrix.hpp"

namespace mistakes::columns_sum_to_one {

using namespace llm;

inline Matrix self_attention(const Matrix& words) {
  const Matrix exponentials = (words * words.transpose()).array().exp();
  const Vector sums = exponentials.colwise().sum();
  return (exponentials.array().rowwise() / sums.array()).matrix() * words;
}

}  // namespace mistakes::columns_sum_to_one
