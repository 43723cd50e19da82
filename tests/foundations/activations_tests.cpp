#include "common/foundations/activations.hpp"

#include <cmath>

#include "tests/catch.hpp"
#include "tests/foundations/fixture.hpp"

using namespace llm;

TEST_CASE("ReLU, GELU and SiLU agree with PyTorch, forward and backward") {
  struct Activation {
    const char* file;
    Matrix (*forward)(const MatrixRef&);
    Matrix (*backward)(const MatrixRef&, const MatrixRef&);
  };
  for (const Activation& activation : {Activation{"foundations_relu.json", relu, relu_backward},
                                       Activation{"foundations_gelu.json", gelu, gelu_backward},
                                       Activation{"foundations_silu.json", silu, silu_backward}}) {
    INFO(activation.file);
    const Fixture fixture(activation.file);
    const Matrix inputs = fixture["inputs"];
    CHECK(largest_difference(activation.forward(inputs), fixture["outputs"]) < 1e-5);
    CHECK(largest_difference(activation.backward(fixture["output_gradient"], inputs),
                             fixture["input_gradient"]) < 1e-5);
  }
}

TEST_CASE("activations of very large inputs are finite") {
  Matrix inputs(1, 4);
  inputs << -1e10f, -200, 200, 1e10f;
  const Matrix ones = Matrix::Ones(1, 4);
  for (auto forward : {relu, gelu, silu}) {
    CHECK(forward(inputs).isApprox(relu(inputs)));
  }
  for (auto backward : {relu_backward, gelu_backward, silu_backward}) {
    CHECK(backward(ones, inputs).isApprox(relu_backward(ones, inputs)));
  }
}

TEST_CASE("the slope of ReLU at its corner is 0") {
  CHECK(relu_backward(Matrix::Ones(1, 1), Matrix::Zero(1, 1))(0, 0) == 0);
}

TEST_CASE("a gradient of the wrong shape is refused with both shapes") {
  for (auto backward : {relu_backward, gelu_backward, silu_backward}) {
    CHECK_THROWS_WITH(backward(Matrix::Zero(2, 3), Matrix::Zero(2, 4)),
                      Catch::Contains("(2, 3)") && Catch::Contains("(2, 4)"));
  }
}
