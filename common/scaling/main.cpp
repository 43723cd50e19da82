#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>

#include "common/foundations/corpus.hpp"
#include "common/foundations/utf8.hpp"
#include "common/transformer/kv_cache.hpp"
#include "common/transformer/training_run.hpp"

namespace llm {

namespace {

/// Set by Ctrl-C; the run finishes its step, writes a checkpoint and ends.
std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

/// Lets Ctrl-C and a polite kill end the run; a second one ends the program as ever.
void handle_stop_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_requested = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// What `gpt train` was asked for.
struct TrainOptions {
  std::string run = "build/runs/default";
  std::string data;
  std::string config;
  Index steps = 0;
  int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  bool resume = false;
};

/// The settings of a new run.
TrainingSettings new_settings(const TrainOptions& options) {
  TrainingSettings settings = default_settings();
  if (!options.config.empty()) settings = read_settings(options.config, settings);
  if (options.steps > 0) settings.schedule.steps = options.steps;
  if (!options.data.empty()) settings.data = std::filesystem::absolute(options.data).string();
  return settings;
}

/// The settings of a run that is to go on.
TrainingSettings resumed_settings(const TrainOptions& options, const RunFiles& files) {
  if (!std::filesystem::exists(files.settings)) {
    throw std::runtime_error(files.directory + ": there is no run here to go on with");
  }
  if (!options.config.empty() || options.steps > 0) {
    throw std::runtime_error(
        "a run goes on with the settings that it began with: --resume takes no --config and no "
        "--steps");
  }
  TrainingSettings settings = read_settings(files.settings);
  if (!options.data.empty()) settings.data = std::filesystem::absolute(options.data).string();
  return settings;
}

/// Says how the run ended, and what comes next.
void print_result(const TrainOptions& options, const RunFiles& files, const RunResult& result) {
  if (!result.finished) {
    fmt::print(
        "stopped after step {}; the checkpoint is {}\ngo on with: ./learn gpt train --run {} "
        "--resume\n",
        result.step, files.last, options.run);
    return;
  }
  fmt::print("step {} is the last; training took {:.1f} s this time\n", result.step,
             result.training_seconds);
  fmt::print(
      "validation loss {:.3f} nats, {:.3f} bits a character, over the whole validation text\n",
      result.validation_loss, bits(result.validation_loss));
  fmt::print("now try: ./learn gpt sample --run {}\n", options.run);
}

/// gpt train: a new run, or with --resume one that was stopped.
void train(const TrainOptions& options) {
  const RunFiles files = run_files(options.run);
  TrainingSettings settings =
      options.resume ? resumed_settings(options, files) : new_settings(options);
  const std::string text = read_corpus(settings.data);
  const std::string source = settings.data.empty() ? default_corpus_path() : settings.data;
  fmt::print("{}: {}\n", source, statistics_text(corpus_statistics(text)));
  const TrainingText tokens = training_text(text, settings.model.context);
  settings.model.vocabulary = tokens.vocabulary.size();
  validate(settings.model);
  fmt::print("{} parameters, {} threads, run in {}\n", parameter_count(settings.model),
             options.threads, options.run);
  std::fflush(stdout);
  if (!options.resume) begin_run(files, settings);
  handle_stop_signals();
  ThreadTeam team(options.threads);
  print_result(options, files, train_run(files, settings, tokens, team, stop_requested));
}

/// What `gpt sample` was asked for.
struct SampleOptions {
  std::string run = "build/runs/default";
  std::string prompt;  ///< empty for a new line, or what a text without lines begins with
  double temperature = 0.8;
  Index tokens = 500;
  std::uint64_t seed = 1;
  bool recompute = false;
};

/// gpt sample: a prompt and its continuation, character by character.
void sample(const SampleOptions& options) {
  const RunFiles files = run_files(options.run);
  const bool has_best = std::filesystem::exists(files.best);
  const CheckpointFile checkpoint = read_checkpoint(has_best ? files.best : files.last);
  const Gpt gpt = checkpoint_model(checkpoint);
  const CharacterVocabulary& vocabulary = checkpoint.header.vocabulary;
  const bool has_lines = vocabulary.characters.find(U'\n') != std::u32string::npos;
  const std::string start = has_lines ? "\n" : decode(vocabulary, std::vector<Token>{0});
  const std::string text = options.prompt.empty() ? start : options.prompt;
  const std::vector<Token> prompt = encode(vocabulary, text);
  if (static_cast<Index>(prompt.size()) > gpt.config.context) {
    fmt::print(stderr, "the prompt has {} characters; the model reads its last {}\n", prompt.size(),
               gpt.config.context);
  }
  Generator generator(options.seed);
  const auto print_token = [&](Token token) {
    fmt::print("{}", decode(vocabulary, {&token, 1}));
    if (std::fflush(stdout) != 0) throw std::runtime_error("the text cannot be written");
    return true;
  };
  fmt::print("{}", text);
  (options.recompute ? generate_recomputing : generate)(
      gpt, prompt, options.tokens, temperature_sampler(options.temperature, generator),
      print_token);
  fmt::print("\n");
}

/// Adds the options of `gpt train`.
void add_train_options(CLI::App& command, TrainOptions& options) {
  command.add_option("--run", options.run, "directory of the run")->capture_default_str();
  command.add_option("--data", options.data,
                     "a UTF-8 text, plain or gzip (default: the Jargon File)");
  command.add_option("--config", options.config,
                     "a JSON file with settings to change, as config.json of a run");
  command.add_option("--steps", options.steps, "how many steps to train")
      ->check(CLI::Range(1, 1'000'000'000));
  command.add_option("--threads", options.threads, "how many threads")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--resume", options.resume, "go on from the last checkpoint of the run");
}

/// Adds the options of `gpt sample`.
void add_sample_options(CLI::App& command, SampleOptions& options) {
  command.add_option("--run", options.run, "directory of the run")->capture_default_str();
  command.add_option("--prompt", options.prompt, "the text to continue (default: a new line)");
  command
      .add_option("--temperature", options.temperature, "0 takes the likeliest character each time")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command.add_option("--tokens", options.tokens, "how many characters to add")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "of the random choices")->capture_default_str();
  command.add_flag("--recompute", options.recompute,
                   "run the whole model for every character, without a cache");
}

}  // namespace

}  // namespace llm

/// The program: reads the command line and does what it asks.
int main(int argc, char** argv) {
  CLI::App program("Trains a GPT on a text and lets it speak.", "gpt");
  program.require_subcommand(1);
  llm::TrainOptions train_options;
  llm::SampleOptions sample_options;
  CLI::App& train = *program.add_subcommand("train", "train a model on a text");
  CLI::App& sample = *program.add_subcommand("sample", "let a trained model continue a prompt");
  llm::add_train_options(train, train_options);
  llm::add_sample_options(sample, sample_options);
  train.callback([&] { llm::train(train_options); });
  sample.callback([&] { llm::sample(sample_options); });
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "gpt: the model and its batches do not fit into the memory\n");
    return 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "gpt: {}\n", error.what());
    return 1;
  }
  return 0;
}
