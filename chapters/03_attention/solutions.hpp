#pragma once

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

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
  const Vector distances = (keys.rowwise() - query).rowwise().squaredNorm().transpose();
  return softmax_rows(-sharpness * distances) * values;
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

/// Exercise 3.3b: the group, times its size, plus the place within the group.
inline Index place_of_head(Index head, Index heads, Index key_value_heads) {
  return head % key_value_heads * (heads / key_value_heads) + head / key_value_heads;
}

/// Exercise 3.4a: the scores of later positions are minus infinity when the softmax sees them.
inline Matrix attend_to_past(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  for (Index i = 0; i < scores.rows(); ++i) {
    scores.row(i).tail(scores.cols() - i - 1).setConstant(-std::numeric_limits<Real>::infinity());
  }
  return softmax_rows(scores) * values;
}

/// Exercise 3.4b: a triangle on the diagonal for each text, and nothing else.
inline Matrix packed_mask(const std::vector<Index>& lengths) {
  const Index total = std::accumulate(lengths.begin(), lengths.end(), Index(0));
  Matrix mask = Matrix::Constant(total, total, -std::numeric_limits<Real>::infinity());
  Index first = 0;
  for (const Index length : lengths) {
    for (Index i = first; i < first + length; ++i)
      mask.row(i).segment(first, i - first + 1).setZero();
    first += length;
  }
  return mask;
}

}  // namespace solutions
