#include "common/foundations/activations.hpp"

#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

/// The gradient of an activation's inputs as a new matrix.
template <auto backward>
Matrix back(const MatrixRef& output_gradient, const MatrixRef& inputs) {
  Matrix input_gradient(inputs.rows(), inputs.cols());
  backward(output_gradient, inputs, input_gradient);
  return input_gradient;
}

}  // namespace

TEST_CASE("ReLU, GELU and SiLU agree with PyTorch, forward and backward") {
  struct Activation {
    const char* name;
    Matrix (*forward)(const MatrixRef&);
    Matrix (*backward)(const MatrixRef&, const MatrixRef&);
  };
  for (const Activation& activation : {Activation{"relu", relu, back<relu_backward>},
                                       Activation{"gelu", gelu, back<gelu_backward>},
                                       Activation{"silu", silu, back<silu_backward>}}) {
    INFO(activation.name);
    const auto fixture = read_fixture(std::string("foundations_") + activation.name);
    const Matrix inputs = matrix_from(fixture["inputs"]);
    CHECK(largest_difference(activation.forward(inputs), matrix_from(fixture["outputs"])) < 1e-5);
    const Matrix change = matrix_from(fixture["output_gradient"]);
    CHECK(largest_difference(activation.backward(change, inputs),
                             matrix_from(fixture["input_gradient"])) < 1e-5);
  }
}

TEST_CASE("far out every activation is ReLU, and so is its slope") {
  Matrix inputs(1, 6), slopes(1, 6);
  inputs << Real(-1e10), -200, -100, 100, 200, Real(1e10);
  slopes << 3, -2, 5, 3, -2, 5;
  for (auto forward : {relu, gelu, silu}) {
    CHECK(largest_difference(forward(inputs), inputs.cwiseMax(Real(0))) < 1e-20);
  }
  Matrix expected(1, 6);
  expected << 0, 0, 0, 3, -2, 5;
  for (auto backward : {back<relu_backward>, back<gelu_backward>, back<silu_backward>}) {
    CHECK(largest_difference(backward(slopes, inputs), expected) < 1e-20);
  }
}

TEST_CASE("the slope of ReLU at its corner is 0") {
  CHECK(back<relu_backward>(Matrix::Ones(1, 1), Matrix::Zero(1, 1))(0, 0) == 0);
}

TEST_CASE("a gradient of the wrong shape is refused with both shapes") {
  for (auto backward : {back<relu_backward>, back<gelu_backward>, back<silu_backward>}) {
    CHECK_THROWS_WITH(backward(Matrix::Zero(2, 3), Matrix::Zero(2, 4)),
                      Catch::Contains("(2, 3)") && Catch::Contains("(2, 4)"));
    CHECK_THROWS_WITH(backward(Matrix::Zero(3, 4), Matrix::Zero(2, 4)),
                      Catch::Contains("(3, 4)") && Catch::Contains("(2, 4)"));
  }
}

TEST_CASE("activations and their gradients may be computed in place") {
  Matrix inputs(2, 3), change(2, 3);
  inputs << -2, -1, Real(-0.5), Real(0.5), 1, 2;
  change << 1, 2, 3, 4, 5, 6;
  Matrix outputs = inputs;
  gelu_forward(outputs, outputs);
  CHECK(outputs == gelu(inputs));
  const Matrix expected = back<gelu_backward>(change, inputs);
  Matrix in_inputs = inputs, in_change = change;
  gelu_backward(change, in_inputs, in_inputs);
  gelu_backward(in_change, inputs, in_change);
  CHECK(in_inputs == expected);
  CHECK(in_change == expected);
}
