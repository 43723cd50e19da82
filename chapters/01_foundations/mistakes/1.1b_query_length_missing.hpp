#pragma once

// Divided by the lengths of the rows, and not by the length of the query.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::query_length_missing {

using namespace llm;
inline Vector cosine_similarities(const Matrix& table, const Vector& query) {
  const Vector products = query * table.transpose();
  return products.array() / table.rowwise().norm().transpose().array();
}

}  // namespace mistakes::query_length_missing
