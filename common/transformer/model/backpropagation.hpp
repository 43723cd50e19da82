#pragma once

#include <span>
#include <vector>

#include "common/transformer/model/block.hpp"

namespace llm {

/// What one thread needs for its sequences besides the activations. Each gradient is named for the
/// activation whose gradient it is.
struct ThreadWorkspace {
  /// For up to `rows` rows in sequences of `length`.
  ThreadWorkspace(const GptConfig& config, Index rows, Index length);

  Matrix normed_gradient;     ///< (rows, d), of a norm's output, then of its input
  Matrix mixed_gradient;      ///< (rows, d)
  Matrix activated_gradient;  ///< (rows, hidden)
  Matrix projected_gradient;  ///< (T, (h + 2 h_kv) d_h), of one sequence
  BlockWorkspace block;
};

/// The forward and backward passes over batches, with all the memory that they need: after the
/// constructor nothing is allocated. A batch is a list of sequences of `length` tokens, one behind
/// the other.
///
/// The backward pass has two parts. First each thread takes its sequences back to the embeddings
/// and leaves the gradient of every layer's output where the activations were. Then the threads
/// share the gradients of the weights, each of which is one product over all rows of the batch: so
/// one buffer of gradients is enough for all threads, and its digits do not depend on their number.
struct Backpropagation {
  /// For batches of up to `most_sequences` sequences. The model and the team must outlive it.
  Backpropagation(const Gpt& model, Index most_sequences, Index sequence_length,
                  ThreadTeam& threads);
  Backpropagation(const Backpropagation&) = delete;

  /// The mean cross-entropy, in nats, of the targets after the inputs, both (sequences · length).
  /// Throws std::invalid_argument for a wrong number of tokens or a token out of the vocabulary.
  double loss(std::span<const Token> inputs, std::span<const Token> targets);

  /// As loss, and adds `weight` times the gradient of the loss to `gradients`: with weights that
  /// add up to 1, several batches make the gradient of one large batch.
  double loss_and_gradients(std::span<const Token> inputs, std::span<const Token> targets,
                            double weight = 1);

  /// Sets all gradients to 0, before a new step.
  void clear_gradients();

  const Gpt& gpt;
  ThreadTeam& team;
  Index sequences, length;
  Vector gradients;     ///< of all parameters, in the layout of parameter_layout
  GptParameters views;  ///< of the gradients
  std::vector<BlockActivations> blocks;
  Matrix final_input;     ///< (n, d): the residual stream after the last block; then its gradient
  Matrix final_normed;    ///< (n, d)
  Matrix logits;          ///< (n, V); then their gradient
  Matrix norm_gradients;  ///< (sequences, 2 d norms): of gains and biases, for each sequence
  std::vector<double> losses;  ///< the sum of each sequence
  std::vector<ThreadWorkspace> workspaces;
};

}  // namespace llm
