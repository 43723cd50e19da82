#include "common/transformer/model/norms.hpp"

#include <cmath>

namespace llm {

namespace {

/// The mean of a row and 1 / √(variance + epsilon).
struct RowStatistics {
  Real mean, scale;
};

/// Mean and scale of one row of LayerNorm.
RowStatistics layer_norm_statistics(const VectorRef& row, double epsilon) {
  const Real mean = row.mean();
  const Real variance = (row.array() - mean).square().mean();
  return {mean, 1 / std::sqrt(variance + static_cast<Real>(epsilon))};
}

/// 1 / √(mean square + epsilon) of one row of RMSNorm.
Real rms_norm_scale(const VectorRef& row, double epsilon) {
  return 1 / std::sqrt(row.array().square().mean() + static_cast<Real>(epsilon));
}

}  // namespace

void layer_norm_forward(const MatrixRef& inputs, const VectorRef& gain, const VectorRef& bias,
                        double epsilon, MatrixOut outputs) {
  check_shape("layer_norm: gain", gain, 1, inputs.cols());
  if (bias.size() > 0) check_shape("layer_norm: bias", bias, 1, inputs.cols());
  check_shape("layer_norm: outputs", outputs, inputs.rows(), inputs.cols());
  for (Index row = 0; row < inputs.rows(); ++row) {
    const auto [mean, scale] = layer_norm_statistics(inputs.row(row), epsilon);
    outputs.row(row) = (inputs.row(row).array() - mean) * scale * gain.array();
    if (bias.size() > 0) outputs.row(row) += bias;
  }
}

void layer_norm_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                         const VectorRef& gain, double epsilon, MatrixOut input_gradient,
                         VectorOut gain_gradient, VectorOut bias_gradient) {
  check_shape("layer_norm_backward: output_gradient", output_gradient, inputs.rows(),
              inputs.cols());
  check_shape("layer_norm_backward: gain", gain, 1, inputs.cols());
  check_shape("layer_norm_backward: input_gradient", input_gradient, inputs.rows(), inputs.cols());
  check_shape("layer_norm_backward: gain_gradient", gain_gradient, 1, inputs.cols());
  if (bias_gradient.size() > 0) {
    check_shape("layer_norm_backward: bias_gradient", bias_gradient, 1, inputs.cols());
  }
  for (Index row = 0; row < inputs.rows(); ++row) {
    const auto [mean, scale] = layer_norm_statistics(inputs.row(row), epsilon);
    const auto normed = (inputs.row(row).array() - mean) * scale;
    const auto change = output_gradient.row(row).array();
    gain_gradient.array() += change * normed;
    if (bias_gradient.size() > 0) bias_gradient.array() += change;
    const Real along_mean = (change * gain.array()).mean();
    const Real along_normed = (change * gain.array() * normed).mean();
    input_gradient.row(row) = scale * (change * gain.array() - along_mean - normed * along_normed);
  }
}

void rms_norm_forward(const MatrixRef& inputs, const VectorRef& gain, double epsilon,
                      MatrixOut outputs) {
  check_shape("rms_norm: gain", gain, 1, inputs.cols());
  check_shape("rms_norm: outputs", outputs, inputs.rows(), inputs.cols());
  for (Index row = 0; row < inputs.rows(); ++row) {
    const Real scale = rms_norm_scale(inputs.row(row), epsilon);
    outputs.row(row) = inputs.row(row).array() * scale * gain.array();
  }
}

void rms_norm_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                       const VectorRef& gain, double epsilon, MatrixOut input_gradient,
                       VectorOut gain_gradient) {
  check_shape("rms_norm_backward: output_gradient", output_gradient, inputs.rows(), inputs.cols());
  check_shape("rms_norm_backward: gain", gain, 1, inputs.cols());
  check_shape("rms_norm_backward: input_gradient", input_gradient, inputs.rows(), inputs.cols());
  check_shape("rms_norm_backward: gain_gradient", gain_gradient, 1, inputs.cols());
  for (Index row = 0; row < inputs.rows(); ++row) {
    const Real scale = rms_norm_scale(inputs.row(row), epsilon);
    const auto normed = inputs.row(row).array() * scale;
    const auto change = output_gradient.row(row).array();
    gain_gradient.array() += change * normed;
    const Real along_normed = (change * gain.array() * normed).mean();
    input_gradient.row(row) = scale * (change * gain.array() - normed * along_normed);
  }
}

void norm_forward(const GptConfig& config, const NormParameters& parameters,
                  const MatrixRef& inputs, MatrixOut outputs) {
  if (config.norm == Norm::layer) {
    layer_norm_forward(inputs, parameters.gain, parameters.bias, config.norm_epsilon, outputs);
  } else {
    rms_norm_forward(inputs, parameters.gain, config.norm_epsilon, outputs);
  }
}

void norm_backward(const GptConfig& config, const NormParameters& parameters,
                   const MatrixRef& output_gradient, const MatrixRef& inputs,
                   MatrixOut input_gradient, NormParameters& gradients) {
  if (config.norm == Norm::layer) {
    layer_norm_backward(output_gradient, inputs, parameters.gain, config.norm_epsilon,
                        input_gradient, gradients.gain, gradients.bias);
  } else {
    rms_norm_backward(output_gradient, inputs, parameters.gain, config.norm_epsilon, input_gradient,
                      gradients.gain);
  }
}

}  // namespace llm
