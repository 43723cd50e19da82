#include "common/transformer/model/loss.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace llm {

namespace {

/// Throws unless there is a target for each row, and each is a column.
void check_targets(const MatrixRef& logits, std::span<const Token> targets) {
  if (static_cast<Index>(targets.size()) != logits.rows()) {
    throw std::invalid_argument(fmt::format("cross_entropy: {} targets for {} rows of logits",
                                            targets.size(), logits.rows()));
  }
  for (const Token target : targets) {
    if (target < 0 || target >= logits.cols()) {
      throw std::invalid_argument(
          fmt::format("cross_entropy: target {} is not one of {} tokens", target, logits.cols()));
    }
  }
}

}  // namespace

double cross_entropy(const MatrixRef& logits, std::span<const Token> targets) {
  check_targets(logits, targets);
  double total = 0;
  for (Index row = 0; row < logits.rows(); ++row) {
    const Real highest = logits.row(row).maxCoeff();
    const Real sum = (logits.row(row).array() - highest).exp().sum();
    const Real right = logits(row, targets[static_cast<std::size_t>(row)]) - highest;
    total += static_cast<double>(std::log(sum) - right);
  }
  return total;
}

double bits_a_byte(double nats, double bytes) {
  return nats / std::numbers::ln2 / bytes;
}

double cross_entropy_backward(MatrixOut logits, std::span<const Token> targets, double scale) {
  check_targets(logits, targets);
  double total = 0;
  for (Index row = 0; row < logits.rows(); ++row) {
    const Token target = targets[static_cast<std::size_t>(row)];
    const Real highest = logits.row(row).maxCoeff();
    const Real right = logits(row, target) - highest;
    logits.row(row) = (logits.row(row).array() - highest).exp();
    const Real sum = logits.row(row).sum();
    total += static_cast<double>(std::log(sum) - right);
    logits.row(row) *= static_cast<Real>(scale) / sum;
    logits(row, target) -= static_cast<Real>(scale);
  }
  return total;
}

}  // namespace llm
