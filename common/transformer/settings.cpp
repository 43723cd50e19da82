#include "common/transformer/settings.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/foundations/corpus.hpp"

namespace llm {

namespace {

/// JSON whose fields stay in the order in which they were written.
using Json = nlohmann::ordered_json;

/// A choice of the configuration and the word that stands for it in a file.
template <class Choice>
using Words = std::vector<std::pair<Choice, std::string>>;

const Words<Position> position_words = {{Position::learned, "learned"},
                                        {Position::rotary, "rotary"}};
const Words<Norm> norm_words = {{Norm::layer, "layer"}, {Norm::rms, "rms"}};
const Words<FeedForward> feed_forward_words = {
    {FeedForward::relu, "relu"}, {FeedForward::gelu, "gelu"}, {FeedForward::swiglu, "swiglu"}};
const Words<RotaryLayout> layout_words = {{RotaryLayout::adjacent_pairs, "adjacent_pairs"},
                                          {RotaryLayout::split_halves, "split_halves"}};

/// The word for a choice.
template <class Choice>
std::string word_of(const Words<Choice>& words, Choice choice) {
  for (const auto& [value, word] : words) {
    if (value == choice) return word;
  }
  throw std::logic_error("a choice without a word");
}

/// Whether a number can be kept as it is: whole where the field is, not negative where it has no
/// sign.
template <class Value>
bool fits(const Json& number) {
  if (!std::is_integral_v<Value> || std::is_same_v<Value, bool>) return true;
  return number.is_number_integer() &&
         (std::is_signed_v<Value> || number.is_number_unsigned() || number >= 0);
}

/// Reads a field into `value` when the object has it.
template <class Value>
void read_field(const Json& object, const std::string& name, Value& value) {
  if (!object.contains(name)) return;
  const Json& given = object.at(name);
  try {
    const Value read = given.get<Value>();
    if (fits<Value>(given)) {
      value = read;
      return;
    }
  } catch (const nlohmann::json::exception&) {
    // A value of another type: the error below says so.
  }
  throw std::runtime_error(fmt::format("the field \"{}\" cannot be {}", name, given.dump()));
}

/// Reads a field that holds one of these words.
template <class Choice>
void read_choice(const Json& object, const std::string& name, const Words<Choice>& words,
                 Choice& choice) {
  std::string given = word_of(words, choice);
  read_field(object, name, given);
  std::string expected;
  for (const auto& [value, word] : words) {
    if (word == given) {
      choice = value;
      return;
    }
    expected += (expected.empty() ? "" : " or ") + word;
  }
  throw std::runtime_error(
      fmt::format("the field \"{}\" is \"{}\", expected {}", name, given, expected));
}

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
  const AdamWSettings& optimizer = settings.optimizer;
  const Schedule& schedule = settings.schedule;
  return {{"data", settings.data},
          {"model", config_to_json(settings.model)},
          {"beta_1", optimizer.beta_1},
          {"beta_2", optimizer.beta_2},
          {"epsilon", optimizer.epsilon},
          {"weight_decay", optimizer.weight_decay},
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
  if (object.contains("model")) {
    settings.model = config_from_json(object.at("model"), settings.model);
  }
  read_field(object, "beta_1", settings.optimizer.beta_1);
  read_field(object, "beta_2", settings.optimizer.beta_2);
  read_field(object, "epsilon", settings.optimizer.epsilon);
  read_field(object, "weight_decay", settings.optimizer.weight_decay);
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
                    .bias = false};
  settings.schedule = {.peak = 3e-3, .final = 1e-4, .warm_up = 100, .steps = 2000};
  settings.sequences = 8;
  settings.evaluation_batches = 16;
  return settings;
}

}  // namespace llm
