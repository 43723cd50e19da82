#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

// Each activation works on matrices of one shape, entry by entry. The outputs may lie where the
// inputs do, and the gradient of the inputs where either of the matrices lies that it is made from.

/// max(x, 0) for every entry
/// (Nair & Hinton 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines").
void relu_forward(const MatrixRef& inputs, MatrixOut outputs);

/// The derivative of the loss by the inputs of ReLU, from the derivative by its outputs. At 0,
/// where ReLU has a corner, its slope counts as 0.
void relu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                   MatrixOut input_gradient);

/// x Φ(x) for every entry, with Φ the distribution function of the normal distribution, by the
/// formula in tanh that GPT-2 uses
/// (Hendrycks & Gimpel 2016, "Gaussian Error Linear Units (GELUs)").
void gelu_forward(const MatrixRef& inputs, MatrixOut outputs);

/// The derivative of the loss by the inputs of GELU, from the derivative by its outputs.
void gelu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                   MatrixOut input_gradient);

/// x / (1 + exp(-x)) for every entry, also called swish
/// (Elfwing, Uchibe & Doya 2018, "Sigmoid-Weighted Linear Units for Neural Network Function
/// Approximation in Reinforcement Learning").
void silu_forward(const MatrixRef& inputs, MatrixOut outputs);

/// The derivative of the loss by the inputs of SiLU, from the derivative by its outputs.
void silu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                   MatrixOut input_gradient);

/// The outputs of relu_forward as a new matrix.
Matrix relu(const MatrixRef& inputs);

/// The outputs of gelu_forward as a new matrix.
Matrix gelu(const MatrixRef& inputs);

/// The outputs of silu_forward as a new matrix.
Matrix silu(const MatrixRef& inputs);

}  // namespace llm
