#pragma once

#include "common/transformer/config.hpp"

namespace llm {

/// The non-linearity between the two layers of a feed-forward layer: expanded (n, hidden), or
/// (n, 2 hidden) with SwiGLU, where the gates come first, to activated (n, hidden).
void activate(FeedForward kind, const MatrixRef& expanded, MatrixOut activated);

/// Backward of activate: the gradient of activated (n, hidden) becomes that of expanded, which
/// replaces `expanded` itself.
void activate_backward(FeedForward kind, const MatrixRef& activated_gradient, MatrixOut expanded);

}  // namespace llm
