#include "common/transformer/training/adamw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

namespace llm {

void check_spans(const char* optimizer, const std::vector<Parameter>& layout,
                 std::span<const Real> parameters, std::span<const Real> gradients) {
  Index end = 0;
  for (const Parameter& parameter : layout) {
    end = std::max(end, parameter.offset + parameter.size());
  }
  const Index size = static_cast<Index>(parameters.size());
  if (parameters.size() == gradients.size() && size >= end) return;
  throw std::invalid_argument(fmt::format(
      "{}: {} parameters and {} gradients, expected the same number of both, and at least {}",
      optimizer, size, gradients.size(), end));
}

namespace {

/// What is the same for every parameter in a step of AdamW.
struct StepFactors {
  Real beta_1, beta_2;
  Real step;        ///< learning rate / (1 - beta_1^steps)
  Real correction;  ///< 1 / √(1 - beta_2^steps)
  Real epsilon;
};

/// The factors of step number `steps` (the first is 1).
StepFactors step_factors(const AdamWSettings& settings, Index steps, double learning_rate) {
  const double count = static_cast<double>(steps);
  return {.beta_1 = static_cast<Real>(settings.beta_1),
          .beta_2 = static_cast<Real>(settings.beta_2),
          .step = static_cast<Real>(learning_rate / (1 - std::pow(settings.beta_1, count))),
          .correction = static_cast<Real>(1 / std::sqrt(1 - std::pow(settings.beta_2, count))),
          .epsilon = static_cast<Real>(settings.epsilon)};
}

/// As many numbers as are updated at a time: what is read of them first is still in the first-level
/// cache when it is read last.
constexpr Index update_piece = 1024;

/// AdamW on `count` numbers of one parameter, of which each step keeps the share `keep`.
void update(const StepFactors& factors, Real keep, Index count, const Real* gradient, Real* weight,
            Real* mean, Real* mean_square) {
  using Numbers = Eigen::Map<Eigen::Array<Real, 1, Eigen::Dynamic>>;
  using GivenNumbers = Eigen::Map<const Eigen::Array<Real, 1, Eigen::Dynamic>>;
  for (Index first = 0; first < count; first += update_piece) {
    const Index size = std::min(update_piece, count - first);
    const GivenNumbers g(gradient + first, size);
    Numbers w(weight + first, size), m(mean + first, size), v(mean_square + first, size);
    m += (g - m) * (1 - factors.beta_1);
    v += (g.square() - v) * (1 - factors.beta_2);
    w = keep * w - factors.step * m / (v.sqrt() * factors.correction + factors.epsilon);
  }
}

}  // namespace

AdamW::AdamW(std::vector<Parameter> parameters, const AdamWSettings& constants)
    : layout(std::move(parameters)), settings(constants) {
  Index size = 0;
  for (const Parameter& parameter : layout) size += parameter.size();
  mean = mean_square = Vector::Zero(size);
}

void AdamW::step(std::span<Real> parameters, std::span<const Real> gradients, double learning_rate,
                 ThreadTeam& team) {
  check_spans("AdamW", layout, parameters, gradients);
  const StepFactors factors = step_factors(settings, ++steps, learning_rate);
  const Real decayed = static_cast<Real>(1 - learning_rate * settings.weight_decay);
  const auto part = [&](int thread) {
    Index averages = 0;  // where those of the parameter begin
    for (const Parameter& parameter : layout) {
      // Cut between pieces only, so that a number is computed alike by any number of threads.
      const Index pieces = (parameter.size() + update_piece - 1) / update_piece;
      const Index first = pieces * thread / team.size() * update_piece;
      const Index last =
          std::min(pieces * (thread + 1) / team.size() * update_piece, parameter.size());
      const Index place = parameter.offset + first, average = averages + first;
      update(factors, parameter.decays() ? decayed : Real(1), last - first,
             gradients.data() + place, parameters.data() + place, mean.data() + average,
             mean_square.data() + average);
      averages += parameter.size();
    }
  };
  team.run(std::ref(part));
}

}  // namespace llm
