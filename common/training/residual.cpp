#include "common/training/residual.hpp"

namespace llm {

void residual_forward(const MatrixRef& stream, const MatrixRef& update, MatrixOut sum) {
  check_shape("residual_forward: update", update, stream.rows(), stream.cols());
  check_shape("residual_forward: sum", sum, stream.rows(), stream.cols());
  sum = stream + update;
}

void residual_backward(const MatrixRef& sum_gradient, const MatrixRef& branch_gradient,
                       MatrixOut stream_gradient) {
  check_shape("residual_backward: branch_gradient", branch_gradient, sum_gradient.rows(),
              sum_gradient.cols());
  check_shape("residual_backward: stream_gradient", stream_gradient, sum_gradient.rows(),
              sum_gradient.cols());
  stream_gradient = sum_gradient + branch_gradient;
}

}  // namespace llm
