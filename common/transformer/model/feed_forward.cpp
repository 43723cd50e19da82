#include "common/transformer/model/feed_forward.hpp"

#include <algorithm>

#include "common/foundations/activations.hpp"

namespace llm {

namespace {

/// As many columns as swiglu_backward takes at a time, which it keeps on the stack.
constexpr Index piece_columns = 256;

/// One piece of a row.
using Piece = Eigen::Matrix<Real, 1, Eigen::Dynamic, Eigen::RowMajor, 1, piece_columns>;

/// How many columns the first layer makes for those of `activated`.
Index expanded_columns(FeedForward kind, const MatrixRef& activated) {
  return kind == FeedForward::swiglu ? 2 * activated.cols() : activated.cols();
}

}  // namespace

void swiglu_forward(const MatrixRef& expanded, MatrixOut activated) {
  const Index hidden = activated.cols();
  check_shape("swiglu: expanded", expanded, activated.rows(), 2 * hidden);
  silu_forward(expanded.leftCols(hidden), activated);
  activated.array() *= expanded.rightCols(hidden).array();
}

void swiglu_backward(const MatrixRef& activated_gradient, MatrixOut expanded) {
  const Index hidden = activated_gradient.cols();
  check_shape("swiglu_backward: expanded", expanded, activated_gradient.rows(), 2 * hidden);
  for (Index row = 0; row < expanded.rows(); ++row) {
    for (Index first = 0; first < hidden; first += piece_columns) {
      const Index columns = std::min(piece_columns, hidden - first);
      const auto change = activated_gradient.block(row, first, 1, columns);
      MatrixOut gate = expanded.block(row, first, 1, columns);
      MatrixOut value = expanded.block(row, hidden + first, 1, columns);
      Piece opened(1, columns);
      silu_forward(gate, opened);
      const Piece gate_change = change.cwiseProduct(value);
      value = change.cwiseProduct(opened);
      silu_backward(gate_change, gate, gate);
    }
  }
}

void activate(FeedForward kind, const MatrixRef& expanded, MatrixOut activated) {
  check_shape("activate: expanded", expanded, activated.rows(), expanded_columns(kind, activated));
  switch (kind) {
    case FeedForward::relu:
      return relu_forward(expanded, activated);
    case FeedForward::gelu:
      return gelu_forward(expanded, activated);
    case FeedForward::swiglu:
      return swiglu_forward(expanded, activated);
  }
}

void activate_backward(FeedForward kind, const MatrixRef& activated_gradient, MatrixOut expanded) {
  check_shape("activate_backward: expanded", expanded, activated_gradient.rows(),
              expanded_columns(kind, activated_gradient));
  switch (kind) {
    case FeedForward::relu:
      return relu_backward(activated_gradient, expanded, expanded);
    case FeedForward::gelu:
      return gelu_backward(activated_gradient, expanded, expanded);
    case FeedForward::swiglu:
      return swiglu_backward(activated_gradient, expanded);
  }
}

}  // namespace llm
