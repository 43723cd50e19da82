#include "common/transformer/training/clipping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

namespace llm {

namespace {

/// A sum is made of this many partial sums, whatever the number of threads, so that its digits do
/// not depend on it.
constexpr Index norm_parts = 64;

/// How many numbers are squared and added in single precision; their sums are added in double.
constexpr Index norm_piece = 1 << 14;

/// The sum of squares of part number `part` of the gradients.
double partial_square(std::span<const Real> gradients, Index part) {
  const Index size = static_cast<Index>(gradients.size());
  const Index last = size * (part + 1) / norm_parts;
  double sum = 0;
  for (Index first = size * part / norm_parts; first < last; first += norm_piece) {
    const Index count = std::min(norm_piece, last - first);
    const Eigen::Map<const Vector> numbers(gradients.data() + first, count);
    sum += static_cast<double>(numbers.squaredNorm());
  }
  return sum;
}

}  // namespace

double global_norm(std::span<const Real> gradients, ThreadTeam& team) {
  std::array<double, norm_parts> squares{};
  const auto work = [&](int thread) {
    for (Index part = thread; part < norm_parts; part += team.size()) {
      squares[static_cast<std::size_t>(part)] = partial_square(gradients, part);
    }
  };
  team.run(std::ref(work));
  return std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0));
}

double clip_gradients(std::span<Real> gradients, double largest_norm, ThreadTeam& team) {
  const double norm = global_norm(gradients, team);
  if (!std::isfinite(norm)) throw Diverged(fmt::format("the norm of the gradient is {}", norm));
  if (largest_norm <= 0 || norm <= largest_norm) return norm;
  const Real scale = static_cast<Real>(largest_norm / norm);
  const auto work = [&](int thread) {
    const Index size = static_cast<Index>(gradients.size());
    const Index first = size * thread / team.size(), last = size * (thread + 1) / team.size();
    Eigen::Map<Vector>(gradients.data() + first, last - first) *= scale;
  };
  team.run(std::ref(work));
  return norm;
}

}  // namespace llm
