#pragma once

// The sharpness multiplies the weights, after the softmax.

#include "common/sequence/softmax.hpp"

namespace mistakes::sharpness_after {

using namespace llm;

inline Vector soft_lookup(const Vector& query, const Matrix& keys, const Matrix& values,
                          Real sharpness) {
  return sharpness * softmax_rows(query * keys.transpose()) * values;
}

}  // namespace mistakes::sharpness_after
