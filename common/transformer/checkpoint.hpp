#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "common/transformer/trainer.hpp"
#include "common/transformer/vocabulary.hpp"

namespace llm {

/// What stands before the numbers in a checkpoint.
struct CheckpointHeader {
  TrainingSettings settings;
  CharacterVocabulary vocabulary;
  double best_loss = INFINITY;  ///< the lowest validation loss so far
  std::uint32_t text_checksum = 0;
};

/// The CRC-32 of some bytes: a different number, all but surely, when any of them changes.
std::uint32_t checksum(std::span<const char> bytes);

/// Writes a model, its optimizer with the number of its steps, and the header as one file, all or
/// nothing.
void save_checkpoint(const std::string& path, const CheckpointHeader& header, const OwnedGpt& gpt,
                     const AdamW& optimizer);

/// A checkpoint's bytes, once they have been found to be whole.
struct CheckpointFile {
  std::string path;
  CheckpointHeader header;
  Index step = 0;  ///< how many steps its optimizer had taken
  Vector numbers;  ///< parameters, mean gradients, mean squared gradients
};

/// Reads and checks a checkpoint. Throws std::runtime_error that names the file for one that is
/// missing, foreign, truncated, too long, damaged, or of another precision.
CheckpointFile read_checkpoint(const std::string& path);

/// The model of a checkpoint.
OwnedGpt checkpoint_model(const CheckpointFile& file);

/// Puts model, optimizer and step of a checkpoint into a trainer of the same configuration.
void restore(Trainer& trainer, const CheckpointFile& file);

}  // namespace llm
