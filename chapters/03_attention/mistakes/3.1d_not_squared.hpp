#pragma once

// The distance is not squared.

#include "common/sequence/softmax.hpp"

namespace mistakes::not_squared {

using namespace llm;

inline Vector soft_lookup(const Vector& query, const Matrix& keys, const Matrix& values,
                          Real sharpness) {
  const Vector distances = (keys.rowwise() - query).rowwise().norm().transpose();
  return softmax_rows(-sharpness * distances) * values;
}

}  // namespace mistakes::not_squared
