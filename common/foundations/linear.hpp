#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// A linear layer: every row x of `inputs` (n, d_in) becomes x W + b, with `weights` W (d_in,
/// d_out) and `bias` b (d_out). Returns (n, d_out).
Matrix linear(const MatrixRef& inputs, const MatrixRef& weights, const VectorRef& bias);

/// The backward pass of linear. From `output_gradient` (n, d_out), the derivative of the loss by
/// the layer's outputs, it writes `input_gradient` (n, d_in), and adds to what `weight_gradient`
/// (d_in, d_out) and `bias_gradient` (d_out) hold.
void linear_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                     const MatrixRef& weights, MatrixOut input_gradient, MatrixOut weight_gradient,
                     VectorOut bias_gradient);

}  // namespace llm
