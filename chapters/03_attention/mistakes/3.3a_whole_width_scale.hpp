#pragma once

// The scores of a head are divided by the root of the whole width, not of the width of a head.

#include <cmath>

#include "common/sequence/softmax.hpp"

namespace mistakes::whole_width_scale {

using namespace llm;

inline Matrix attend_in_heads(const Matrix& queries, const Matrix& keys, const Matrix& values,
                              Index heads) {
  const Index head_width = queries.cols() / heads;
  Matrix joined(queries.rows(), queries.cols());
  for (Index head = 0; head < heads; ++head) {
    const auto q = queries.middleCols(head * head_width, head_width);
    const auto k = keys.middleCols(head * head_width, head_width);
    const Matrix scores = q * k.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
    joined.middleCols(head * head_width, head_width) =
        softmax_rows(scores) * values.middleCols(head * head_width, head_width);
  }
  return joined;
}

}  // namespace mistakes::whole_width_scale
