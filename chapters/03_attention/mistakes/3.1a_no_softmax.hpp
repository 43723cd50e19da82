#pragma once

// The scores are used as weights, divided by their sum: they can be negative, and the sum can be 0.

#include "common/foundations/matrix.hpp"

namespace mistakes::no_softmax {

using namespace llm;

inline Matrix self_attention(const Matrix& words) {
  Matrix scores = words * words.transpose();
  for (Index i = 0; i < scores.rows(); ++i) scores.row(i) /= scores.row(i).sum();
  return scores * words;
}

}  // namespace mistakes::no_softmax
