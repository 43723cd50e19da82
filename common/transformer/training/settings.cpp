#include "common/transformer/training/settings.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "common/foundations/corpus.hpp"

namespace llm {

namespace {

const Words<Position> position_words = {{Position::learned, "learned"},
                                        {Position::rotary, "rotary"}};
const Words<Norm> norm_words = {{Norm::layer, "layer"}, {Norm::rms, "rms"}};
const Words<FeedForward> feed_forward_words = {
    {FeedForward::relu, "relu"}, {FeedForward::gelu, "gelu"}, {FeedForward::swiglu, "swiglu"}};
const Words<RotaryLayout> layout_words = {{RotaryLayout::adjacent_pairs, "adjacent_pairs"},
                                          {RotaryLayout::split_halves, "split_halves"}};
const Words<WeightOptimizer> optimizer_words = {{WeightOptimizer::adamw, "adamw"},
                                                {WeightOptimizer::muon, "muon"}};

/// Throws for a field that is not among the known ones.
void refuse_unknown_fields(const Json& object, const Json& known, const char* what) {
  if (!object.is_object()) {
    throw std::runtime_error(
        fmt::format("the {} should be a JSON object, and is {}", what, object.dump()));
  }
  for (const auto& [name, value] : object.items()) {
    if (!known.contains(name)) throw std::runtime_error("there is no field \"" + name + "\"");
  }
}

}  // namespace

const TrainingSettings& checked(const TrainingSettings& settings) {
  const auto require = [](bool condition, const char* what) {
    if (!condition) throw std::invalid_argument(what);
  };
  const AdamWSettings& adamw = settings.optimizer.adamw;
  const MuonSettings& muon = settings.optimizer.muon;
  require(adamw.beta_1 >= 0 && adamw.beta_1 < 1, "beta_1 must be from 0 to below 1");
  require(adamw.beta_2 >= 0 && adamw.beta_2 < 1, "beta_2 must be from 0 to below 1");
  require(adamw.epsilon > 0, "epsilon must be above 0");
  require(adamw.weight_decay >= 0, "weight_decay cannot be negative");
  require(muon.rate > 0, "muon_rate must be above 0");
  require(muon.momentum >= 0 && muon.momentum < 1, "muon_momentum must be from 0 to below 1");
  require(muon.weight_decay >= 0, "muon_weight_decay cannot be negative");
  require(muon.iterations >= 0, "muon_iterations cannot be negative");
  require(settings.largest_norm >= 0, "largest_norm cannot be negative");
  require(settings.schedule.peak > 0, "peak must be above 0");
  require(settings.sequences >= 1, "sequences must be at least 1");
  require(settings.accumulation >= 1, "accumulation must be at least 1");
  require(settings.schedule.steps >= 1, "steps must be at least 1");
  require(settings.schedule.warm_up >= 0, "warm_up cannot be negative");
  require(settings.evaluate_every >= 1, "evaluate_every must be at least 1");
  require(settings.evaluation_batches >= 0, "evaluation_batches cannot be negative");
  require(settings.checkpoint_every >= 1, "checkpoint_every must be at least 1");
  return settings;
}

Json config_to_json(const GptConfig& config) {
  return {{"vocabulary", config.vocabulary},
          {"context", config.context},
          {"width", config.width},
          {"heads", config.heads},
          {"key_value_heads", config.key_value_heads},
          {"layers", config.layers},
          {"hidden", config.hidden},
          {"position", word_of(position_words, config.position)},
          {"norm", word_of(norm_words, config.norm)},
          {"feed_forward", word_of(feed_forward_words, config.feed_forward)},
          {"bias", config.bias},
          {"tied", config.tied},
          {"norm_epsilon", config.norm_epsilon},
          {"rotary_base", config.rotary_base},
          {"rotary_layout", word_of(layout_words, config.rotary_layout)}};
}

GptConfig config_from_json(const Json& object, GptConfig config) {
  refuse_unknown_fields(object, config_to_json(config), "model");
  read_field(object, "vocabulary", config.vocabulary);
  read_field(object, "context", config.context);
  read_field(object, "width", config.width);
  read_field(object, "heads", config.heads);
  read_field(object, "key_value_heads", config.key_value_heads);
  read_field(object, "layers", config.layers);
  read_field(object, "hidden", config.hidden);
  read_choice(object, "position", position_words, config.position);
  read_choice(object, "norm", norm_words, config.norm);
  read_choice(object, "feed_forward", feed_forward_words, config.feed_forward);
  read_field(object, "bias", config.bias);
  read_field(object, "tied", config.tied);
  read_field(object, "norm_epsilon", config.norm_epsilon);
  read_field(object, "rotary_base", config.rotary_base);
  read_choice(object, "rotary_layout", layout_words, config.rotary_layout);
  return config;
}

Json settings_to_json(const TrainingSettings& settings) {
  const AdamWSettings& adamw = settings.optimizer.adamw;
  const MuonSettings& muon = settings.optimizer.muon;
  const Schedule& schedule = settings.schedule;
  return {{"data", settings.data},
          {"tokenizer", settings.tokenizer},
          {"model", config_to_json(settings.model)},
          {"optimizer", word_of(optimizer_words, settings.optimizer.weights)},
          {"beta_1", adamw.beta_1},
          {"beta_2", adamw.beta_2},
          {"epsilon", adamw.epsilon},
          {"weight_decay", adamw.weight_decay},
          {"muon_rate", muon.rate},
          {"muon_momentum", muon.momentum},
          {"muon_weight_decay", muon.weight_decay},
          {"muon_iterations", muon.iterations},
          {"largest_norm", settings.largest_norm},
          {"peak", schedule.peak},
          {"final", schedule.final},
          {"warm_up", schedule.warm_up},
          {"steps", schedule.steps},
          {"sequences", settings.sequences},
          {"accumulation", settings.accumulation},
          {"evaluate_every", settings.evaluate_every},
          {"evaluation_batches", settings.evaluation_batches},
          {"checkpoint_every", settings.checkpoint_every},
          {"seed", settings.seed}};
}

TrainingSettings settings_from_json(const Json& object, TrainingSettings settings) {
  refuse_unknown_fields(object, settings_to_json(settings), "settings");
  read_field(object, "data", settings.data);
  read_field(object, "tokenizer", settings.tokenizer);
  if (object.contains("model")) {
    settings.model = config_from_json(object.at("model"), settings.model);
  }
  AdamWSettings& adamw = settings.optimizer.adamw;
  MuonSettings& muon = settings.optimizer.muon;
  read_choice(object, "optimizer", optimizer_words, settings.optimizer.weights);
  read_field(object, "beta_1", adamw.beta_1);
  read_field(object, "beta_2", adamw.beta_2);
  read_field(object, "epsilon", adamw.epsilon);
  read_field(object, "weight_decay", adamw.weight_decay);
  read_field(object, "muon_rate", muon.rate);
  read_field(object, "muon_momentum", muon.momentum);
  read_field(object, "muon_weight_decay", muon.weight_decay);
  read_field(object, "muon_iterations", muon.iterations);
  read_field(object, "largest_norm", settings.largest_norm);
  read_field(object, "peak", settings.schedule.peak);
  read_field(object, "final", settings.schedule.final);
  read_field(object, "warm_up", settings.schedule.warm_up);
  read_field(object, "steps", settings.schedule.steps);
  read_field(object, "sequences", settings.sequences);
  read_field(object, "accumulation", settings.accumulation);
  read_field(object, "evaluate_every", settings.evaluate_every);
  read_field(object, "evaluation_batches", settings.evaluation_batches);
  read_field(object, "checkpoint_every", settings.checkpoint_every);
  read_field(object, "seed", settings.seed);
  return settings;
}

TrainingSettings read_settings(const std::string& path, TrainingSettings settings) {
  const std::string text = read_text_file(path);
  try {
    return settings_from_json(Json::parse(text), std::move(settings));
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

TrainingSettings default_settings() {
  TrainingSettings settings;
  settings.model = {.context = 128,
                    .width = 128,
                    .heads = 4,
                    .key_value_heads = 4,
                    .layers = 4,
                    .hidden = 336,
                    .position = Position::rotary,
                    .norm = Norm::rms,
                    .feed_forward = FeedForward::swiglu,
                    .bias = true};
  settings.optimizer.weights = WeightOptimizer::muon;
  settings.schedule = {.peak = 4e-3, .final = 4e-5, .warm_up = 100, .steps = 3600};
  settings.sequences = 4;
  settings.evaluation_batches = 16;
  return settings;
}

}  // namespace llm
