#pragma once

// The query looks at the past and not at its own token.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::forgets_itself {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline Vector cached_attention(const Vector& query, const Vector& key, const Vector& value,
                               HeadCache& cache) {
  cache.keys.row(cache.length) = key;
  cache.values.row(cache.length) = value;
  cache.length += 1;
  const Vector scores = query *
                        cache.keys.topRows(std::max<Index>(cache.length - 1, 1)).transpose() /
                        std::sqrt(static_cast<Real>(query.size()));
  const Vector powers = (scores.array() - scores.maxCoeff()).exp();
  return powers / powers.sum() * cache.values.topRows(std::max<Index>(cache.length - 1, 1));
}

}  // namespace mistakes::forgets_itself
