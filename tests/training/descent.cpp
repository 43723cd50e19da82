#include "common/training/descent.hpp"

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("without momentum a step is the rate times the gradient, downhill") {
  Matrix parameter = Matrix::Constant(2, 2, 1), velocity = Matrix::Constant(2, 2, 50);
  momentum_step(parameter, velocity, Matrix::Constant(2, 2, 4), Real(0.125), 0);
  CHECK(parameter == Matrix::Constant(2, 2, Real(0.5)));
  CHECK(velocity == Matrix::Constant(2, 2, 4));
}

TEST_CASE("a constant gradient is amplified towards 1 / (1 - momentum)") {
  Matrix parameter = Matrix::Zero(1, 1), velocity = Matrix::Zero(1, 1);
  const Matrix gradient = Matrix::Ones(1, 1);
  momentum_step(parameter, velocity, gradient, 1, Real(0.5));
  CHECK(velocity(0, 0) == Catch::Approx(1));
  momentum_step(parameter, velocity, gradient, 1, Real(0.5));
  CHECK(velocity(0, 0) == Catch::Approx(1.5));
  CHECK(parameter(0, 0) == Catch::Approx(-2.5));
  for (int step = 0; step < 30; ++step) momentum_step(parameter, velocity, gradient, 1, Real(0.5));
  CHECK(velocity(0, 0) == Catch::Approx(2));
}

TEST_CASE("momentum finds the bottom of a bowl") {
  Matrix parameter = Matrix::Constant(1, 3, 5), velocity = Matrix::Zero(1, 3);
  Matrix steepness(1, 3);
  steepness << Real(0.1), 1, 4;
  for (int step = 0; step < 400; ++step) {
    const Matrix gradient = parameter.cwiseProduct(steepness);
    momentum_step(parameter, velocity, gradient, Real(0.1), Real(0.9));
  }
  CHECK(parameter.cwiseAbs().maxCoeff() < 1e-3);
}

TEST_CASE("a step refuses a gradient or velocity of another shape") {
  Matrix parameter = Matrix::Zero(2, 3), velocity = Matrix::Zero(2, 3), wrong = Matrix::Zero(3, 2);
  CHECK_THROWS_AS(momentum_step(parameter, velocity, wrong, 1, 0), std::invalid_argument);
  CHECK_THROWS_AS(momentum_step(parameter, wrong, velocity, 1, 0), std::invalid_argument);
}
