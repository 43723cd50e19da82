#pragma once

#include "common/transformer/model/parameters.hpp"

namespace llm {

/// LayerNorm (Ba, Kiros & Hinton 2016): each row of inputs (n, d) to mean 0 and variance 1, then
/// times gain (d) plus bias (d; empty for none), into outputs (n, d), which may be the inputs.
void layer_norm_forward(const MatrixRef& inputs, const VectorRef& gain, const VectorRef& bias,
                        double epsilon, MatrixOut outputs);

/// Backward of layer_norm_forward. It recomputes mean and variance from the inputs. The gradients
/// of gain and bias are added, that of the inputs (n, d) is written; it may lie where
/// output_gradient does.
void layer_norm_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                         const VectorRef& gain, double epsilon, MatrixOut input_gradient,
                         VectorOut gain_gradient, VectorOut bias_gradient);

/// RMSNorm (Zhang & Sennrich 2019): each row of inputs (n, d) divided by the root of its mean
/// square, then times gain (d), into outputs (n, d), which may be the inputs.
void rms_norm_forward(const MatrixRef& inputs, const VectorRef& gain, double epsilon,
                      MatrixOut outputs);

/// Backward of rms_norm_forward. The gradient of gain is added, that of the inputs (n, d) is
/// written; it may lie where output_gradient does.
void rms_norm_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                       const VectorRef& gain, double epsilon, MatrixOut input_gradient,
                       VectorOut gain_gradient);

/// The norm that the configuration chooses, inputs (n, d) to outputs (n, d).
void norm_forward(const GptConfig& config, const NormParameters& parameters,
                  const MatrixRef& inputs, MatrixOut outputs);

/// Backward of norm_forward: gradients of the parameters are added, that of the inputs is written.
void norm_backward(const GptConfig& config, const NormParameters& parameters,
                   const MatrixRef& output_gradient, const MatrixRef& inputs,
                   MatrixOut input_gradient, NormParameters& gradients);

}  // namespace llm
