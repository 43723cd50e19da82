#include "common/transformer/adamw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

namespace llm {

namespace {

/// How many numbers are squared and added in single precision; their sums are added in double.
constexpr Index norm_piece = 1 << 14;

/// How many such pieces `size` numbers make.
std::size_t norm_pieces(Index size) {
  return static_cast<std::size_t>((size + norm_piece - 1) / norm_piece);
}

/// What is the same for every parameter in a step of AdamW.
struct StepFactors {
  Real gradient;  ///< shortens the gradient, at most 1
  Real beta_1, beta_2;
  Real step;        ///< learning rate / (1 - beta_1^steps)
  Real correction;  ///< 1 / √(1 - beta_2^steps)
  Real epsilon;
};

/// The factors of step number `steps` (the first is 1).
StepFactors step_factors(const AdamWSettings& settings, Index steps, double learning_rate,
                         double norm) {
  const double count = static_cast<double>(steps);
  const bool clip = settings.largest_norm > 0 && norm > settings.largest_norm;
  return {.gradient = static_cast<Real>(clip ? settings.largest_norm / norm : 1),
          .beta_1 = static_cast<Real>(settings.beta_1),
          .beta_2 = static_cast<Real>(settings.beta_2),
          .step = static_cast<Real>(learning_rate / (1 - std::pow(settings.beta_1, count))),
          .correction = static_cast<Real>(1 / std::sqrt(1 - std::pow(settings.beta_2, count))),
          .epsilon = static_cast<Real>(settings.epsilon)};
}

/// As many numbers as are updated at a time: what is read of them first is still in the first-level
/// cache when it is read last.
constexpr Index update_piece = 1024;

/// AdamW on `count` numbers of one parameter, from `offset` on, of which each step keeps the share
/// `keep`.
void update(const StepFactors& factors, Real keep, Index offset, Index count,
            std::span<const Real> gradients, std::span<Real> parameters, AdamW& adamw) {
  const auto from = static_cast<std::size_t>(offset);
  const Eigen::Map<const Vector> gradient(&gradients[from], count);
  VectorMap parameter(&parameters[from], count);
  for (Index first = 0; first < count; first += update_piece) {
    const Index size = std::min(update_piece, count - first);
    const auto slope = gradient.segment(first, size).array() * factors.gradient;
    auto mean = adamw.mean.segment(offset + first, size).array();
    auto mean_square = adamw.mean_square.segment(offset + first, size).array();
    auto weight = parameter.segment(first, size).array();
    mean += (slope - mean) * (1 - factors.beta_1);
    mean_square += (slope.square() - mean_square) * (1 - factors.beta_2);
    weight = keep * weight -
             factors.step * mean / (mean_square.sqrt() * factors.correction + factors.epsilon);
  }
}

}  // namespace

AdamW::AdamW(std::vector<Parameter> parameters, const AdamWSettings& constants)
    : layout(std::move(parameters)), settings(constants) {
  const Index size = layout.empty() ? 0 : layout.back().offset + layout.back().size();
  mean = mean_square = Vector::Zero(size);
  squares.resize(norm_pieces(size));
}

double AdamW::step(std::span<Real> parameters, std::span<const Real> gradients,
                   double learning_rate, ThreadTeam& team) {
  const std::size_t size = static_cast<std::size_t>(mean.size());
  if (parameters.size() != size || gradients.size() != size) {
    throw std::invalid_argument(
        fmt::format("AdamW: {} parameters and {} gradients, expected {} of both", parameters.size(),
                    gradients.size(), size));
  }
  const double norm = global_norm(gradients, squares, team);
  if (!std::isfinite(norm)) {
    throw std::runtime_error(fmt::format(
        "AdamW: the norm of the gradient of step {} is {}: training has diverged. No parameter was "
        "changed; go on from a checkpoint with a lower peak learning rate",
        steps + 1, norm));
  }
  const StepFactors factors = step_factors(settings, ++steps, learning_rate, norm);
  const double decay = learning_rate * settings.weight_decay;
  const auto part = [&](int thread) {
    for (const Parameter& parameter : layout) {
      // Cut between pieces only, so that a number is computed alike by any number of threads.
      const Index pieces = (parameter.size() + update_piece - 1) / update_piece;
      const Index first = pieces * thread / team.size() * update_piece;
      const Index last =
          std::min(pieces * (thread + 1) / team.size() * update_piece, parameter.size());
      if (last <= first) continue;
      update(factors, static_cast<Real>(parameter.decay ? 1 - decay : 1), parameter.offset + first,
             last - first, gradients, parameters, *this);
    }
  };
  team.run(std::ref(part));
  return norm;
}

double global_norm(std::span<const Real> gradients, std::span<double> squares, ThreadTeam& team) {
  const Index size = static_cast<Index>(gradients.size());
  const Index pieces = static_cast<Index>(norm_pieces(size));
  const auto part = [&](int thread) {
    const Index last = pieces * (thread + 1) / team.size();
    for (Index piece = pieces * thread / team.size(); piece < last; ++piece) {
      const Index first = piece * norm_piece, count = std::min(norm_piece, size - first);
      const Eigen::Map<const Vector> numbers(gradients.data() + first, count);
      squares[static_cast<std::size_t>(piece)] = static_cast<double>(numbers.squaredNorm());
    }
  };
  team.run(std::ref(part));
  return std::sqrt(std::accumulate(squares.begin(), squares.begin() + pieces, 0.0));
}

}  // namespace llm
