#pragma once

// Each score is thought to move its own weight only: the derivative w (1 - w) without the cross
// terms.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::no_cross_terms {

using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real;

inline Matrix softmax_gradient(const MatrixRef& weight_gradient, const MatrixRef& weights) {
  return weight_gradient.array() * weights.array() * (1 - weights.array());
}

}  // namespace mistakes::no_cross_terms
