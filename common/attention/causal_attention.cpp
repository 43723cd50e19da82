#include "common/attention/causal_attention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "common/foundations/product.hpp"
#include "common/sequence/softmax.hpp"

namespace llm {

namespace {

/// Queries that are scored together: enough to keep the product busy, few enough that a block of
/// scores stays in the cache and little of it lies right of the diagonal.
constexpr Index block_queries = 32;

/// Some queries of one head: rows first to first + count - 1, which may look at `visible` keys in
/// all, the last of them being the last query's own.
struct QueryBlock {
  Index first, count, visible;

  /// How many keys row `row` of the block may look at.
  Index visible_to(Index row) const { return visible - count + 1 + row; }
};

/// The block that starts at query `first`.
QueryBlock query_block(Index first, Index queries, Index keys) {
  const Index count = std::min(block_queries, queries - first);
  return {first, count, keys - queries + first + count};
}

/// Turns each row of scores, times `scale`, into weights over the keys that it may look at, and
/// zeros beyond them; the log-sum-exp of row `row` goes into log_sums(row, 0).
void causal_softmax(const QueryBlock& block, Real scale, MatrixOut scores, MatrixOut log_sums) {
  for (Index row = 0; row < block.count; ++row) {
    const Index visible = block.visible_to(row);
    log_sums(row, 0) = softmax_row_in_place(scores.row(row).head(visible), scale);
    scores.row(row).tail(block.visible - visible).setZero();
  }
}

/// Throws std::invalid_argument unless the shapes fit the layout, each other and the workspace.
void check_attention(const MatrixRef& queries, const MatrixRef& keys, const MatrixRef& values,
                     const HeadLayout& layout, const AttentionWorkspace& workspace) {
  check_shape("causal_attention: queries", queries, queries.rows(), layout.width());
  check_shape("causal_attention: keys", keys, keys.rows(), layout.key_value_width());
  check_shape("causal_attention: values", values, keys.rows(), layout.key_value_width());
  if (queries.rows() > keys.rows() || keys.rows() > workspace.weights.cols()) {
    throw std::invalid_argument(
        fmt::format("causal_attention: {} queries of {} keys in a workspace for {}", queries.rows(),
                    keys.rows(), workspace.weights.cols()));
  }
}

}  // namespace

AttentionWorkspace::AttentionWorkspace(Index length)
    : weights(std::min(block_queries, length), length),
      score_gradient(std::min(block_queries, length), length) {}

void causal_attention_forward(const MatrixRef& queries, const MatrixRef& keys,
                              const MatrixRef& values, const HeadLayout& layout, MatrixOut outputs,
                              MatrixOut log_sums, AttentionWorkspace& workspace) {
  const Index width = layout.head_width;
  const Real scale = 1 / std::sqrt(static_cast<Real>(width));
  check_attention(queries, keys, values, layout, workspace);
  check_shape("causal_attention: outputs", outputs, queries.rows(), layout.width());
  check_shape("causal_attention: log_sums", log_sums, queries.rows(), layout.heads);
  for (Index head = 0; head < layout.heads; ++head) {
    const Index column = head * width, shared = layout.key_value_head(head) * width;
    for (Index first = 0; first < queries.rows(); first += block_queries) {
      const QueryBlock block = query_block(first, queries.rows(), keys.rows());
      MatrixOut weights = workspace.weights.topLeftCorner(block.count, block.visible);
      multiply_transposed(queries.block(first, column, block.count, width),
                          keys.block(0, shared, block.visible, width), weights);
      causal_softmax(block, scale, weights, log_sums.block(first, head, block.count, 1));
      multiply(weights, values.block(0, shared, block.visible, width),
               outputs.block(first, column, block.count, width));
    }
  }
}

namespace {

/// Computes the weights of a block of queries again from its scores, and, from the gradient of the
/// weights, the gradient of the scores, in place of both. `outputs` and `output_gradient` are the
/// block's rows of one head.
void causal_softmax_backward(const QueryBlock& block, Real scale, const MatrixRef& outputs,
                             const MatrixRef& output_gradient, const MatrixRef& log_sums,
                             MatrixOut weights, MatrixOut gradient) {
  for (Index row = 0; row < block.count; ++row) {
    const Index visible = block.visible_to(row), hidden = block.visible - visible;
    const Real mean = outputs.row(row).dot(output_gradient.row(row));
    auto seen = weights.row(row).head(visible).array();
    auto change = gradient.row(row).head(visible).array();
    seen = (seen * scale - log_sums(row, 0)).exp();
    change = seen * (change - mean) * scale;
    weights.row(row).tail(hidden).setZero();
    gradient.row(row).tail(hidden).setZero();
  }
}

/// Throws std::invalid_argument unless everything has the shape that the forward pass gave it.
void check_backward(const MatrixRef& output_gradient, const CausalAttentionPass& forward,
                    const HeadLayout& layout, const CausalAttentionGradients& gradients,
                    const AttentionWorkspace& workspace) {
  const Index length = forward.queries.rows(), keys = forward.keys.rows();
  check_attention(forward.queries, forward.keys, forward.values, layout, workspace);
  const auto check = [&](const char* name, const MatrixRef& matrix, Index rows, Index columns) {
    check_shape(fmt::format("causal_attention_backward: {}", name).c_str(), matrix, rows, columns);
  };
  check("output_gradient", output_gradient, length, layout.width());
  check("outputs", forward.outputs, length, layout.width());
  check("log_sums", forward.log_sums, length, layout.heads);
  check("gradients.queries", gradients.queries, length, layout.width());
  check("gradients.keys", gradients.keys, keys, layout.key_value_width());
  check("gradients.values", gradients.values, keys, layout.key_value_width());
}

}  // namespace

void causal_attention_backward(const MatrixRef& output_gradient, const CausalAttentionPass& forward,
                               const HeadLayout& layout, CausalAttentionGradients gradients,
                               AttentionWorkspace& workspace) {
  const Index width = layout.head_width, length = forward.queries.rows();
  const Real scale = 1 / std::sqrt(static_cast<Real>(width));
  check_backward(output_gradient, forward, layout, gradients, workspace);
  gradients.keys.setZero();
  gradients.values.setZero();
  for (Index head = 0; head < layout.heads; ++head) {
    const Index column = head * width, shared = layout.key_value_head(head) * width;
    for (Index first = 0; first < length; first += block_queries) {
      const QueryBlock block = query_block(first, length, forward.keys.rows());
      const MatrixRef queries = forward.queries.block(first, column, block.count, width);
      const MatrixRef change = output_gradient.block(first, column, block.count, width);
      const MatrixRef keys = forward.keys.block(0, shared, block.visible, width);
      const MatrixRef values = forward.values.block(0, shared, block.visible, width);
      MatrixOut weights = workspace.weights.topLeftCorner(block.count, block.visible);
      MatrixOut scores = workspace.score_gradient.topLeftCorner(block.count, block.visible);
      multiply_transposed(queries, keys, weights);
      multiply_transposed(change, values, scores);
      causal_softmax_backward(block, scale,
                              forward.outputs.block(first, column, block.count, width), change,
                              forward.log_sums.block(first, head, block.count, 1), weights, scores);
      multiply(scores, keys, gradients.queries.block(first, column, block.count, width));
      transposed_multiply_add(scores, queries,
                              gradients.keys.block(0, shared, block.visible, width));
      transposed_multiply_add(weights, change,
                              gradients.values.block(0, shared, block.visible, width));
    }
  }
}

}  // namespace llm
