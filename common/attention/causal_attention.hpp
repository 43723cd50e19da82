#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// Memory for causal_attention and its backward, for sequences up to a length.
struct AttentionWorkspace {
  /// For up to `length` keys and heads of `head_width` features.
  AttentionWorkspace(Index length, Index head_width);

  Matrix scores;          // (query block, T)
  Matrix score_gradient;  // (query block, T)
};

/// Causal multi-head attention of one sequence: queries (T_q, h d_h), keys and values
/// (T_k, h_kv d_h) -> outputs (T_q, h d_h), and the log-sum-exp of every row of scores into
/// log_sums (T_q, h), for the backward pass. Query i is position T_k - T_q + i and sees the keys
/// up to its own; h / h_kv neighboring query heads share a key and value head. Scores exist for one
/// block of queries of one head at a time (Dao et al. 2022, "FlashAttention").
void causal_attention(const MatrixRef& queries, const MatrixRef& keys, const MatrixRef& values,
                      Index heads, Index key_value_heads, MatrixOut outputs, MatrixOut log_sums,
                      AttentionWorkspace& workspace);

/// Backward of causal_attention for T_q = T_k: the gradients of queries, keys and values are
/// written. The weights are computed again from the scores and log_sums.
void causal_attention_backward(const MatrixRef& output_gradient, const MatrixRef& queries,
                               const MatrixRef& keys, const MatrixRef& values,
                               const MatrixRef& outputs, const MatrixRef& log_sums, Index heads,
                               Index key_value_heads, MatrixOut query_gradient,
                               MatrixOut key_gradient, MatrixOut value_gradient,
                               AttentionWorkspace& workspace);

}  // namespace llm
