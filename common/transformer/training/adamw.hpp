#pragma once

#include <span>
#include <vector>

#include "common/transformer/model/parameters.hpp"
#include "common/transformer/training/thread_team.hpp"

namespace llm {

/// The constants of AdamW (Loshchilov & Hutter 2019).
struct AdamWSettings {
  double beta_1 = 0.9;        ///< decay of the mean gradient
  double beta_2 = 0.99;       ///< decay of the mean squared gradient
  double epsilon = 1e-8;      ///< added to the root of the mean square
  double weight_decay = 0.1;  ///< share of a weight, times the learning rate, lost in a step
};

/// Throws std::invalid_argument, naming the optimizer, unless parameters and gradients are equally
/// many and reach to the end of the layout.
void check_spans(const char* optimizer, const std::vector<Parameter>& layout,
                 std::span<const Real> parameters, std::span<const Real> gradients);

/// Adam with decoupled weight decay, for all parameters of a model or for some of them: those of
/// its layout. Its state is two averages for each of their numbers, and how many steps it has
/// taken.
struct AdamW {
  /// Averages of zeros for these parameters.
  AdamW(std::vector<Parameter> parameters, const AdamWSettings& constants);

  /// One step. Both spans are of the whole model; what is not in the layout stays as it is. Each
  /// number is read once and written once. Throws std::invalid_argument for spans that differ in
  /// size or do not reach to the end of the layout.
  void step(std::span<Real> parameters, std::span<const Real> gradients, double learning_rate,
            ThreadTeam& team);

  std::vector<Parameter> layout;
  AdamWSettings settings;
  Vector mean, mean_square;  ///< the averages, one parameter of the layout behind the other
  Index steps = 0;
};

}  // namespace llm
