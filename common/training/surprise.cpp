#include "common/training/surprise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace llm {

namespace {

/// Throws std::invalid_argument unless there is one target a row, each of them a column.
void check_next_tokens(const MatrixRef& probabilities, std::span<const int> targets) {
  if (targets.empty() || static_cast<Index>(targets.size()) != probabilities.rows()) {
    throw std::invalid_argument(
        fmt::format("next_token_surprise: {} targets for probabilities of shape {}", targets.size(),
                    shape_text(probabilities.rows(), probabilities.cols())));
  }
  for (const int target : targets) {
    if (target < 0 || target >= probabilities.cols()) {
      throw std::invalid_argument(fmt::format("next_token_surprise: target {} is not one of {}",
                                              target, probabilities.cols()));
    }
  }
}

/// The probability that row `t` gave to its target, kept away from 0, where the logarithm ends.
Real probability_of_target(const MatrixRef& probabilities, std::span<const int> targets, Index t) {
  return std::max(probabilities(t, targets[static_cast<std::size_t>(t)]),
                  std::numeric_limits<Real>::min());
}

}  // namespace

Real next_token_surprise(const MatrixRef& probabilities, std::span<const int> targets) {
  check_next_tokens(probabilities, targets);
  Real sum = 0;
  for (Index t = 0; t < probabilities.rows(); ++t) {
    sum -= std::log(probability_of_target(probabilities, targets, t));
  }
  return sum / static_cast<Real>(probabilities.rows());
}

Matrix next_token_surprise_backward(const MatrixRef& probabilities, std::span<const int> targets) {
  check_next_tokens(probabilities, targets);
  Matrix gradient = Matrix::Zero(probabilities.rows(), probabilities.cols());
  const Real share = Real(1) / static_cast<Real>(probabilities.rows());
  for (Index t = 0; t < probabilities.rows(); ++t) {
    gradient(t, targets[static_cast<std::size_t>(t)]) =
        -share / probability_of_target(probabilities, targets, t);
  }
  return gradient;
}

}  // namespace llm
