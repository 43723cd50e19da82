#include "common/training/descent.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace llm {

void momentum_step(std::span<Real> parameters, std::span<Real> velocities,
                   std::span<const Real> gradients, Real rate, Real momentum) {
  if (velocities.size() != parameters.size() || gradients.size() != parameters.size()) {
    throw std::invalid_argument(
        fmt::format("momentum_step: {} parameters, {} velocities, {} gradients", parameters.size(),
                    velocities.size(), gradients.size()));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    velocities[i] = momentum * velocities[i] + gradients[i];
    parameters[i] -= rate * velocities[i];
  }
}

}  // namespace llm
