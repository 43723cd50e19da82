#pragma once

// A causal mask over the whole row: each text looks back into those before it.

#include <limits>
#include <numeric>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace mistakes::one_long_text {

using namespace llm;

inline Matrix packed_mask(const std::vector<Index>& lengths) {
  const Index total = std::accumulate(lengths.begin(), lengths.end(), Index(0));
  Matrix mask = Matrix::Constant(total, total, -std::numeric_limits<Real>::infinity());
  for (Index i = 0; i < total; ++i) mask.row(i).head(i + 1).setZero();
  return mask;
}

}  // namespace mistakes::one_long_text
