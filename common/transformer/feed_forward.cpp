#include "common/transformer/feed_forward.hpp"

#include <algorithm>
#include <numbers>

namespace llm {

namespace {

/// 1 / (1 + exp(-x)) for every entry.
auto logistic_of(const auto& x) {
  return ((-x).exp() + 1).inverse();
}

constexpr Real gelu_slope = static_cast<Real>(2 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi);
constexpr Real gelu_cubic = static_cast<Real>(0.044715);

/// GELU's tanh form is x times the logistic function of this, since (1 + tanh(u)) / 2 is that of
/// 2u.
auto gelu_argument(const auto& x) {
  return x * (x.square() * gelu_cubic + 1) * gelu_slope;
}

/// As many columns as the backward pass takes at a time: their logistic values are used twice, and
/// stay on the stack between the two.
constexpr Index piece_columns = 256;

/// One piece of a row.
using Piece = Eigen::Array<Real, 1, Eigen::Dynamic, Eigen::RowMajor, 1, piece_columns>;

/// Backward of GELU for one piece of a row: x becomes its gradient.
void gelu_backward(const auto& change, auto x) {
  const Piece share = logistic_of(gelu_argument(x));
  const auto slope = (x.square() * (3 * gelu_cubic) + 1) * gelu_slope;
  x = change * share * (x * (1 - share) * slope + 1);
}

/// Backward of SwiGLU for one piece of a row: gate and value become their gradients.
void swiglu_backward(const auto& change, auto gate, auto value) {
  const Piece share = logistic_of(gate);
  const Piece value_change = change * gate * share;
  gate = change * value * share * (gate * (1 - share) + 1);
  value = value_change;
}

}  // namespace

void activate(FeedForward kind, const MatrixRef& expanded, MatrixOut activated) {
  const Index hidden = activated.cols();
  check_shape("activate: expanded", expanded, activated.rows(),
              kind == FeedForward::swiglu ? 2 * hidden : hidden);
  for (Index row = 0; row < expanded.rows(); ++row) {
    const auto x = expanded.row(row).head(hidden).array();
    auto y = activated.row(row).array();
    if (kind == FeedForward::relu) {
      y = x.max(Real(0));
    } else if (kind == FeedForward::gelu) {
      y = x * logistic_of(gelu_argument(x));
    } else {
      y = x * logistic_of(x) * expanded.row(row).tail(hidden).array();
    }
  }
}

void activate_backward(FeedForward kind, const MatrixRef& activated_gradient, MatrixOut expanded) {
  const Index hidden = activated_gradient.cols();
  check_shape("activate_backward: expanded", expanded, activated_gradient.rows(),
              kind == FeedForward::swiglu ? 2 * hidden : hidden);
  for (Index row = 0; row < expanded.rows(); ++row) {
    for (Index first = 0; first < hidden; first += piece_columns) {
      const Index columns = std::min(piece_columns, hidden - first);
      const auto change = activated_gradient.row(row).segment(first, columns).array();
      auto x = expanded.row(row).segment(first, columns).array();
      if (kind == FeedForward::relu) {
        x = (x > 0).select(change, Real(0));
      } else if (kind == FeedForward::gelu) {
        gelu_backward(change, x);
      } else {
        swiglu_backward(change, x, expanded.row(row).segment(hidden + first, columns).array());
      }
    }
  }
}

}  // namespace llm
