#pragma once

#include <span>
#include <stdexcept>

#include "common/foundations/matrix.hpp"
#include "common/transformer/training/thread_team.hpp"

namespace llm {

/// Thrown where training has diverged: a loss or a gradient is no finite number any more.
struct Diverged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The Euclidean norm of all gradients together. Its digits do not depend on the number of threads.
double global_norm(std::span<const Real> gradients, ThreadTeam& team);

/// Shortens the gradient of all parameters together to `largest_norm` where it is longer; 0 leaves
/// every length. Returns the norm that it had. Throws Diverged, with nothing changed, where that is
/// not a finite number.
double clip_gradients(std::span<Real> gradients, double largest_norm, ThreadTeam& team);

}  // namespace llm
