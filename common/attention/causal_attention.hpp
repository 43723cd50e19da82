#pragma once

#include "common/attention/multi_head.hpp"

namespace llm {

/// Memory for causal_attention_forward and its backward pass.
struct AttentionWorkspace {
  /// For sequences of up to `length` positions.
  explicit AttentionWorkspace(Index length);

  Matrix weights;         // (block of queries, T): scores, then their exponentials
  Matrix score_gradient;  // (block of queries, T)
};

/// Causal multi-head attention of one sequence: queries (T_q, h·d_h), keys and values
/// (T_k, h_kv·d_h) -> outputs (T_q, h·d_h), and the log-sum-exp of every row of scores into
/// log_sums (T_q, h), for the backward pass. Query i stands at position T_k - T_q + i and sees the
/// keys up to its own. Scores exist for one block of queries of one head at a time, as in
/// FlashAttention (Dao et al. 2022).
void causal_attention_forward(const MatrixRef& queries, const MatrixRef& keys,
                              const MatrixRef& values, const HeadLayout& layout, MatrixOut outputs,
                              MatrixOut log_sums, AttentionWorkspace& workspace);

/// The derivatives of the loss by queries, keys and values, as views to write into.
struct CausalAttentionGradients {
  MatrixOut queries, keys, values;
};

/// What causal_attention_forward read and wrote, as views to read again.
struct CausalAttentionPass {
  MatrixRef queries, keys, values, outputs, log_sums;
};

/// The backward pass of causal_attention_forward: from `output_gradient` (T_q, h·d_h) the gradients
/// of queries, keys and values, which are written. The weights are not stored by the forward pass
/// but computed again, as exp(score - log_sum).
void causal_attention_backward(const MatrixRef& output_gradient, const CausalAttentionPass& forward,
                               const HeadLayout& layout, CausalAttentionGradients gradients,
                               AttentionWorkspace& workspace);

}  // namespace llm
