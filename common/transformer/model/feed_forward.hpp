#pragma once

#include "common/transformer/model/config.hpp"

namespace llm {

/// SwiGLU (Shazeer 2020, "GLU Variants Improve Transformer"): the left half of expanded (n,
/// 2 hidden), the gates, passes through SiLU and multiplies the right half: activated (n, hidden).
void swiglu_forward(const MatrixRef& expanded, MatrixOut activated);

/// Backward of swiglu_forward: the gradient of activated (n, hidden) becomes that of expanded,
/// which replaces `expanded` itself.
void swiglu_backward(const MatrixRef& activated_gradient, MatrixOut expanded);

/// The non-linearity between the two layers of a feed-forward layer: expanded (n, hidden), or (n,
/// 2 hidden) with SwiGLU, to activated (n, hidden).
void activate(FeedForward kind, const MatrixRef& expanded, MatrixOut activated);

/// Backward of activate: the gradient of activated (n, hidden) becomes that of expanded, which
/// replaces `expanded` itself.
void activate_backward(FeedForward kind, const MatrixRef& activated_gradient, MatrixOut expanded);

}  // namespace llm
