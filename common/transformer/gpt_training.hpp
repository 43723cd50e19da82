#pragma once

#include <memory>
#include <span>

#include "common/transformer/gpt.hpp"
#include "common/transformer/thread_team.hpp"

namespace llm {

/// The forward and backward passes over a batch, with all the memory that they need: after the
/// constructor nothing is allocated. The numbers do not depend on the number of threads.
struct GptTraining {
  /// For batches of `sequences` sequences of `length` tokens. The model must outlive it.
  GptTraining(const Gpt& gpt, Index sequences, Index length, ThreadTeam& team);

  /// The mean cross-entropy, in nats, of targets (sequences · length) after inputs, row by row.
  /// Throws std::invalid_argument for a wrong number of tokens or a token out of the vocabulary.
  double loss(std::span<const Token> inputs, std::span<const Token> targets);

  /// As loss, and adds weight times the gradient of the loss to `gradients`.
  double loss_and_gradients(std::span<const Token> inputs, std::span<const Token> targets,
                            double weight = 1);

  /// Sets all gradients to zero.
  void clear_gradients();

  const Gpt& gpt;
  ThreadTeam& team;
  Index sequences, length;
  Vector gradients;              ///< of all parameters, in the layout of gpt.buffer
  GptParameters gradient_views;  ///< views of the gradients
};

}  // namespace llm
