#pragma once

#include <cmath>

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

}  // namespace solutions
