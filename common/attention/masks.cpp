#include "common/attention/masks.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace llm {

Real forbidden() {
  return -std::numeric_limits<Real>::infinity();
}

Matrix causal_mask(Index length) {
  return sliding_window_mask(length, std::max<Index>(length, 1));
}

Matrix sliding_window_mask(Index length, Index window) {
  if (window < 1) {
    throw std::invalid_argument("a window of " + std::to_string(window) +
                                " leaves a query nothing to look at: use 1 or more");
  }
  Matrix mask = Matrix::Constant(length, length, forbidden());
  for (Index i = 0; i < length; ++i) {
    const Index first = std::max<Index>(0, i - window + 1);
    mask.row(i).segment(first, i - first + 1).setZero();
  }
  return mask;
}

Matrix padding_mask(Index queries, const std::vector<bool>& keys_present) {
  Matrix mask = Matrix::Zero(queries, static_cast<Index>(keys_present.size()));
  for (Index j = 0; j < mask.cols(); ++j) {
    if (!keys_present[static_cast<std::size_t>(j)]) mask.col(j).setConstant(forbidden());
  }
  return mask;
}

Matrix combine_masks(const MatrixRef& first, const MatrixRef& second) {
  check_shape("second mask", second, first.rows(), first.cols());
  return first.cwiseMin(second);
}

}  // namespace llm
