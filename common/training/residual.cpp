#include "common/training/residual.hpp"

namespace llm {

void residual_add(MatrixOut stream, const MatrixRef& update) {
  check_shape("residual_add: update", update, stream.rows(), stream.cols());
  stream += update;
}

void residual_add_backward(MatrixOut stream_gradient, const MatrixRef& branch_gradient) {
  check_shape("residual_add_backward: branch_gradient", branch_gradient, stream_gradient.rows(),
              stream_gradient.cols());
  stream_gradient += branch_gradient;
}

}  // namespace llm
