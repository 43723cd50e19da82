#include "common/foundations/linear.hpp"

namespace llm {

Matrix linear(const MatrixRef& inputs, const MatrixRef& weights, const VectorRef& bias) {
  check_shape("linear: weights", weights, inputs.cols(), weights.cols());
  check_shape("linear: bias", bias, 1, weights.cols());
  Matrix outputs = inputs * weights;  // (n, d_out)
  outputs.rowwise() += bias;
  return outputs;
}

void linear_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                     const MatrixRef& weights, MatrixOut input_gradient, MatrixOut weight_gradient,
                     VectorOut bias_gradient) {
  check_shape("linear_backward: weights", weights, inputs.cols(), output_gradient.cols());
  check_shape("linear_backward: output_gradient", output_gradient, inputs.rows(), weights.cols());
  check_shape("linear_backward: input_gradient", input_gradient, inputs.rows(), inputs.cols());
  check_shape("linear_backward: weight_gradient", weight_gradient, weights.rows(), weights.cols());
  check_shape("linear_backward: bias_gradient", bias_gradient, 1, weights.cols());
  input_gradient.noalias() = output_gradient * weights.transpose();
  weight_gradient.noalias() += inputs.transpose() * output_gradient;
  bias_gradient += output_gradient.colwise().sum();
}

}  // namespace llm
