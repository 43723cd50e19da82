#pragma once

#include <span>
#include <vector>

#include "common/attention/causal_attention.hpp"
#include "common/foundations/random.hpp"
#include "common/transformer/parameters.hpp"

namespace llm {

/// A GPT: its configuration and its parameters, in one buffer with named views. It can be moved,
/// and not copied, since the views point into the buffer.
struct Gpt {
  /// A model with gains of 1 and all else 0. Throws for a configuration that cannot be built.
  explicit Gpt(const GptConfig& configuration);
  Gpt(Gpt&&) = default;
  Gpt(const Gpt&) = delete;

  GptConfig config;
  std::vector<Parameter> layout;
  Vector buffer;             ///< all parameters
  GptParameters parameters;  ///< views of the buffer
  RotaryTable rotary;        ///< angles for the whole context; empty with learned positions
};

/// GPT-2's initialization: weights and embeddings normal with deviation 0.02, those that write to
/// the residual stream with 0.02 / √(2 layers), gains 1, biases 0.
void initialize(Gpt& gpt, Generator& generator);

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

/// Some whole sequences of a batch: `count` rows from row `first`, in sequences of `length`.
struct Sequences {
  Index first, count, length;
};

/// The residual stream before the first block: token embeddings (n, d), plus learned positions from
/// first_position on where the model has them. Throws for a token out of the vocabulary and a
/// position out of the context.
void embed_tokens(const Gpt& gpt, std::span<const Token> tokens, Index first_position,
                  MatrixOut rows);

/// inputs (n, d_in) -> outputs (n, d_out): inputs · weight + bias.
void linear_rows(const LinearParameters& parameters, const MatrixRef& inputs, MatrixOut outputs);

/// Rotates the queries and keys inside `projected` (T, (h + 2 h_kv) d_h), one sequence that starts
/// at first_position. Does nothing in a model with learned positions.
void rotate_heads(const Gpt& gpt, Index first_position, MatrixOut projected);

/// The backward pass of rotate_heads: rotates the gradients back.
void rotate_heads_inverse(const Gpt& gpt, Index first_position, MatrixOut projected);

/// The first half of a block: norm, attention, and its sum with the residual stream.
void attention_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                       BlockActivations& activations, AttentionWorkspace& workspace);

/// The second half of a block: norm, feed-forward, and its sum with the residual stream, which goes
/// into `outputs` (all rows, d).
void feed_forward_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                          BlockActivations& activations, MatrixOut outputs);

/// Logits (n, V) of normed rows (n, d).
void output_logits(const Gpt& gpt, const MatrixRef& normed, MatrixOut logits);

/// Logits (T, V) of one sequence of at most `context` tokens.
Matrix forward(const Gpt& gpt, std::span<const Token> tokens);

}  // namespace llm
