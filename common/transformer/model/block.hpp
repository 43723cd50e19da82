#pragma once

#include <span>
#include <vector>

#include "common/attention/causal_attention.hpp"
#include "common/transformer/model/gpt.hpp"
#include "common/transformer/training/thread_team.hpp"

namespace llm {

/// What one block keeps of its forward pass for its backward pass, for n rows: sequences of T rows,
/// one below the other. The backward pass puts gradients in the place of what it no longer needs.
struct BlockActivations {
  /// For n rows of a model of this configuration.
  BlockActivations(const GptConfig& config, Index rows);

  Matrix input;                ///< (n, d): the residual stream; then its gradient
  Matrix attention_normed;     ///< (n, d)
  Matrix projected;            ///< (n, (h + 2 h_kv) d_h): queries, keys, values; then gradients
  Matrix mixed;                ///< (n, d): what attention read from the values
  Matrix log_sums;             ///< (n, h): log-sum-exp of each row of scores
  Matrix middle;               ///< (n, d): the stream between the halves; then its gradient
  Matrix feed_forward_normed;  ///< (n, d)
  Matrix expanded;             ///< (n, hidden or 2 hidden); then its gradient
  Matrix activated;            ///< (n, hidden)
};

/// Some whole sequences of a batch: `count` rows from row `first`, in sequences of `length`, the
/// first token of each of which stands at `position` of its text.
struct Sequences {
  Index first, count, length;
  Index position = 0;
};

/// The keys (rotated, where the model rotates) and values of one layer for the tokens that a model
/// has read.
struct CachedLayer {
  Matrix keys, values;  // (T, h_kv d_h)
};

/// What the thread that runs a block needs besides the activations.
struct BlockWorkspace {
  AttentionWorkspace attention;  ///< for as many keys as a query meets
  ThreadTeam* team = nullptr;    ///< who shares the products with it, if anybody
};

/// The residual stream before the first block: token embeddings (n, d), plus learned positions from
/// `position` on where the model has them. Throws std::invalid_argument for a token out of the
/// vocabulary and a position out of the context.
void embed_tokens(const Gpt& gpt, std::span<const Token> tokens, Index position, MatrixOut rows);

/// A linear layer of the model on rows (n, d_in) -> (n, d_out). With a team each thread takes some
/// of the weight's rows, and so of the outputs' columns.
void linear_rows(const LinearParameters& parameters, const MatrixRef& inputs, MatrixOut outputs,
                 ThreadTeam* team = nullptr);

/// Rotates the queries and keys inside `projected` (T, (h + 2 h_kv) d_h), one sequence that starts
/// at `position`. Does nothing in a model with learned positions.
void rotate_heads(const Gpt& gpt, Index position, MatrixOut projected);

/// The backward pass of rotate_heads: rotates the gradients back.
void rotate_heads_backward(const Gpt& gpt, Index position, MatrixOut projected);

/// The first half of a block: norm, attention, and its sum with the residual stream, from
/// activations.input to activations.middle. With a cache, whose rows before part.position are those
/// of the tokens read so far, one sequence's keys and values are added to it, and its queries meet
/// all that is there.
void attention_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                       BlockActivations& activations, BlockWorkspace& workspace,
                       CachedLayer* cache = nullptr);

/// The second half of a block: norm, feed-forward, and its sum with the residual stream, from
/// activations.middle into `outputs` (all rows, d).
void feed_forward_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                          BlockActivations& activations, MatrixOut outputs,
                          BlockWorkspace& workspace);

/// A block: both halves, from activations.input into `outputs` (all rows, d). Training, evaluation,
/// reading a prompt and decoding all run this function.
void block_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                   BlockActivations& activations, MatrixOut outputs, BlockWorkspace& workspace,
                   CachedLayer* cache = nullptr);

/// Runs one sequence of tokens, the first of which stands at `position`, through all blocks:
/// returns the residual stream after the last one (n, d). `cache`, one a layer, as in
/// attention_forward.
Matrix run_blocks(const Gpt& gpt, std::span<const Token> tokens, BlockWorkspace& workspace,
                  Index position = 0, std::vector<CachedLayer>* cache = nullptr);

/// From the residual stream after the last block (n, d) to logits (n, V): the last norm, whose
/// result stays in `normed` (n, d), and the output layer.
void output_forward(const Gpt& gpt, const MatrixRef& stream, MatrixOut normed, MatrixOut logits,
                    ThreadTeam* team = nullptr);

/// Logits (T, V) of one sequence of at most `context` tokens.
Matrix forward(const Gpt& gpt, std::span<const Token> tokens);

}  // namespace llm
