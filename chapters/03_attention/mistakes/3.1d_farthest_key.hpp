#pragma once

// The minus is missing: the key that is farthest away answers loudest.

#include "common/sequence/softmax.hpp"

namespace mistakes::farthest_key {

using namespace llm;

inline Vector soft_lookup(const Vector& query, const Matrix& keys, const Matrix& values,
                          Real sharpness) {
  const Vector distances = (keys.rowwise() - query).rowwise().squaredNorm().transpose();
  return softmax_rows(sharpness * distances) * values;
}

}  // namespace mistakes::farthest_key
