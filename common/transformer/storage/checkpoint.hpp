#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "common/transformer/storage/model_directory.hpp"
#include "common/transformer/training/trainer.hpp"

namespace llm {

/// What a run remembers besides its model and its optimizer.
struct RunState {
  double best_loss = INFINITY;  ///< the lowest validation loss so far
  std::uint32_t text_checksum = 0;
};

/// Writes a trainer's model as save_model does, and beside it `training.safetensors`: the
/// optimizer's averages, the number of its steps, and the state. The folder appears with all its
/// files or not at all; it must not exist. Throws std::runtime_error, naming the file and the
/// reason.
void save_checkpoint(const std::string& folder, const Trainer& trainer, const Tokenizer& tokenizer,
                     const RunState& state);

/// Puts model, optimizer and step of a checkpoint into a trainer of the same configuration, and
/// returns the state. Throws std::runtime_error, naming the file, for a checkpoint that is missing,
/// damaged, or of another model or optimizer; what the trainer holds then is of no use.
RunState restore(Trainer& trainer, const std::string& folder);

}  // namespace llm
