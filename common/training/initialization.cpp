#include "common/training/initialization.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace llm {

Real residual_deviation(Real deviation, Index additions) {
  if (additions < 1) {
    throw std::invalid_argument(
        fmt::format("residual_deviation: {} additions to the stream", additions));
  }
  return deviation / std::sqrt(static_cast<Real>(additions));
}

}  // namespace llm
