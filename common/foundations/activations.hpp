#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// max(x, 0) for every entry, in the shape of `inputs`
/// (Nair & Hinton 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines").
Matrix relu(const MatrixRef& inputs);

/// The derivative of the loss by the inputs of relu, from the derivative by its outputs. At 0,
/// where ReLU has a corner, its slope counts as 0.
Matrix relu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs);

/// x Φ(x) for every entry, with Φ the distribution function of the normal distribution, by the
/// formula in tanh that GPT-2 uses
/// (Hendrycks & Gimpel 2016, "Gaussian Error Linear Units (GELUs)").
Matrix gelu(const MatrixRef& inputs);

/// The derivative of the loss by the inputs of gelu, from the derivative by its outputs.
Matrix gelu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs);

/// x / (1 + exp(-x)) for every entry, also called swish
/// (Elfwing, Uchibe & Doya 2018, "Sigmoid-Weighted Linear Units for Neural Network Function
/// Approximation in Reinforcement Learning").
Matrix silu(const MatrixRef& inputs);

/// The derivative of the loss by the inputs of silu, from the derivative by its outputs.
Matrix silu_backward(const MatrixRef& output_gradient, const MatrixRef& inputs);

}  // namespace llm
