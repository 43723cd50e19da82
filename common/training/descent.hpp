#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// One step of gradient descent with momentum: the velocity keeps the share `momentum` of itself
/// and takes in the gradient, and the parameter moves by -rate times its velocity. `velocity` and
/// `gradient` have the shape of `parameter`; a momentum of 0 is plain gradient descent
/// (Polyak 1964, "Some Methods of Speeding Up the Convergence of Iteration Methods").
void momentum_step(MatrixOut parameter, MatrixOut velocity, const MatrixRef& gradient, Real rate,
                   Real momentum);

}  // namespace llm
