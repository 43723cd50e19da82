#pragma once

// The scores are divided by the sharpness: that is a temperature.

#include "common/sequence/softmax.hpp"

namespace mistakes::divided_by_sharpness {

using namespace llm;

inline Vector soft_lookup(const Vector& query, const Matrix& keys, const Matrix& values,
                          Real sharpness) {
  return softmax_rows(query * keys.transpose() / sharpness) * values;
}

}  // namespace mistakes::divided_by_sharpness
