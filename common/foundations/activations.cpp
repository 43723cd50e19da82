#include "common/foundations/activations.hpp"

namespace llm {

namespace {

/// The entries of a matrix, one by one, to calculate with.
using Array = Eigen::Array<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The two constants of GELU's formula in tanh: √(2/π), and the weight of the cube.
constexpr Real gelu_scale = static_cast<Real>(0.7978845608028654);
constexpr Real gelu_cube = static_cast<Real>(0.044715);

/// tanh(√(2/π) (x + 0.044715 x³)) for every entry x of `inputs`: nearly 2 Φ(x) - 1.
Array gelu_tanh(const MatrixRef& inputs) {
  const auto x = inputs.array();
  return (gelu_scale * (x + gelu_cube * x.cube())).tanh();
}

/// 1 / (1 + exp(-x)) for every entry x of `inputs`.
Array sigmoid(const MatrixRef& inputs) {
  return 1 / (1 + (-inputs.array()).exp());
}

}  // namespace

Matrix relu(const MatrixRef& inputs) {
  return inputs.cwiseMax(Real{0});
}

Matrix relu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs) {
  check_shape("relu_backward: output_gradient", output_gradient, inputs.rows(), inputs.cols());
  return (inputs.array() > 0).select(output_gradient.array(), Real{0});
}

Matrix gelu(const MatrixRef& inputs) {
  return Real{0.5} * inputs.array() * (1 + gelu_tanh(inputs));
}

Matrix gelu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs) {
  check_shape("gelu_backward: output_gradient", output_gradient, inputs.rows(), inputs.cols());
  const auto x = inputs.array();
  const Array tanh = gelu_tanh(inputs);
  const auto inner_slope = gelu_scale * (1 + 3 * gelu_cube * x.square());
  const auto slope = Real{0.5} * ((1 + tanh) + x * (1 - tanh.square()) * inner_slope);
  return output_gradient.array() * slope;
}

Matrix silu(const MatrixRef& inputs) {
  return inputs.array() * sigmoid(inputs);
}

Matrix silu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs) {
  check_shape("silu_backward: output_gradient", output_gradient, inputs.rows(), inputs.cols());
  const auto x = inputs.array();
  const Array gate = sigmoid(inputs);
  const auto slope = gate * (1 + x * (1 - gate));
  return output_gradient.array() * slope;
}

}  // namespace llm
