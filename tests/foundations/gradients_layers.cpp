#include "common/foundations/activations.hpp"
#include "common/foundations/gradient_check.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

TEST_CASE("the gradients of a linear layer agree with finite differences") {
  Generator generator(1);
  Matrix inputs = random_normal(4, 5, generator), weights = random_normal(3, 5, generator);
  Vector bias = random_normal(1, 3, generator);
  const Matrix target = random_normal(4, 3, generator);
  const auto loss = [&] {
    return (linear(inputs, weights, bias).array() * target.array()).square().sum();
  };
  const Matrix outputs = linear(inputs, weights, bias);
  const Matrix output_gradient = 2 * outputs.array() * target.array().square();
  Matrix input_gradient(4, 5), weight_gradient = Matrix::Zero(3, 5);
  Vector bias_gradient = Vector::Zero(3);
  linear_backward(output_gradient, inputs, weights, input_gradient, weight_gradient, bias_gradient);

  CHECK(gradient_error(span_of(input_gradient), finite_differences(loss, span_of(inputs))) < 1e-7);
  CHECK(gradient_error(span_of(weight_gradient), finite_differences(loss, span_of(weights))) <
        1e-7);
  CHECK(gradient_error(span_of(bias_gradient), finite_differences(loss, span_of(bias))) < 1e-7);
}

TEST_CASE("the gradients of ReLU, GELU and SiLU agree with finite differences") {
  Generator generator(2);
  Matrix inputs = random_normal(6, 7, generator, 2);
  const Matrix target = random_normal(6, 7, generator);
  const auto check = [&](auto forward, auto backward) {
    const auto loss = [&] { return (forward(inputs).array() * target.array()).sum(); };
    Matrix input_gradient(6, 7);
    backward(target, inputs, input_gradient);
    CHECK(gradient_error(span_of(input_gradient), finite_differences(loss, span_of(inputs))) <
          1e-7);
  };
  check(relu, relu_backward);
  check(gelu, gelu_backward);
  check(silu, silu_backward);
}
