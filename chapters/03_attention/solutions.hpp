#pragma once

#include <cmath>
#include <limits>

#include "common/attention/attention.hpp"
#include "common/foundations/matrix.hpp"
#include "common/sequence/softmax.hpp"

namespace solutions {

using namespace llm;

/// Exercise 3.1a: each word scores all words, and takes the mixture that its weights make.
inline Matrix self_attention(const Matrix& words) {
  Matrix outputs(words.rows(), words.cols());
  for (Index i = 0; i < words.rows(); ++i) {
    const Vector scores = words.row(i) * words.transpose();
    const Vector exponentials = (scores.array() - scores.maxCoeff()).exp();
    outputs.row(i) = exponentials / exponentials.sum() * words;
  }
  return outputs;
}

/// Exercise 3.1d: one row of scores, sharpened before the softmax.
inline Vector soft_lookup(const Vector& query, const Matrix& keys, const Matrix& values,
                          Real sharpness) {
  return softmax_rows(sharpness * query * keys.transpose()) * values;
}

/// Exercise 3.2a: scores in units of their typical size, weights, mixture.
inline Matrix scaled_attention(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  const Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  return softmax_rows(scores) * values;
}

/// Exercise 3.3a: each head reads its columns and writes its columns.
inline Matrix attend_in_heads(const Matrix& queries, const Matrix& keys, const Matrix& values,
                              Index heads) {
  const Index head_width = queries.cols() / heads;
  Matrix joined(queries.rows(), queries.cols());
  for (Index head = 0; head < heads; ++head) {
    const Index first = head * head_width;
    joined.middleCols(first, head_width) =
        scaled_dot_product_attention(queries.middleCols(first, head_width),
                                     keys.middleCols(first, head_width),
                                     values.middleCols(first, head_width))
            .outputs;
  }
  return joined;
}

/// Exercise 3.3b: heads / key_value_heads query heads form a group.
inline Index shared_head(Index head, Index heads, Index key_value_heads) {
  return head / (heads / key_value_heads);
}

/// Exercise 3.4a: the scores of later positions are minus infinity when the softmax sees them.
inline Matrix attend_to_past(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  for (Index i = 0; i < scores.rows(); ++i) {
    scores.row(i).tail(scores.cols() - i - 1).setConstant(-std::numeric_limits<Real>::infinity());
  }
  return softmax_rows(scores) * values;
}

/// Exercise 3.4b: the distance i - j is at least 0 and less than the window.
inline Matrix window_mask(Index length, Index window) {
  Matrix mask(length, length);
  for (Index i = 0; i < length; ++i) {
    for (Index j = 0; j < length; ++j) {
      const bool allowed = j <= i && i - j < window;
      mask(i, j) = allowed ? 0 : -std::numeric_limits<Real>::infinity();
    }
  }
  return mask;
}

}  // namespace solutions
