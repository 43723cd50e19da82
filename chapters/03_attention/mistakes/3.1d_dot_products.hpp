#pragma once

// The scores are dot products, as on the page, and a long key answers to everything.

#include "common/sequence/softmax.hpp"

namespace mistakes::dot_products {

using namespace llm;

inline Vector soft_lookup(const Vector& query, const Matrix& keys, const Matrix& values,
                          Real sharpness) {
  return softmax_rows(sharpness * query * keys.transpose()) * values;
}

}  // namespace mistakes::dot_products
