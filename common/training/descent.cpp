#include "common/training/descent.hpp"

namespace llm {

void momentum_step(MatrixOut parameter, MatrixOut velocity, const MatrixRef& gradient, Real rate,
                   Real momentum) {
  check_shape("momentum_step: gradient", gradient, parameter.rows(), parameter.cols());
  check_shape("momentum_step: velocity", velocity, parameter.rows(), parameter.cols());
  velocity = momentum * velocity + gradient;
  parameter -= rate * velocity;
}

}  // namespace llm
