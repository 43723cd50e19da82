// Training speed, forward + backward + clipping + AdamW, for the three configurations of the book:
// tokens a second, and the share of this machine's floating-point limit, which is measured in the
// same run.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "common/foundations/machine.hpp"
#include "common/transformer/training/trainer.hpp"
#include "tests/bench/measure.hpp"

using namespace llm;

namespace {

/// A model and a shape of batch to train it on.
struct Setting {
  GptConfig config;
  Index sequences;
  int steps;  ///< to measure, unless told otherwise
};

GptConfig config_of(Index vocabulary, Index context, Index width, Index heads, Index layers) {
  GptConfig config;
  config.vocabulary = vocabulary;
  config.context = context;
  config.width = width;
  config.heads = config.key_value_heads = heads;
  config.layers = layers;
  config.hidden = 4 * width;
  return config;
}

/// a: nanoGPT's setting for a CPU. b: its setting for Shakespeare. c: GPT-2 124M, with positions
/// for the 64 tokens only that are trained here at a time.
const std::map<std::string, Setting> settings = {
    {"a", {config_of(65, 64, 128, 4, 4), 12, 100}},
    {"b", {config_of(65, 256, 384, 6, 6), 8, 8}},
    {"c", {config_of(50257, 64, 768, 12, 12), 4, 4}},
};

/// Floating-point operations for one token: 2 for each weight it is multiplied with, and for each
/// feature of each position that attention looks at, three times, for the forward pass and the two
/// products of the backward pass.
double operations_per_token(const GptConfig& config, Index length) {
  double weights = static_cast<double>(config.vocabulary * config.width);
  for (const Parameter& parameter : parameter_layout(config)) {
    if (parameter.role == ParameterRole::weight) weights += static_cast<double>(parameter.size());
  }
  const double seen = static_cast<double>(length + 1) / 2;  // of the earlier positions, on average
  const double attention = 2 * seen * static_cast<double>(config.width * config.layers);
  return 6 * (weights + attention);
}

std::vector<Token> random_tokens(Index count, Index vocabulary, Generator& generator) {
  std::vector<Token> tokens(static_cast<std::size_t>(count));
  for (Token& token : tokens) token = static_cast<Token>(uniform_index(vocabulary, generator));
  return tokens;
}

/// Trains on random tokens and returns the seconds of each step after the first.
std::vector<double> train(const Setting& setting, int threads, int steps) {
  Generator generator(1);
  TrainingSettings chosen;
  chosen.model = setting.config;
  chosen.sequences = setting.sequences;
  ThreadTeam team(threads);
  const TokenSplit text = split_tokens(random_tokens(100'000, setting.config.vocabulary, generator),
                                       setting.config.context);
  Trainer trainer(chosen, text, team);
  std::vector<double> seconds;
  for (int step = 0; step <= steps; ++step) {
    const double start = bench::now();
    trainer.step();
    if (step > 0) seconds.push_back(bench::now() - start);
  }
  return seconds;
}

/// Measures one configuration and prints a line.
void measure(const std::string& name, int threads, int steps, bool json) {
  const Setting& setting = settings.at(name);
  const Index length = setting.config.context, tokens = setting.sequences * length;
  const double limit = multiply_add_limit(threads);
  std::vector<double> seconds = train(setting, threads, steps > 0 ? steps : setting.steps);
  std::sort(seconds.begin(), seconds.end());
  const double rate = static_cast<double>(tokens) / seconds[seconds.size() / 2];
  const double best = static_cast<double>(tokens) / seconds.front();
  const double gflops = rate * operations_per_token(setting.config, length) / 1e9;
  const double memory = bench::peak_memory();
  if (json) {
    const nlohmann::ordered_json line = {
        {"bench", "train"},           {"config", name},         {"threads", threads},
        {"tokens_per_second", rate},  {"gflops", gflops},       {"limit_gflops", limit},
        {"fraction", gflops / limit}, {"peak_rss_mib", memory}, {"best_tokens_per_second", best}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print(
        "{}  {} threads  {:9.0f} tokens/s (best step {:.0f})  {:6.1f} of {:.1f} GFLOP/s = {:.0f} % "
        " "
        "{:.0f} MiB\n",
        name, threads, rate, best, gflops, limit, 100 * gflops / limit, memory);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Training speed as a share of the machine's limit");
  std::vector<std::string> names = {"a", "b", "c"};
  int threads = 2, steps = 0;
  bool json = false;
  app.add_option("--config", names, "a, b or c; all unless told otherwise")
      ->check(CLI::IsMember({"a", "b", "c"}));
  app.add_option("--threads", threads, "threads that share a batch")->check(CLI::Range(1, 1024));
  app.add_option("--steps", steps, "steps to measure; 0 for each configuration's own number")
      ->check(CLI::Range(0, 1'000'000));
  app.add_flag("--json", json, "one JSON object a line");
  CLI11_PARSE(app, argc, argv);
  for (const std::string& name : names) measure(name, threads, steps, json);
}
