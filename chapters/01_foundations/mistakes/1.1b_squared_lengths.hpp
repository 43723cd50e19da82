#pragma once

// Divided by the squares of the lengths.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::squared_lengths {

using namespace llm;
inline Vector cosine_similarities(const Matrix& table, const Vector& query) {
  const Vector products = query * table.transpose();
  const Vector squares = table.rowwise().squaredNorm().transpose();
  return products.array() / squares.array() / query.squaredNorm();
}

}  // namespace mistakes::squared_lengths
