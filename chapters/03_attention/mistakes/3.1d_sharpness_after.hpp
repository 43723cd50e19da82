#pragma once

// The sharpness multiplies the weights, not the scores.

#include "common/sequence/softmax.hpp"

namespace mistakes::sharpness_after {

using namespace llm;

inline Vector soft_lookup(const Vector& query, const Matrix& keys, const Matrix& values,
                          Real sharpness) {
  const Vector distances = (keys.rowwise() - query).rowwise().squaredNorm().transpose();
  return sharpness * softmax_rows(-distances) * values;
}

}  // namespace mistakes::sharpness_after
