#pragma once

// The scores are divided by the width and not by its root.

#include <cmath>

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::over_width {

using namespace llm;

inline Vector cached_attention(const Vector& query, const Vector& key, const Vector& value,
                               exercises::HeadCache& cache) {
  const Vector smaller = query / std::sqrt(static_cast<Real>(query.size()));
  return solutions::cached_attention(smaller, key, value, cache);
}

}  // namespace mistakes::over_width
