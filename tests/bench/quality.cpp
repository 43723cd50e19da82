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
#include "common/foundations/spans.hpp"
#include "common/transformer/adamw.hpp"
#include "common/transformer/backpropagation.hpp"
#include "common/transformer/batches.hpp"
#include "common/transformer/clipping.hpp"
#include "common/transformer/muon.hpp"
#include "common/transformer/vocabulary.hpp"
#include "tests/bench/measure.hpp"

using namespace llm;

namespace {

/// The model: four layers of width 128, as nanoGPT's, but with rotary positions.
GptConfig chosen_config() {
  GptConfig config;
  config.position = Position::rotary;
  return config;
}

/// All that can be chosen.
struct Options {
  GptConfig config = chosen_config();
  std::string data, optimizer = "muon";
  Index sequences = 12, steps = 400, warm_up = 40, every = 40;
  double rate = 6e-3, final_rate = 0.05, muon_rate = 0.02, decay = 0.1, beta_2 = 0.99, scale = 1;
  double target = 1.88;
  int threads = 2;
  std::uint64_t seed = 1;
  bool json = false;
};

/// The parameters that AdamW trains: all, or all but the matrices that Muon does.
std::vector<Parameter> adamw_parameters(std::vector<Parameter> layout, const Options& options) {
  if (options.optimizer == "muon") {
    std::erase_if(layout,
                  [](const Parameter& parameter) { return parameter.name.ends_with(".weight"); });
  }
  return layout;
}

/// A model in training, and the clock that runs while it trains.
struct Run {
  Run(const Options& chosen, const GptConfig& config, ThreadTeam& threads)
      : options(chosen),
        team(threads),
        gpt(config),
        training(gpt, options.sequences, config.context, team),
        adamw(adamw_parameters(gpt.layout, options),
              {.beta_2 = options.beta_2, .weight_decay = options.decay}),
        muon(gpt.layout, {.weight_decay = options.decay}, team.size()),
        batch(options.sequences, config.context) {
    Generator generator(options.seed);
    initialize(gpt, generator);
    for (const Parameter& parameter : gpt.layout) {
      if (parameter.name.ends_with(".weight")) {
        gpt.buffer.segment(parameter.offset, parameter.size()) *= static_cast<Real>(options.scale);
      }
    }
  }

  const Options& options;
  ThreadTeam& team;
  OwnedGpt gpt;
  Backpropagation training;
  AdamW adamw;
  Muon muon;
  TokenBatch batch;
  double seconds = 0;
  Index steps = 0;
};

/// The share of the peak learning rate at a step: a linear rise, then a linear fall.
double rate_share(const Options& options, Index step) {
  const double done = static_cast<double>(step) / static_cast<double>(options.steps);
  const double rise = static_cast<double>(step + 1) / static_cast<double>(options.warm_up);
  return std::min({rise, 1 - (1 - options.final_rate) * done, 1.0});
}

/// One step of training, on the clock.
void step(Run& run, std::span<const Token> tokens) {
  const double start = bench::now();
  const std::span<Real> parameters = span_of(run.gpt.buffer);
  const std::span<Real> gradients = span_of(run.training.gradients);
  const double share = rate_share(run.options, run.steps);
  draw_batch(tokens, run.options.seed, run.steps++, run.batch);
  run.training.clear_gradients();
  run.training.loss_and_gradients(run.batch.inputs, run.batch.targets);
  clip_gradients(gradients, 1, run.team);
  if (run.options.optimizer == "muon") {
    run.muon.step(parameters, gradients, share * run.options.muon_rate, run.team);
  }
  run.adamw.step(parameters, gradients, share * run.options.rate, run.team);
  run.seconds += bench::now() - start;
}

/// The mean loss of the whole text, in windows of the context, off the clock.
double validation_loss(Run& run, std::span<const Token> tokens) {
  const std::size_t length = static_cast<std::size_t>(run.gpt.config.context);
  const std::size_t most = length * static_cast<std::size_t>(run.options.sequences);
  const std::size_t whole = (tokens.size() - 1) / length * length;
  double total = 0;
  for (std::size_t first = 0; first < whole; first += most) {
    const std::size_t count = std::min(most, whole - first);
    total += static_cast<double>(count) *
             run.training.loss(tokens.subspan(first, count), tokens.subspan(first + 1, count));
  }
  return total / static_cast<double>(whole);
}

/// Prints one point of the curve: a line of text, or a JSON object.
void show_look(const Run& run, double loss) {
  if (run.options.json) {
    const nlohmann::ordered_json line = {
        {"step", run.steps}, {"seconds", run.seconds}, {"loss", loss}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("step {:5}   {:6.1f} s   validation loss {:.4f}\n", run.steps, run.seconds, loss);
  }
  std::fflush(stdout);
}

/// Trains until the target or the last step, and prints the curve and the result.
void train(const Options& options, const TokenSplit& text, const GptConfig& config) {
  ThreadTeam team(options.threads);
  Run run(options, config, team);
  double loss = validation_loss(run, text.validation);
  while (run.steps < options.steps && !(loss <= options.target)) {
    step(run, text.training);
    if (run.steps % options.every != 0 && run.steps != options.steps) continue;
    loss = validation_loss(run, text.validation);
    show_look(run, loss);
  }
  const Index tokens = run.steps * options.sequences * config.context;
  if (options.json) {
    const nlohmann::ordered_json line = {{"bench", "quality"}, {"seconds", run.seconds},
                                         {"loss", loss},       {"steps", run.steps},
                                         {"tokens", tokens},   {"target", options.target}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("{} after {:.1f} s, {} steps, {} characters: {:.4f} nats a character\n",
               loss <= options.target ? "reached" : "stopped", run.seconds, run.steps, tokens,
               loss);
  }
}

/// Adds an option that is one of several words.
template <class Choice>
void add_choice(CLI::App& app, const std::string& name, Choice& choice,
                const std::map<std::string, Choice>& words) {
  app.add_option(name, choice)->transform(CLI::CheckedTransformer(words, CLI::ignore_case));
}

void add_options(CLI::App& app, Options& options) {
  GptConfig& config = options.config;
  app.add_option("--data", options.data, "a UTF-8 text; the default corpus without it");
  app.add_flag("--json", options.json, "the curve and, last, the result as JSON objects");
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_option("--target", options.target, "the validation loss at which to stop");
  const CLI::Range count(1, 1'000'000'000);
  app.add_option("--steps", options.steps, "the last step, to which the learning rate falls")
      ->check(count);
  app.add_option("--every", options.every, "steps between two looks at the validation loss")
      ->check(count);
  app.add_option("--sequences", options.sequences, "in a batch")->check(count);
  app.add_option("--seed", options.seed)->check(CLI::Range(0, 1'000'000'000));
  app.add_option("--warm-up", options.warm_up, "steps")->check(count);
  app.add_option("--rate", options.rate, "the highest learning rate of AdamW");
  app.add_option("--final-rate", options.final_rate, "the share of it that is left at the end");
  app.add_option("--optimizer", options.optimizer)->check(CLI::IsMember({"adamw", "muon"}));
  app.add_option("--muon-rate", options.muon_rate, "the highest learning rate of Muon");
  app.add_option("--decay", options.decay, "weight decay");
  app.add_option("--beta-2", options.beta_2, "of AdamW");
  app.add_option("--scale", options.scale, "factor on the weights at the start");
  app.add_option("--context", config.context);
  app.add_option("--width", config.width);
  app.add_option("--heads", config.heads);
  app.add_option("--key-value-heads", config.key_value_heads);
  app.add_option("--layers", config.layers);
  app.add_option("--hidden", config.hidden);
  app.add_option("--bias", config.bias);
  app.add_option("--tied", config.tied);
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
    const CharacterVocabulary vocabulary = character_vocabulary(text);
    GptConfig config = options.config;
    config.vocabulary = vocabulary.size();
    train(options, split_tokens(encode(vocabulary, text), config.context), config);
  } catch (const std::exception& error) {
    fmt::print(stderr, "quality: {}\n", error.what());
    return 1;
  }
}
