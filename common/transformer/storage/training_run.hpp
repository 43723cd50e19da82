#pragma once

#include <atomic>
#include <string>

#include "common/transformer/storage/checkpoint.hpp"
#include "common/transformer/storage/files.hpp"

namespace llm {

/// A text ready to train on: its tokens in two parts, their tokenizer, and the checksum by which a
/// run knows the text again.
struct TrainingText {
  SharedTokenizer tokenizer;
  TokenSplit split;
  double bytes_a_token = 1;  ///< of the validation text, on average
  std::uint32_t checksum = 0;
};

/// Makes a text into tokens: its characters, unless another tokenizer is given. Throws
/// std::invalid_argument for a text that is too short.
TrainingText training_text(const std::string& text, Index context,
                           SharedTokenizer tokenizer = nullptr);

/// The files of a run's directory.
struct RunFiles {
  std::string directory;
  std::string settings;     ///< settings.json
  std::string metrics;      ///< metrics.jsonl: one JSON object a step
  std::string checkpoints;  ///< the folder that holds them, one folder each
  std::string last;         ///< a link to the one to go on from
  std::string best;         ///< a link to the one with the lowest validation loss
};

/// The names of these files in a directory.
RunFiles run_files(const std::string& directory);

/// A run that no other process can train while this lives.
struct Run {
  RunFiles files;
  Descriptor lock;
};

/// Begins a run: makes its directory, locks it, and writes its settings. Throws std::runtime_error
/// when there is a run already, and std::invalid_argument for settings that make no sense; then
/// nothing is written.
[[nodiscard]] Run begin_run(const std::string& directory, const TrainingSettings& settings);

/// Locks a run to go on with it. Throws std::runtime_error when there is none, or when another
/// process trains it.
[[nodiscard]] Run reopen_run(const std::string& directory);

/// The command that does something with the run in a directory: "./learn gpt train --run runs/a".
std::string run_command(const std::string& subcommand, const std::string& directory);

/// How a run ended.
struct RunResult {
  Index step = 0;
  bool finished = false;        ///< false when it was stopped
  double validation_loss = 0;   ///< nats a token over the whole validation text; when finished
  double training_seconds = 0;  ///< without evaluations and checkpoints
};

/// Trains until the last step or until `stop` is set, from the checkpoint in the directory if there
/// is one and else from the start; a line of metrics each step, a checkpoint now and then and at
/// the end. A stopped run goes on to the last bit as if it had not been stopped. Throws Diverged,
/// saying how to go on, when training has diverged; no checkpoint is changed then.
RunResult train_run(const Run& run, const TrainingSettings& settings, const TrainingText& text,
                    ThreadTeam& team, const std::atomic<bool>& stop);

}  // namespace llm
