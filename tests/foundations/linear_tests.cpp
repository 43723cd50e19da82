#include "common/foundations/linear.hpp"

#include "tests/catch.hpp"
#include "tests/foundations/fixture.hpp"

using namespace llm;

TEST_CASE("a linear layer gives the numbers worked out by hand") {
  Matrix inputs(2, 3), weights(3, 2), expected(2, 2);
  Vector bias(2);
  inputs << 1, 2, 3, 0, -1, 1;
  weights << 1, 0, 0, 1, 2, -1;
  bias << 10, 20;
  expected << 17, 19, 12, 18;
  CHECK(linear(inputs, weights, bias) == expected);
}

TEST_CASE("a linear layer agrees with PyTorch, forward and backward") {
  const Fixture fixture("foundations_linear.json");
  const Matrix inputs = fixture["inputs"], weights = fixture["weights"];
  const Vector bias = fixture["bias"];
  CHECK(largest_difference(linear(inputs, weights, bias), fixture["outputs"]) < 1e-5);

  Matrix input_gradient(4, 5), weight_gradient = Matrix::Zero(5, 3);
  Vector bias_gradient = Vector::Zero(3);
  linear_backward(fixture["output_gradient"], inputs, weights, input_gradient, weight_gradient,
                  bias_gradient);
  CHECK(largest_difference(input_gradient, fixture["input_gradient"]) < 1e-5);
  CHECK(largest_difference(weight_gradient, fixture["weight_gradient"]) < 1e-5);
  CHECK(largest_difference(bias_gradient, fixture["bias_gradient"]) < 1e-5);
}

TEST_CASE("the backward pass of a linear layer adds to the parameters' gradients") {
  const Matrix inputs = Matrix::Constant(1, 1, 3), weights = Matrix::Constant(1, 1, 5);
  Matrix input_gradient = Matrix::Constant(1, 1, 100);
  Matrix weight_gradient = Matrix::Constant(1, 1, 100);
  Vector bias_gradient = Vector::Constant(1, 100);
  linear_backward(Matrix::Constant(1, 1, 2), inputs, weights, input_gradient, weight_gradient,
                  bias_gradient);
  CHECK(input_gradient(0, 0) == 10);
  CHECK(weight_gradient(0, 0) == 106);
  CHECK(bias_gradient(0) == 102);
}

TEST_CASE("a linear layer reads views of larger matrices") {
  const Matrix whole = Matrix::Random(6, 7);
  const Matrix part = whole.block(1, 2, 3, 4), weights = Matrix::Random(4, 2);
  const Vector bias = Vector::Random(2);
  CHECK(largest_difference(linear(whole.block(1, 2, 3, 4), weights, bias),
                           linear(part, weights, bias)) < 1e-6);
}

TEST_CASE("a linear layer of the wrong shape names both shapes") {
  const Matrix inputs = Matrix::Zero(2, 3), weights = Matrix::Zero(4, 5);
  CHECK_THROWS_WITH(linear(inputs, weights, Vector::Zero(5)),
                    "linear: weights is (4, 5), expected (3, 5)");
  CHECK_THROWS_WITH(linear(inputs, Matrix::Zero(3, 5), Vector::Zero(4)),
                    "linear: bias is (1, 4), expected (1, 5)");

  Matrix input_gradient(2, 3), weight_gradient(3, 5);
  Vector bias_gradient(5);
  CHECK_THROWS_WITH(linear_backward(Matrix::Zero(1, 5), inputs, Matrix::Zero(3, 5), input_gradient,
                                    weight_gradient, bias_gradient),
                    "linear_backward: output_gradient is (1, 5), expected (2, 5)");
}
