#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// A linear layer: every row x of `inputs` (n, d_in) becomes x Wᵀ + b in `outputs` (n, d_out). A
/// row of `weights` W (d_out, d_in) is the question behind one output; `bias` b (d_out) may be
/// empty.
void linear_forward(const MatrixRef& inputs, const MatrixRef& weights, const VectorRef& bias,
                    MatrixOut outputs);

/// The same, into a new matrix (n, d_out).
Matrix linear(const MatrixRef& inputs, const MatrixRef& weights, const VectorRef& bias);

/// The backward pass of linear_forward. From `output_gradient` (n, d_out), the derivative of the
/// loss by the layer's outputs, it writes `input_gradient` (n, d_in), and adds to what
/// `weight_gradient` (d_out, d_in) and `bias_gradient` (d_out, or empty) hold.
void linear_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                     const MatrixRef& weights, MatrixOut input_gradient, MatrixOut weight_gradient,
                     VectorOut bias_gradient);

/// The part of linear_backward that goes on to the layer before: writes `input_gradient` (n, d_in).
void linear_backward_inputs(const MatrixRef& output_gradient, const MatrixRef& weights,
                            MatrixOut input_gradient);

/// The part of linear_backward that stays with the layer: adds to the gradients of its parameters.
void linear_backward_parameters(const MatrixRef& output_gradient, const MatrixRef& inputs,
                                MatrixOut weight_gradient, VectorOut bias_gradient);

}  // namespace llm
