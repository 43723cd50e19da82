#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// Adds a layer's output `update` to the residual `stream`, both (T, d): stream += update
/// (He et al. 2016, "Deep Residual Learning for Image Recognition").
void residual_add(MatrixOut stream, const MatrixRef& update);

/// The way back. `stream_gradient` (T, d) holds the gradient of the stream after the addition,
/// which is also the gradient of the update; `branch_gradient` (T, d) is what the layer made of it,
/// the gradient of the loss with respect to its input. Their sum, the gradient of the stream before
/// the addition, is left in `stream_gradient`.
void residual_add_backward(MatrixOut stream_gradient, const MatrixRef& branch_gradient);

}  // namespace llm
