#pragma once

// Only the nearest key answers, however soft the look-up should be.

#include "common/sequence/softmax.hpp"

namespace mistakes::hard_choice {

using namespace llm;

inline Vector soft_lookup(const Vector& query, const Matrix& keys, const Matrix& values,
                          Real sharpness) {
  static_cast<void>(sharpness);
  Index nearest = 0;
  (keys.rowwise() - query).rowwise().squaredNorm().minCoeff(&nearest);
  return values.row(nearest);
}

}  // namespace mistakes::hard_choice
