#pragma once

// The dot products as they are: nothing is divided by the lengths.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::dot_products {

using namespace llm;
inline Vector cosine_similarities(const Matrix& table, const Vector& query) {
  return query * table.transpose();
}

}  // namespace mistakes::dot_products
