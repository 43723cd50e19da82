#pragma once

// The length is not brought up to date.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::not_counted {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline Vector cached_attention(const Vector& query, const Vector& key, const Vector& value,
                               HeadCache& cache) {
  cache.keys.row(cache.length) = key;
  cache.values.row(cache.length) = value;
  const Index length = cache.length + 1;
  const Vector scores =
      query * cache.keys.topRows(length).transpose() / std::sqrt(static_cast<Real>(query.size()));
  const Vector powers = (scores.array() - scores.maxCoeff()).exp();
  return powers / powers.sum() * cache.values.topRows(length);
}

}  // namespace mistakes::not_counted
