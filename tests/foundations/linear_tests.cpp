#include "common/foundations/linear.hpp"

#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

TEST_CASE("a linear layer gives the numbers worked out by hand") {
  Matrix inputs(2, 3), weights(2, 3), expected(2, 2);
  Vector bias(2);
  inputs << 1, 2, 3, 0, -1, 1;
  weights << 1, 0, 2, 0, 1, -1;
  bias << 10, 20;
  expected << 17, 19, 12, 18;
  CHECK(linear(inputs, weights, bias) == expected);
}

TEST_CASE("a linear layer agrees with PyTorch, forward and backward") {
  const auto fixture = read_fixture("foundations_linear");
  const Matrix inputs = matrix_from(fixture["inputs"]), weights = matrix_from(fixture["weights"]);
  const Vector bias = matrix_from(fixture["bias"]);
  CHECK(largest_difference(linear(inputs, weights, bias), matrix_from(fixture["outputs"])) < 5e-6);

  Matrix input_gradient(4, 5), weight_gradient = Matrix::Zero(3, 5);
  Vector bias_gradient = Vector::Zero(3);
  linear_backward(matrix_from(fixture["output_gradient"]), inputs, weights, input_gradient,
                  weight_gradient, bias_gradient);
  CHECK(largest_difference(input_gradient, matrix_from(fixture["input_gradient"])) < 5e-6);
  CHECK(largest_difference(weight_gradient, matrix_from(fixture["weight_gradient"])) < 5e-6);
  CHECK(largest_difference(bias_gradient, matrix_from(fixture["bias_gradient"])) < 5e-6);
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
  const Matrix part = whole.block(1, 2, 3, 4), weights = Matrix::Random(2, 4);
  const Vector bias = Vector::Random(2);
  const Matrix expected = (part * weights.transpose()).rowwise() + bias;
  CHECK(largest_difference(linear(whole.block(1, 2, 3, 4), weights, bias), expected) < 1e-6);
}

TEST_CASE("a linear layer of the wrong shape names both shapes") {
  const Matrix inputs = Matrix::Zero(2, 3);
  CHECK_THROWS_WITH(linear(inputs, Matrix::Zero(5, 4), Vector::Zero(5)),
                    "linear: weights is (5, 4), expected (5, 3)");
  CHECK_THROWS_WITH(linear(inputs, Matrix::Zero(5, 3), Vector::Zero(4)),
                    "linear: bias is (1, 4), expected (1, 5)");
  Matrix outputs(2, 4);
  CHECK_THROWS_WITH(linear_forward(inputs, Matrix::Zero(5, 3), Vector(), outputs),
                    "linear: outputs is (2, 4), expected (2, 5)");
}

TEST_CASE("the backward pass of a linear layer refuses each argument of the wrong shape by name") {
  struct Shapes {
    Matrix output_gradient = Matrix::Zero(2, 5), inputs = Matrix::Zero(2, 3),
           weights = Matrix::Zero(5, 3), input_gradient = Matrix::Zero(2, 3),
           weight_gradient = Matrix::Zero(5, 3);
    Vector bias_gradient = Vector::Zero(5);

    void backward() {
      linear_backward(output_gradient, inputs, weights, input_gradient, weight_gradient,
                      bias_gradient);
    }
  };
  Shapes right, rows, columns, inner, input_rows, input_columns, weight_rows, weight_columns, bias;
  CHECK_NOTHROW(right.backward());
  rows.output_gradient.resize(1, 5);
  CHECK_THROWS_WITH(rows.backward(), "linear_backward: output_gradient is (1, 5), expected (2, 5)");
  columns.output_gradient.resize(2, 4);
  CHECK_THROWS_WITH(columns.backward(),
                    "linear_backward: weight_gradient is (5, 3), expected (4, 3)");
  inner.weights.resize(5, 2);
  CHECK_THROWS_WITH(inner.backward(), "linear_backward: weights is (5, 2), expected (5, 3)");
  input_rows.input_gradient.resize(3, 3);
  CHECK_THROWS_WITH(input_rows.backward(),
                    "linear_backward: input_gradient is (3, 3), expected (2, 3)");
  input_columns.input_gradient.resize(2, 2);
  CHECK_THROWS_WITH(input_columns.backward(),
                    "linear_backward: weights is (5, 3), expected (5, 2)");
  weight_rows.weight_gradient.resize(3, 3);
  CHECK_THROWS_WITH(weight_rows.backward(),
                    "linear_backward: weight_gradient is (3, 3), expected (5, 3)");
  weight_columns.weight_gradient.resize(5, 5);
  CHECK_THROWS_WITH(weight_columns.backward(),
                    "linear_backward: weight_gradient is (5, 5), expected (5, 3)");
  bias.bias_gradient.resize(3);
  CHECK_THROWS_WITH(bias.backward(), "linear_backward: bias_gradient is (1, 3), expected (1, 5)");
}
