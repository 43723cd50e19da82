#pragma once

#include <span>
#include <vector>

#include "common/transformer/training/adamw.hpp"
#include "common/transformer/training/muon.hpp"

namespace llm {

/// What trains the weights of the linear layers inside the blocks. The tables, gains and biases are
/// AdamW's in any case.
enum class WeightOptimizer { adamw, muon };

/// The choice, and the constants of both.
struct OptimizerSettings {
  WeightOptimizer weights = WeightOptimizer::adamw;
  AdamWSettings adamw;
  MuonSettings muon;
};

/// The optimizers of one model: each parameter belongs to one of the two, by its role.
struct Optimizer {
  /// For all parameters of a layout, and teams of up to `threads`.
  Optimizer(const std::vector<Parameter>& layout, const OptimizerSettings& settings, int threads);

  /// One step of all parameters. Muon's learning rate is its multiple of `learning_rate`.
  void step(std::span<Real> parameters, std::span<const Real> gradients, double learning_rate,
            ThreadTeam& team);

  /// Steps taken.
  Index steps() const { return adamw.steps; }

  AdamW adamw;
  Muon muon;
};

}  // namespace llm
