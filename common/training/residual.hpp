#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// Adds a layer's output `update` to the residual `stream`, all (T, d): sum = stream + update,
/// where `sum` may lie where either of them does (He et al. 2016, "Deep Residual Learning for Image
/// Recognition").
void residual_forward(const MatrixRef& stream, const MatrixRef& update, MatrixOut sum);

/// The way back. `sum_gradient` (T, d) is the gradient of the stream after the addition, which is
/// also the gradient of the update; `branch_gradient` (T, d) is what the layer made of it, the
/// gradient of the loss with respect to the layer's input. Their sum, the gradient of the stream
/// before the addition, goes into `stream_gradient`, which may lie where either of them does.
void residual_backward(const MatrixRef& sum_gradient, const MatrixRef& branch_gradient,
                       MatrixOut stream_gradient);

}  // namespace llm
