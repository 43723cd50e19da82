#include "common/foundations/linear.hpp"

#include "common/foundations/product.hpp"

namespace llm {

void linear_forward(const MatrixRef& inputs, const MatrixRef& weights, const VectorRef& bias,
                    MatrixOut outputs) {
  check_shape("linear: weights", weights, weights.rows(), inputs.cols());
  check_shape("linear: outputs", outputs, inputs.rows(), weights.rows());
  if (bias.size() > 0) {
    check_shape("linear: bias", bias, 1, weights.rows());
    multiply_transposed_bias(inputs, weights, bias, outputs);
  } else {
    multiply_transposed(inputs, weights, outputs);
  }
}

Matrix linear(const MatrixRef& inputs, const MatrixRef& weights, const VectorRef& bias) {
  Matrix outputs(inputs.rows(), weights.rows());
  linear_forward(inputs, weights, bias, outputs);
  return outputs;
}

void linear_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                     const MatrixRef& weights, MatrixOut input_gradient, MatrixOut weight_gradient,
                     VectorOut bias_gradient) {
  linear_backward_parameters(output_gradient, inputs, weight_gradient, bias_gradient);
  linear_backward_inputs(output_gradient, weights, input_gradient);
}

void linear_backward_inputs(const MatrixRef& output_gradient, const MatrixRef& weights,
                            MatrixOut input_gradient) {
  check_shape("linear_backward: weights", weights, output_gradient.cols(), input_gradient.cols());
  check_shape("linear_backward: input_gradient", input_gradient, output_gradient.rows(),
              weights.cols());
  multiply(output_gradient, weights, input_gradient);
}

void linear_backward_parameters(const MatrixRef& output_gradient, const MatrixRef& inputs,
                                MatrixOut weight_gradient, VectorOut bias_gradient) {
  check_shape("linear_backward: weight_gradient", weight_gradient, output_gradient.cols(),
              inputs.cols());
  check_shape("linear_backward: output_gradient", output_gradient, inputs.rows(),
              output_gradient.cols());
  transposed_multiply_add(output_gradient, inputs, weight_gradient);
  if (bias_gradient.size() == 0) return;
  check_shape("linear_backward: bias_gradient", bias_gradient, 1, output_gradient.cols());
  for (Index row = 0; row < output_gradient.rows(); ++row) {
    bias_gradient += output_gradient.row(row);
  }
}

}  // namespace llm
