#pragma once

// Each text begins one position too early.

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace mistakes::last_word_of_the_text_before {

using namespace llm;

inline Matrix packed_mask(const std::vector<Index>& lengths) {
  const Index total = std::accumulate(lengths.begin(), lengths.end(), Index(0));
  Matrix mask = Matrix::Constant(total, total, -std::numeric_limits<Real>::infinity());
  Index first = 0;
  for (const Index length : lengths) {
    const Index visible = std::max<Index>(first - 1, 0);
    for (Index i = first; i < first + length; ++i) {
      mask.row(i).segment(visible, i - visible + 1).setZero();
    }
    first += length;
  }
  return mask;
}

}  // namespace mistakes::last_word_of_the_text_before
