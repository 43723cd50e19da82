#pragma once

// Every head mixes its values with the weights of the first head.

#include "common/attention/attention.hpp"

namespace mistakes::shared_weights {

using namespace llm;

inline Matrix attend_in_heads(const Matrix& queries, const Matrix& keys, const Matrix& values,
                              Index heads) {
  const Index head_width = queries.cols() / heads;
  const Matrix weights =
      scaled_dot_product_attention(queries.leftCols(head_width), keys.leftCols(head_width), values)
          .weights;
  return weights * values;
}

}  // namespace mistakes::shared_weights
