#include "common/transformer/training/optimizer.hpp"

namespace llm {

namespace {

/// The parameters that are Muon's, or those that are not.
std::vector<Parameter> share(const std::vector<Parameter>& layout,
                             const OptimizerSettings& settings, bool of_muon) {
  std::vector<Parameter> chosen;
  for (const Parameter& parameter : layout) {
    const bool is_muons =
        settings.weights == WeightOptimizer::muon && parameter.role == ParameterRole::weight;
    if (is_muons == of_muon) chosen.push_back(parameter);
  }
  return chosen;
}

}  // namespace

Optimizer::Optimizer(const std::vector<Parameter>& layout, const OptimizerSettings& settings,
                     int threads)
    : adamw(share(layout, settings, false), settings.adamw),
      muon(share(layout, settings, true), settings.muon, threads) {}

void Optimizer::step(std::span<Real> parameters, std::span<const Real> gradients,
                     double learning_rate, ThreadTeam& team) {
  if (!muon.layout.empty()) {
    muon.step(parameters, gradients, learning_rate * muon.settings.rate, team);
  }
  adamw.step(parameters, gradients, learning_rate, team);
}

}  // namespace llm
