// Time to quality: how long the library trains, on tinyshakespeare or any other text, until the
// mean loss over the whole validation split (the last tenth) is at most 1.88 nats a character,
// which is where nanoGPT's setting for a CPU arrives after 2,000 steps of 768 characters. Every
// choice is an option, so that each can be taken back and its share of the gain measured.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "common/foundations/corpus.hpp"
#include "common/transformer/storage/training_run.hpp"
#include "tests/bench/measure.hpp"

using namespace llm;

namespace {

/// The model: four layers of width 128, as nanoGPT's, but with rotary positions.
GptConfig chosen_config() {
  GptConfig config;
  config.position = Position::rotary;
  return config;
}

/// How the model is trained, unless told otherwise.
TrainingSettings chosen_settings() {
  TrainingSettings settings;
  settings.model = chosen_config();
  settings.optimizer = {
      .weights = WeightOptimizer::muon, .adamw = {.weight_decay = 0.1}, .muon = {.rate = 10.0 / 3}};
  settings.schedule = {.peak = 6e-3, .final = 3e-4, .warm_up = 40, .steps = 400};
  settings.sequences = 12;
  return settings;
}

/// All that can be chosen.
struct Options {
  TrainingSettings settings = chosen_settings();
  std::string data;
  Index every = 40;
  double scale = 1, target = 1.88;
  int threads = 2;
  bool json = false;
};

/// Prints one point of the curve: a line of text, or a JSON object.
void show_look(const Options& options, Index step, double seconds, double loss) {
  if (options.json) {
    const nlohmann::ordered_json line = {{"step", step}, {"seconds", seconds}, {"loss", loss}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("step {:5}   {:6.1f} s   validation loss {:.4f}\n", step, seconds, loss);
  }
  std::fflush(stdout);
}

/// Multiplies the weights of the linear layers in the blocks.
void scale_weights(OwnedGpt& gpt, double factor) {
  for (const Parameter& parameter : gpt.layout) {
    if (parameter.role != ParameterRole::weight) continue;
    gpt.buffer.segment(parameter.offset, parameter.size()) *= static_cast<Real>(factor);
  }
}

/// Trains until the target or the last step, and prints the curve and the result. The validation
/// losses are off the clock.
void train(const Options& options, const TokenSplit& text) {
  const TrainingSettings& settings = options.settings;
  ThreadTeam team(options.threads);
  Trainer trainer(settings, text, team);
  scale_weights(trainer.gpt, options.scale);
  Index steps = 0;
  double seconds = 0, loss = trainer.validation_loss();
  while (steps < settings.schedule.steps && !(loss <= options.target)) {
    const double start = bench::now();
    steps = trainer.step().step;
    seconds += bench::now() - start;
    if (steps % options.every != 0 && steps != settings.schedule.steps) continue;
    loss = trainer.validation_loss();
    show_look(options, steps, seconds, loss);
  }
  const Index tokens = steps * settings.sequences * settings.model.context;
  if (options.json) {
    const nlohmann::ordered_json line = {{"bench", "quality"}, {"seconds", seconds},
                                         {"loss", loss},       {"steps", steps},
                                         {"tokens", tokens},   {"target", options.target}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("{} after {:.1f} s, {} steps, {} characters: {:.4f} nats a character\n",
               loss <= options.target ? "reached" : "stopped", seconds, steps, tokens, loss);
  }
}

/// Adds an option that is one of several words.
template <class Choice>
void add_choice(CLI::App& app, const std::string& name, Choice& choice,
                const std::map<std::string, Choice>& words) {
  app.add_option(name, choice)->transform(CLI::CheckedTransformer(words, CLI::ignore_case));
}

void add_options(CLI::App& app, Options& options) {
  TrainingSettings& settings = options.settings;
  GptConfig& config = settings.model;
  app.add_option("--data", options.data, "a UTF-8 text; the default corpus without it");
  app.add_flag("--json", options.json, "the curve and, last, the result as JSON objects");
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_option("--target", options.target, "the validation loss at which to stop");
  const CLI::Range count(1, 1'000'000'000);
  app.add_option("--steps", settings.schedule.steps,
                 "the last step, to which the learning rate falls")
      ->check(count);
  app.add_option("--every", options.every, "steps between two looks at the validation loss")
      ->check(count);
  app.add_option("--sequences", settings.sequences, "in a batch")->check(count);
  app.add_option("--seed", settings.seed)->check(CLI::Range(0, 1'000'000'000));
  app.add_option("--warm-up", settings.schedule.warm_up, "steps")->check(count);
  app.add_option("--rate", settings.schedule.peak, "the highest learning rate of AdamW");
  app.add_option("--final-rate", settings.schedule.final, "the learning rate at the end");
  app.add_option("--muon-rate", settings.optimizer.muon.rate,
                 "the learning rate of Muon, as a multiple of AdamW's");
  app.add_option("--decay", settings.optimizer.adamw.weight_decay, "weight decay of AdamW");
  app.add_option("--beta-2", settings.optimizer.adamw.beta_2, "of AdamW");
  app.add_option("--scale", options.scale, "factor on the weights at the start");
  app.add_option("--context", config.context);
  app.add_option("--width", config.width);
  app.add_option("--heads", config.heads);
  app.add_option("--key-value-heads", config.key_value_heads);
  app.add_option("--layers", config.layers);
  app.add_option("--hidden", config.hidden);
  app.add_option("--bias", config.bias);
  app.add_option("--tied", config.tied);
  add_choice(app, "--optimizer", settings.optimizer.weights,
             {{"adamw", WeightOptimizer::adamw}, {"muon", WeightOptimizer::muon}});
  add_choice(app, "--position", config.position,
             {{"learned", Position::learned}, {"rotary", Position::rotary}});
  add_choice(app, "--norm", config.norm, {{"layer", Norm::layer}, {"rms", Norm::rms}});
  add_choice(
      app, "--feed-forward", config.feed_forward,
      {{"relu", FeedForward::relu}, {"gelu", FeedForward::gelu}, {"swiglu", FeedForward::swiglu}});
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Training until a validation loss is reached");
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    const std::string text = read_corpus(options.data);
    const TrainingText tokens = training_text(text, options.settings.model.context);
    options.settings.model.vocabulary = tokens.tokenizer->size();
    train(options, tokens.split);
  } catch (const std::exception& error) {
    fmt::print(stderr, "quality: {}\n", error.what());
    return 1;
  }
}
