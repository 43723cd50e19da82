#include "common/transformer/adamw.hpp"

#include <cmath>
#include <limits>

#include "common/foundations/random.hpp"
#include "tests/catch.hpp"

using namespace llm;

namespace {

/// A weight of three numbers, which decays, and a bias of two, which does not.
const std::vector<Parameter> layout = {{"weight", 0, 1, 3, true}, {"bias", 3, 1, 2, false}};

/// Adam as its authors write it, on one number, in double precision.
struct PlainAdam {
  double parameter, mean = 0, mean_square = 0;

  void step(double gradient, double rate, double decay, int count) {
    mean = 0.9 * mean + 0.1 * gradient;
    mean_square = 0.99 * mean_square + 0.01 * gradient * gradient;
    const double corrected = mean / (1 - std::pow(0.9, count));
    const double corrected_square = mean_square / (1 - std::pow(0.99, count));
    parameter -= rate * decay * parameter;
    parameter -= rate * corrected / (std::sqrt(corrected_square) + 1e-8);
  }
};

}  // namespace

TEST_CASE("AdamW moves as its paper says, and decays weights only") {
  ThreadTeam team(2);
  AdamW adamw(layout, {.weight_decay = 0.5, .largest_norm = 0});
  std::vector<Real> parameters = {1, -2, 3, 4, -5}, gradients(5);
  std::vector<PlainAdam> expected = {{1}, {-2}, {3}, {4}, {-5}};
  for (int count = 1; count <= 20; ++count) {
    for (std::size_t i = 0; i < 5; ++i) {
      gradients[i] = static_cast<Real>(std::sin(count * (1.0 + static_cast<double>(i))));
      expected[i].step(static_cast<double>(gradients[i]), 0.01, i < 3 ? 0.5 : 0, count);
    }
    adamw.step(parameters, gradients, 0.01, team);
  }
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(static_cast<double>(parameters[i]) == Catch::Approx(expected[i].parameter).epsilon(1e-5));
  }
}

TEST_CASE("a gradient longer than the largest norm is shortened to it") {
  ThreadTeam team(1);
  AdamW clipped(layout, {.largest_norm = 1}), whole(layout, {.largest_norm = 0});
  std::vector<Real> one = {1, 1, 1, 1, 1}, other = one;
  const std::vector<Real> gradients = {3, 0, 0, 4, 0}, shortened = {0.6f, 0, 0, 0.8f, 0};
  CHECK(clipped.step(one, gradients, 0.1, team) == Catch::Approx(5));
  whole.step(other, shortened, 0.1, team);
  CHECK(clipped.mean.isApprox(whole.mean));
  CHECK(clipped.mean_square.isApprox(whole.mean_square));
}

TEST_CASE("a gradient that is not a number stops the step before anything changes") {
  ThreadTeam team(1);
  AdamW adamw(layout, {});
  std::vector<Real> parameters = {1, 2, 3, 4, 5}, gradients(5, 1);
  gradients[2] = std::numeric_limits<Real>::quiet_NaN();
  CHECK_THROWS_WITH(adamw.step(parameters, gradients, 0.1, team),
                    Catch::Contains("the norm of the gradient of step 1 is nan"));
  CHECK(parameters == std::vector<Real>{1, 2, 3, 4, 5});
  CHECK(adamw.steps == 0);
}

TEST_CASE("the norm of a gradient has the same bits on any number of threads") {
  Generator generator(5);
  const Matrix numbers = random_normal(1, 100000, generator);
  const std::span<const Real> gradients(numbers.data(), 100000);
  std::vector<double> squares(7);
  ThreadTeam one(1), three(3);
  const double norm = global_norm(gradients, squares, one);
  CHECK(norm == global_norm(gradients, squares, three));
  CHECK(norm == Catch::Approx(static_cast<double>(numbers.norm())).epsilon(1e-5));
}

TEST_CASE("a step has the same bits on any number of threads") {
  const std::vector<Parameter> uneven = {{"first", 0, 1, 5003, true},
                                         {"second", 5003, 7, 431, false}};
  Generator generator(6);
  const Matrix start = random_normal(1, 5003 + 7 * 431, generator);
  const Matrix slopes = random_normal(1, start.size(), generator);
  const auto after_three_steps = [&](int threads) {
    ThreadTeam team(threads);
    AdamW adamw(uneven, {});
    Matrix numbers = start;
    for (int step = 0; step < 3; ++step) {
      adamw.step({numbers.data(), static_cast<std::size_t>(numbers.size())},
                 {slopes.data(), static_cast<std::size_t>(slopes.size())}, 0.1, team);
    }
    return numbers;
  };
  const Matrix alone = after_three_steps(1);
  for (const int threads : {2, 3, 7}) CHECK(after_three_steps(threads) == alone);
}
