#pragma once

#include <span>
#include <vector>

#include "common/transformer/parameters.hpp"
#include "common/transformer/thread_team.hpp"

namespace llm {

/// The constants of AdamW (Loshchilov & Hutter 2019).
struct AdamWSettings {
  double beta_1 = 0.9;        ///< decay of the mean gradient
  double beta_2 = 0.99;       ///< decay of the mean squared gradient
  double epsilon = 1e-8;      ///< added to the root of the mean square
  double weight_decay = 0.1;  ///< share of a weight, times the learning rate, lost in a step
  double largest_norm = 1;    ///< longer gradients are shortened to it; 0 switches this off
};

/// Adam with decoupled weight decay. All its state is two buffers of the model's layout and the
/// number of steps taken.
struct AdamW {
  /// Moments of zeros for parameters of this layout.
  AdamW(std::vector<Parameter> parameters, const AdamWSettings& constants);

  /// One step: parameters and gradients (both of the layout's size) are read once, parameters and
  /// moments written once. Returns the norm of the whole gradient, before it is clipped; throws
  /// std::runtime_error, with nothing changed, where that is not a finite number.
  double step(std::span<Real> parameters, std::span<const Real> gradients, double learning_rate,
              ThreadTeam& team);

  std::vector<Parameter> layout;
  AdamWSettings settings;
  Vector mean, mean_square;
  std::vector<double> squares;  ///< partial sums of the norm of the gradient
  Index steps = 0;
};

/// The Euclidean norm of all gradients together. Partial sums go into `squares`, one for each 16384
/// gradients, and are added in an order that does not depend on the number of threads.
double global_norm(std::span<const Real> gradients, std::span<double> squares, ThreadTeam& team);

}  // namespace llm
