#include <fcntl.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "common/foundations/corpus.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/utf8.hpp"
#include "common/transformer/generation/kv_cache.hpp"
#include "common/transformer/model/loss.hpp"
#include "common/transformer/storage/training_run.hpp"

namespace llm {

namespace {

/// Set by a signal that asks the run to end; it finishes its step and writes a checkpoint first.
std::atomic<bool> stop_requested = false;
std::atomic<int> stop_signal = 0;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "a signal handler may set them");

/// Lets Ctrl-C, a polite kill and a closed terminal end the run in order. Only a second Ctrl-C ends
/// it at once: `timeout` sends its SIGTERM twice, to the program and to its group. SIGHUP stays
/// ignored under nohup. A reader that has gone away, of standard output or error, is no reason to
/// end a run.
void handle_stop_signals() {
  struct sigaction action {};
  action.sa_handler = [](int signal) {
    stop_signal = signal;
    stop_requested = true;
  };
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction hangup {};
  sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

/// Gives standard input, output and error something to refer to where the program was started
/// without: else the next file that is opened takes the place, and messages go into it.
void open_standard_streams() {
  for (int number = 0; number <= 2; ++number) {
    if (::fcntl(number, F_GETFD) == -1 && errno == EBADF) ::open("/dev/null", O_RDWR);
  }
}

/// Prints to standard output at once. Whether it could is asked when the program ends: a run goes
/// on without a reader.
template <class... Arguments>
void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  std::fputs(fmt::format(format, std::forward<Arguments>(arguments)...).c_str(), stdout);
  std::fflush(stdout);
}

/// Prints what went wrong to standard error, and gives the exit status for it.
int failure(const std::string& message) {
  std::fputs(fmt::format("gpt: {}\n", message).c_str(), stderr);
  return 1;
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

/// The whole path of a text, as the run's settings keep it: in JSON, which is UTF-8.
std::string settings_path(const std::string& path) {
  if (path.empty()) return path;
  const std::string whole = std::filesystem::absolute(path).string();
  try {
    decode_utf8(whole);
  } catch (const std::exception& error) {
    throw std::runtime_error(
        fmt::format("{}: in this path {}, and the settings of a run, which keep it, can hold UTF-8 "
                    "only; rename "
                    "it, or make a link to it that has another name",
                    whole, error.what()));
  }
  return whole;
}

/// The settings of a new run.
TrainingSettings new_settings(const TrainOptions& options) {
  TrainingSettings settings = default_settings();
  if (!options.config.empty()) settings = read_settings(options.config, settings);
  if (options.steps > 0) settings.schedule.steps = options.steps;
  settings.data = settings_path(options.data.empty() ? settings.data : options.data);
  return settings;
}

/// The settings of a run that is to go on.
TrainingSettings resumed_settings(const TrainOptions& options, const RunFiles& files) {
  if (!options.config.empty() || options.steps > 0) {
    throw std::runtime_error(fmt::format(
        "a run goes on with its own settings, and --resume takes no --config and no --steps; what "
        "is to be different (not the model), change in {}, then: {} --resume",
        files.settings, run_command("train", options.run)));
  }
  TrainingSettings settings = read_settings(files.settings);
  if (!options.data.empty()) settings.data = settings_path(options.data);
  return settings;
}

/// Throws where training needs more memory than there is.
void require_memory(const TrainingSettings& settings, int threads) {
  constexpr double gibibyte = 1024.0 * 1024 * 1024;
  const double needed = training_bytes(settings, threads), available = available_memory();
  if (needed <= available) return;
  throw std::runtime_error(fmt::format(
      "training needs about {:.2f} GiB of memory, and there are {:.2f}; choose a smaller model, a "
      "shorter context or fewer sequences",
      needed / gibibyte, available / gibibyte));
}

/// Says how the run ended, and what comes next.
void print_result(const TrainOptions& options, const RunFiles& files, const TrainingText& text,
                  const RunResult& result) {
  if (!result.finished) {
    say("stopped after step {}; the checkpoint is {}\ngo on with: {} --resume\n", result.step,
        files.last, run_command("train", options.run));
    return;
  }
  say("step {} is the last; training took {:.1f} s this time\n", result.step,
      result.training_seconds);
  say("validation loss {:.3f} nats a token, {:.3f} bits a byte, over the whole validation text\n",
      result.validation_loss, bits_a_byte(result.validation_loss, text.bytes_a_token));
  say("now try: {}\n", run_command("sample", options.run));
}

/// gpt train: a new run, or with --resume one that was stopped. Returns the exit status.
int train(const TrainOptions& options) {
  std::optional<Run> run;
  if (options.resume) run.emplace(reopen_run(options.run));
  TrainingSettings settings =
      options.resume ? resumed_settings(options, run->files) : new_settings(options);
  const std::string text = read_corpus(settings.data);
  const std::string source = settings.data.empty() ? default_corpus_path() : settings.data;
  const TrainingText tokens = training_text(text, settings.model.context);
  settings.model.vocabulary = tokens.tokenizer->size();
  validate(checked(settings).model);
  require_memory(settings, options.threads);
  ThreadTeam team(options.threads);
  handle_stop_signals();
  if (!run) run.emplace(begin_run(options.run, settings));
  say("{}: {}\n", source, statistics_text(corpus_statistics(text)));
  say("{} parameters, {} threads, run in {}\n", parameter_count(settings.model), options.threads,
      options.run);
  const RunResult result = train_run(*run, settings, tokens, team, stop_requested);
  print_result(options, run->files, tokens, result);
  return result.finished ? 0 : 128 + stop_signal;
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

/// What a model begins with that was given no prompt: a new line, or its first token where it knows
/// no lines.
std::string first_text(const Tokenizer& tokenizer) {
  try {
    tokenizer.encode("\n");
    return "\n";
  } catch (const std::invalid_argument&) {
    return tokenizer.decode(std::vector<Token>{0});
  }
}

/// gpt sample: a prompt and its continuation, character by character.
void sample(const SampleOptions& options) {
  const RunFiles files = run_files(options.run);
  const bool has_best = std::filesystem::exists(files.best);
  if (!has_best && !std::filesystem::exists(files.last)) {
    throw std::runtime_error(fmt::format("{}: there is no trained model here; train one with: {}",
                                         options.run, run_command("train", options.run)));
  }
  const Model model = load_model(has_best ? files.best : files.last);
  const OwnedGpt& gpt = model.gpt;
  const std::string text =
      options.prompt.empty() ? first_text(*model.tokenizer) : unix_line_ends(options.prompt);
  const std::vector<Token> prompt = model.tokenizer->encode(text);
  if (static_cast<Index>(prompt.size()) > gpt.config.context) {
    std::fputs(fmt::format("the prompt has {} tokens; the model reads its last {}\n", prompt.size(),
                           gpt.config.context)
                   .c_str(),
               stderr);
  }
  Generator generator(options.seed);
  const auto print_token = [&](Token token) {
    say("{}", model.tokenizer->decode({&token, 1}));
    return std::ferror(stdout) == 0;
  };
  say("{}", text);
  const Sampler sampler = temperature_sampler(options.temperature, generator);
  if (options.recompute) {
    generate_recomputing(gpt, prompt, options.tokens, sampler, print_token);
  } else {
    generate(gpt, prompt, options.tokens, sampler, print_token);
  }
  say("\n");
}

/// Adds the options of `gpt train`.
void add_train_options(CLI::App& command, TrainOptions& options) {
  command.add_option("--run", options.run, "directory of the run")->capture_default_str();
  command.add_option("--data", options.data,
                     "a UTF-8 text, plain or gzip (default: the Jargon File)");
  command.add_option("--config", options.config,
                     "a JSON file with settings to change, as settings.json of a run");
  command.add_option("--steps", options.steps, "how many steps to train")
      ->check(CLI::Range(1, 1'000'000'000));
  command.add_option("--threads", options.threads, "how many threads")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--resume", options.resume, "go on from the last checkpoint of the run");
}

/// What is wrong with a word as a seed; nothing if it is one. CLI11 would read -1 as a large
/// number.
std::string seed_error(const std::string& word) {
  std::uint64_t seed = 0;
  const char* const last = word.data() + word.size();
  const auto [end, error] = std::from_chars(word.data(), last, seed);
  if (error == std::errc() && end == last) return {};
  return fmt::format("a seed is a whole number from 0 to {}, not {}",
                     std::numeric_limits<std::uint64_t>::max(), word);
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
  command.add_option("--seed", options.seed, "of the random choices")
      ->check(CLI::Validator(seed_error, ""))
      ->capture_default_str();
  command.add_flag("--recompute", options.recompute,
                   "run the whole model for every character, without a cache");
}

/// Reads the command line and does what it asks. Returns the exit status.
int run_program(int argc, char** argv) {
  CLI::App program("Trains a GPT on a text and lets it speak.", "gpt");
  program.require_subcommand(1);
  program.footer(
      "Exit status: 0 done; 1 it failed; 2 the command line is wrong; 128 + n signal number n "
      "ended "
      "the run, which can go on.");
  TrainOptions train_options;
  SampleOptions sample_options;
  CLI::App& train_command = *program.add_subcommand("train", "train a model on a text");
  CLI::App& sample_command =
      *program.add_subcommand("sample", "let a trained model continue a prompt");
  add_train_options(train_command, train_options);
  add_sample_options(sample_command, sample_options);
  try {
    program.parse(argc, argv);
    if (train_command.parsed()) return train(train_options);
    sample(sample_options);
    return 0;
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  } catch (const std::bad_alloc&) {
    return failure("the model and its batches do not fit into the memory");
  } catch (const std::exception& error) {
    return failure(error.what());
  }
}

}  // namespace

}  // namespace llm

/// The program: lost output is an error, too.
int main(int argc, char** argv) {
  llm::open_standard_streams();
  const int status = llm::run_program(argc, argv);
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (written || status != 0) return status;
  return llm::failure("standard output could not be written");
}
