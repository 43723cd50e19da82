#include "common/training/descent.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("without momentum a step is the rate times the gradient, downhill") {
  std::vector<Real> parameters = {1, 2}, velocities = {50, -50};
  momentum_step(parameters, velocities, std::vector<Real>{4, -8}, Real(0.125), 0);
  CHECK(parameters == std::vector<Real>{Real(0.5), 3});
  CHECK(velocities == std::vector<Real>{4, -8});
}

TEST_CASE("a constant gradient is amplified towards 1 / (1 - momentum)") {
  std::vector<Real> parameter = {0}, velocity = {0};
  const std::vector<Real> gradient = {1};
  momentum_step(parameter, velocity, gradient, 1, Real(0.5));
  CHECK(velocity[0] == Catch::Approx(1));
  momentum_step(parameter, velocity, gradient, 1, Real(0.5));
  CHECK(velocity[0] == Catch::Approx(1.5));
  CHECK(parameter[0] == Catch::Approx(-2.5));
  for (int step = 0; step < 30; ++step) momentum_step(parameter, velocity, gradient, 1, Real(0.5));
  CHECK(velocity[0] == Catch::Approx(2));
}

TEST_CASE("momentum finds the bottom of a bowl that is steep one way and flat the other") {
  std::vector<Real> place = {5, 5}, velocities = {0, 0};
  for (int step = 0; step < 400; ++step) {
    const std::vector<Real> slopes = {Real(0.1) * place[0], 4 * place[1]};
    momentum_step(place, velocities, slopes, Real(0.1), Real(0.9));
  }
  CHECK(std::max(std::abs(place[0]), std::abs(place[1])) < 1e-3);
}

TEST_CASE("a step refuses gradients or velocities of another number") {
  std::vector<Real> two = {1, 2}, three = {1, 2, 3}, velocities = {0, 0};
  CHECK_THROWS_WITH(momentum_step(two, velocities, three, 1, 0),
                    "momentum_step: 2 parameters, 2 velocities, 3 gradients");
  CHECK_THROWS_AS(momentum_step(two, three, two, 1, 0), std::invalid_argument);
}
