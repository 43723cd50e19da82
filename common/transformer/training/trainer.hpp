#pragma once

#include <limits>
#include <span>

#include "common/transformer/model/backpropagation.hpp"
#include "common/transformer/text/batches.hpp"
#include "common/transformer/training/clipping.hpp"
#include "common/transformer/training/settings.hpp"

namespace llm {

/// What one step of training did. Losses are in nats a token.
struct StepReport {
  Index step = 0;  ///< steps taken, this one included
  double loss = 0;
  double gradient_norm = 0;  ///< before clipping
  double learning_rate = 0;
  double validation_loss = std::numeric_limits<double>::quiet_NaN();  ///< where it was measured
};

/// About how many bytes training with these settings takes, going on from a checkpoint included.
double training_bytes(const TrainingSettings& settings, int threads);

/// A model in training: everything that changes from step to step is in gpt.buffer and optimizer.
/// The text and the team must outlive it.
struct Trainer {
  /// A model fresh from its seed. Throws std::invalid_argument for settings that make no sense.
  Trainer(const TrainingSettings& settings, const TokenSplit& text, ThreadTeam& team);
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// The gradients of the next step: those of `accumulation` batches, whose mean loss it returns.
  /// Throws Diverged when that is not a number.
  double accumulate();

  /// Clips the gradients, and returns the norm that they had. Throws Diverged when that is not a
  /// number.
  double clip();

  /// Moves the parameters with the gradients, and returns the learning rate of the step.
  double update();

  /// One step: accumulate, clip, update. Where it throws, the model is as it was.
  StepReport step();

  /// The mean validation loss over the first `batches` batches of the validation text, or with 0
  /// over all of it.
  double validation_loss(Index batches = 0);

  TrainingSettings settings;
  const TokenSplit& text;
  OwnedGpt gpt;
  Optimizer optimizer;
  Backpropagation passes;
  TokenBatch batch;
};

}  // namespace llm
