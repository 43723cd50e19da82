#pragma once

// Only the best key answers, however soft the look-up should be.

#include "common/sequence/softmax.hpp"

namespace mistakes::hard_choice {

using namespace llm;

inline Vector soft_lookup(const Vector& query, const Matrix& keys, const Matrix& values,
                          Real sharpness) {
  Index best = 0;
  (sharpness * query * keys.transpose()).maxCoeff(&best);
  return values.row(best);
}

}  // namespace mistakes::hard_choice
