#pragma once

#include <span>

#include "common/foundations/matrix.hpp"

namespace llm {

/// One step of gradient descent with momentum: each velocity keeps the share `momentum` of itself
/// and takes in the gradient, and each parameter moves by -rate times its velocity. A momentum of 0
/// is plain gradient descent. The three have one length
/// (Polyak 1964, "Some Methods of Speeding Up the Convergence of Iteration Methods").
void momentum_step(std::span<Real> parameters, std::span<Real> velocities,
                   std::span<const Real> gradients, Real rate, Real momentum);

}  // namespace llm
