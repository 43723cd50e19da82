#pragma once

#include <cstdint>
#include <string>

#include "common/transformer/model/config.hpp"
#include "common/transformer/storage/json_fields.hpp"
#include "common/transformer/training/optimizer.hpp"
#include "common/transformer/training/schedule.hpp"

namespace llm {

/// Everything that decides a training run but the text.
struct TrainingSettings {
  std::string data;                      ///< path of the text; empty for the default corpus
  std::string tokenizer = "characters";  ///< how text becomes tokens; chapter 6 knows other words
  GptConfig model;                       ///< its vocabulary is set from the text
  OptimizerSettings optimizer;
  Schedule schedule;
  double largest_norm = 1;       ///< longer gradients are shortened to it; 0 switches this off
  Index sequences = 16;          ///< in a batch
  Index accumulation = 1;        ///< batches whose gradients make one step
  Index evaluate_every = 250;    ///< steps between two looks at the validation loss
  Index evaluation_batches = 8;  ///< validation batches in such a look; 0 for all
  Index checkpoint_every = 250;  ///< steps between two checkpoints
  std::uint64_t seed = 1;        ///< of the initial weights and the batches
};

/// The settings, once they have been found to make sense. Throws std::invalid_argument, naming what
/// does not.
const TrainingSettings& checked(const TrainingSettings& settings);

/// The settings of the GPT that the book trains on its default corpus: after some minutes on two
/// cores it spells English words.
TrainingSettings default_settings();

/// A model's configuration as JSON.
Json config_to_json(const GptConfig& config);

/// The configuration in a JSON object; fields that are missing keep the value they have in
/// `config`. Throws std::runtime_error, naming the field, for an unknown field or a wrong value.
GptConfig config_from_json(const Json& object, GptConfig config = {});

/// Training settings as JSON.
Json settings_to_json(const TrainingSettings& settings);

/// The settings in a JSON object, on top of `settings`, with errors as config_from_json.
TrainingSettings settings_from_json(const Json& object, TrainingSettings settings = {});

/// The settings of a JSON file, on top of `settings`. Throws std::runtime_error that names the
/// file.
TrainingSettings read_settings(const std::string& path, TrainingSettings settings = {});

}  // namespace llm
