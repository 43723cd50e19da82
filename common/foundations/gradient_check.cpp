#include "common/foundations/gradient_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace llm {

std::vector<double> finite_differences(const std::function<double()>& loss,
                                       std::span<Real> parameters, double step) {
  std::vector<double> derivatives;
  for (Real& parameter : parameters) {
    const Real kept = parameter;
    parameter = static_cast<Real>(kept + step);
    const double above = loss(), upper = parameter;
    parameter = static_cast<Real>(kept - step);
    const double below = loss(), lower = parameter;
    parameter = kept;
    derivatives.push_back((above - below) / (upper - lower));
  }
  return derivatives;
}

double gradient_error(std::span<const Real> gradient, std::span<const double> expected) {
  if (gradient.size() != expected.size()) {
    throw std::invalid_argument(
        fmt::format("gradient_error: {} derivatives against {}", gradient.size(), expected.size()));
  }
  double scale = 1e-6, error = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double difference = static_cast<double>(gradient[i]) - expected[i];
    // A maximum would overlook what is no number.
    if (!std::isfinite(difference)) return std::numeric_limits<double>::infinity();
    scale = std::max(scale, std::abs(expected[i]));
    error = std::max(error, std::abs(difference));
  }
  return error / scale;
}

}  // namespace llm
