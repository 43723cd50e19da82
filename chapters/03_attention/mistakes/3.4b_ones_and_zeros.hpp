#pragma once

// A mask of ones and zeros, which is not one to add to scores.

#include <limits>
#include <numeric>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace mistakes::ones_and_zeros {

using namespace llm;

inline Matrix packed_mask(const std::vector<Index>& lengths) {
  const Index total = std::accumulate(lengths.begin(), lengths.end(), Index(0));
  Matrix mask = Matrix::Zero(total, total);
  Index first = 0;
  for (const Index length : lengths) {
    for (Index i = first; i < first + length; ++i)
      mask.row(i).segment(first, i - first + 1).setOnes();
    first += length;
  }
  return mask;
}

}  // namespace mistakes::ones_and_zeros
