#include "common/foundations/activations.hpp"

#include <algorithm>

namespace llm {

namespace {

/// The two constants of GELU's formula in tanh: √(2/π), and the weight of the cube.
constexpr Real gelu_scale = static_cast<Real>(0.7978845608028654);
constexpr Real gelu_cube = static_cast<Real>(0.044715);

/// 1 / (1 + exp(-x)) for every entry.
auto logistic(const auto& x) {
  return ((-x).exp() + 1).inverse();
}

/// 2u with u = √(2/π) (x + 0.044715 x³): GELU is x times the logistic function of it, because
/// (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u)).
auto gelu_argument(const auto& x) {
  return x * (x.square() * gelu_cube + 1) * (2 * gelu_scale);
}

/// As many columns as a backward pass takes at a time: their logistic values are used twice, and
/// stay on the stack between the two.
constexpr Index piece_columns = 256;

/// One piece of a row.
using Piece = Eigen::Array<Real, 1, Eigen::Dynamic, Eigen::RowMajor, 1, piece_columns>;

/// Calls `slope_times(change, x, gradient)` for the pieces of all rows, as arrays.
void for_each_piece(const MatrixRef& output_gradient, const MatrixRef& inputs,
                    MatrixOut input_gradient, const auto& slope_times) {
  check_shape("activation: output_gradient", output_gradient, inputs.rows(), inputs.cols());
  check_shape("activation: input_gradient", input_gradient, inputs.rows(), inputs.cols());
  for (Index row = 0; row < inputs.rows(); ++row) {
    for (Index first = 0; first < inputs.cols(); first += piece_columns) {
      const Index columns = std::min(piece_columns, inputs.cols() - first);
      slope_times(output_gradient.row(row).segment(first, columns).array(),
                  inputs.row(row).segment(first, columns).array(),
                  input_gradient.row(row).segment(first, columns).array());
    }
  }
}

}  // namespace

void relu_forward(const MatrixRef& inputs, MatrixOut outputs) {
  check_shape("relu: outputs", outputs, inputs.rows(), inputs.cols());
  outputs = inputs.cwiseMax(Real{0});
}

void relu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                   MatrixOut input_gradient) {
  for_each_piece(output_gradient, inputs, input_gradient,
                 [](const auto& change, const auto& x, auto gradient) {
                   gradient = (x > 0).select(change, Real{0});
                 });
}

void gelu_forward(const MatrixRef& inputs, MatrixOut outputs) {
  check_shape("gelu: outputs", outputs, inputs.rows(), inputs.cols());
  outputs = inputs.array() * logistic(gelu_argument(inputs.array()));
}

void gelu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                   MatrixOut input_gradient) {
  for_each_piece(output_gradient, inputs, input_gradient,
                 [](const auto& change, const auto& x, auto gradient) {
                   const Piece share = logistic(gelu_argument(x));
                   const auto slope = (x.square() * (3 * gelu_cube) + 1) * (2 * gelu_scale);
                   gradient = change * share * (x * (1 - share) * slope + 1);
                 });
}

void silu_forward(const MatrixRef& inputs, MatrixOut outputs) {
  check_shape("silu: outputs", outputs, inputs.rows(), inputs.cols());
  outputs = inputs.array() * logistic(inputs.array());
}

void silu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                   MatrixOut input_gradient) {
  for_each_piece(output_gradient, inputs, input_gradient,
                 [](const auto& change, const auto& x, auto gradient) {
                   const Piece share = logistic(x);
                   gradient = change * share * (x * (1 - share) + 1);
                 });
}

Matrix relu(const MatrixRef& inputs) {
  Matrix outputs(inputs.rows(), inputs.cols());
  relu_forward(inputs, outputs);
  return outputs;
}

Matrix gelu(const MatrixRef& inputs) {
  Matrix outputs(inputs.rows(), inputs.cols());
  gelu_forward(inputs, outputs);
  return outputs;
}

Matrix silu(const MatrixRef& inputs) {
  Matrix outputs(inputs.rows(), inputs.cols());
  silu_forward(inputs, outputs);
  return outputs;
}

}  // namespace llm
