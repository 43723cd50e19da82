#pragma once

#include <cmath>

#include "common/foundations/matrix.hpp"
#include "common/sequence/softmax.hpp"

namespace solutions {

using namespace llm;

/// Exercise 3.2a: scores in units of their typical size, weights, mixture.
inline Matrix scaled_attention(const Matrix& queries, const Matrix& keys, const Matrix& values) {
  const Matrix scores = queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
  return softmax_rows(scores) * values;
}

}  // namespace solutions
