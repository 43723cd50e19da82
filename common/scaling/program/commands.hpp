#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "common/transformer/storage/model_directory.hpp"

namespace llm {

/// Where a run is kept that was given no other directory.
inline constexpr const char* default_run = "build/runs/default";

// Each adds a command, which runs when the program has read its command line, and leaves the exit
// status in `status`.

/// gpt train: a new run, or with --resume one that was stopped.
void add_train(CLI::App& program, int& status);

/// gpt sample: a prompt and its continuation.
void add_sample(CLI::App& program, int& status);

/// gpt chat: a line from you and a line from the model in turns.
void add_chat(CLI::App& program, int& status);

/// gpt eval: how many bits a byte of a text costs the model.
void add_eval(CLI::App& program, int& status);

/// gpt tokenize: the tokens of a text.
void add_tokenize(CLI::App& program, int& status);

/// gpt info: what a run's model is.
void add_info(CLI::App& program, int& status);

/// The folder of a run's model: the checkpoint with the lowest validation loss, or the last. Throws
/// std::runtime_error that says how to train one, where there is none.
std::string model_folder(const std::string& run);

/// The model of a run, with its tokenizer, of whichever kind it is.
Model model_of(const std::string& run);

}  // namespace llm
