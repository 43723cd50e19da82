#include <algorithm>
#include <atomic>
#include <csignal>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "common/foundations/corpus.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/utf8.hpp"
#include "common/scaling/program/commands.hpp"
#include "common/scaling/program/console.hpp"
#include "common/scaling/tokenization/tokenizer_json.hpp"
#include "common/scaling/tokenization/tokenizers.hpp"
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

/// What `gpt train` was asked for.
struct TrainOptions {
  std::string run = default_run;
  std::string data;
  std::string tokenizer;
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

/// The settings of a new run: the book's, with the byte pairs that section 6.2 found to be better.
TrainingSettings new_settings(const TrainOptions& options) {
  TrainingSettings settings = default_settings();
  settings.tokenizer = "bpe:2048";
  if (!options.config.empty()) settings = read_settings(options.config, settings);
  if (options.steps > 0) settings.schedule.steps = options.steps;
  if (!options.tokenizer.empty()) settings.tokenizer = options.tokenizer;
  settings.data = settings_path(options.data.empty() ? settings.data : options.data);
  return settings;
}

/// The settings of a run that is to go on.
TrainingSettings resumed_settings(const TrainOptions& options, const RunFiles& files) {
  if (!options.config.empty() || !options.tokenizer.empty() || options.steps > 0) {
    throw std::runtime_error(fmt::format(
        "a run goes on with its own settings, and --resume takes no --config, no --tokenizer and "
        "no --steps; what is to be different (not the model and its tokens), change in {}, then: "
        "{} --resume",
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

/// The tokenizer of a run: the one in its last checkpoint, and else one made for the text.
SharedTokenizer tokenizer_of(const std::optional<Run>& run, const TrainingSettings& settings,
                             const std::string& text) {
  if (run && std::filesystem::exists(run->files.last)) {
    return load_tokenizer(run->files.last, any_tokenizer_from_json);
  }
  return make_tokenizer(settings.tokenizer, text);
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
  const TrainingText tokens =
      training_text(text, settings.model.context, tokenizer_of(run, settings, text));
  settings.model.vocabulary = tokens.tokenizer->size();
  validate(checked(settings).model);
  require_memory(settings, options.threads);
  ThreadTeam team(options.threads);
  handle_stop_signals();
  if (!run) run.emplace(begin_run(options.run, settings));
  say("{}: {}\n", source, statistics_text(corpus_statistics(text)));
  say("{} tokens of {} kinds ({}), {:.2f} bytes each\n",
      tokens.split.training.size() + tokens.split.validation.size(), tokens.tokenizer->size(),
      settings.tokenizer, tokens.bytes_a_token);
  say("{} parameters, {} threads, run in {}\n", parameter_count(settings.model), options.threads,
      options.run);
  const RunResult result = train_run(*run, settings, tokens, team, stop_requested);
  print_result(options, run->files, tokens, result);
  return result.finished ? 0 : 128 + stop_signal;
}

}  // namespace

void add_train(CLI::App& program, int& status) {
  CLI::App& command = *program.add_subcommand("train", "train a model on a text");
  const auto options = std::make_shared<TrainOptions>();
  command.add_option("--run", options->run, "directory of the run")->capture_default_str();
  command.add_option("--data", options->data,
                     "a UTF-8 text, plain or gzip (default: the Jargon File)");
  command.add_option(
      "--tokenizer", options->tokenizer,
      "what a token is: characters, bytes, or bpe:1024 for 1,024 byte pairs (default: "
      "bpe:2048)");
  command.add_option("--config", options->config,
                     "a JSON file with settings to change, as settings.json of a run");
  command.add_option("--steps", options->steps, "how many steps to train")
      ->check(CLI::Range(1, 1'000'000'000));
  command.add_option("--threads", options->threads, "how many threads")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--resume", options->resume, "go on from the last checkpoint of the run");
  command.callback([options, &status] { status = train(*options); });
}

}  // namespace llm
