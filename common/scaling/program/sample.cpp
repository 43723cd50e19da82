#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "common/foundations/corpus.hpp"
#include "common/scaling/program/commands.hpp"
#include "common/scaling/program/console.hpp"
#include "common/scaling/sampling/sampling.hpp"
#include "common/scaling/tokenization/text_stream.hpp"
#include "common/scaling/tokenization/tokenizer_json.hpp"
#include "common/transformer/generation/kv_cache.hpp"
#include "common/transformer/storage/training_run.hpp"

namespace llm {

namespace {

/// What `gpt sample` and `gpt chat` were asked for.
struct SampleOptions {
  std::string run = default_run;
  std::string prompt;  ///< empty for a new line, or what a text without lines begins with
  SamplingSettings sampling = {.temperature = 0.8};
  Index tokens = 500;
  std::uint64_t seed = 1;
  bool recompute = false;
  bool json = false;
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

/// The tokens of a prompt; says so where the model cannot read them all.
std::vector<Token> prompt_tokens(const Model& model, const std::string& text) {
  std::vector<Token> tokens = model.tokenizer->encode(text);
  const Index context = model.gpt.config.context;
  if (static_cast<Index>(tokens.size()) > context) {
    remark("the prompt has {} tokens; the model reads its last {}\n", tokens.size(), context);
  }
  return tokens;
}

/// Continues a prompt and hands each piece of text to `take` as it is made, until that returns
/// false. Returns the prompt's tokens with those of the continuation.
std::vector<Token> continue_text(const Model& model, const std::vector<Token>& prompt,
                                 const SampleOptions& options, Generator& generator,
                                 const std::function<bool(const std::string&)>& take) {
  TextStream stream(*model.tokenizer, prompt.back());
  const auto observer = [&](Token token) { return take(stream.add(token)); };
  const Sampler sampler = make_sampler(options.sampling, prompt, generator);
  std::vector<Token> tokens =
      options.recompute ? generate_recomputing(model.gpt, prompt, options.tokens, sampler, observer)
                        : generate(model.gpt, prompt, options.tokens, sampler, observer);
  take(stream.rest());
  return tokens;
}

/// gpt sample: a prompt and its continuation, as it is made or with --json at the end.
void sample(const SampleOptions& options) {
  const Model model = model_of(options.run);
  const std::string text =
      options.prompt.empty() ? first_text(*model.tokenizer) : unix_line_ends(options.prompt);
  const std::vector<Token> prompt = prompt_tokens(model, text);
  Generator generator(options.seed);
  std::string continuation;
  if (!options.json) say("{}", text);
  const auto begin = std::chrono::steady_clock::now();
  const auto take = [&](const std::string& piece) {
    continuation += piece;
    if (!options.json) say("{}", piece);
    return std::ferror(stdout) == 0;
  };
  const std::size_t length = continue_text(model, prompt, options, generator, take).size();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (!options.json) return say("\n");
  const Json told = {{"prompt", text},
                     {"text", continuation},
                     {"tokens", length - prompt.size()},
                     {"seconds", seconds.count()}};
  say("{}\n", told.dump());
}

/// Whether a text holds something and then the end of its line.
bool is_whole_line(const std::string& text) {
  const std::size_t begin = text.find_first_not_of('\n');
  return begin != std::string::npos && text.find('\n', begin) != std::string::npos;
}

/// gpt chat: reads a line and answers with one, in turns, until the input ends. The model has read
/// all that both have said, as far as its context reaches.
void chat(const SampleOptions& options) {
  const Model model = model_of(options.run);
  Generator generator(options.seed);
  std::vector<Token> said;
  remark("Type a line, and the model answers with one; Ctrl-D ends it.\n> ");
  for (std::string line; std::getline(std::cin, line); remark("> ")) {
    try {
      const std::vector<Token> heard = prompt_tokens(model, unix_line_ends(line) + "\n");
      said.insert(said.end(), heard.begin(), heard.end());
    } catch (const std::invalid_argument& error) {
      remark("gpt: {}\n", error.what());
      continue;
    }
    std::string answer;
    said = continue_text(model, said, options, generator, [&](const std::string& piece) {
      answer += piece;
      say("{}", piece);
      return !is_whole_line(answer) && std::ferror(stdout) == 0;
    });
    if (!answer.ends_with('\n')) say("\n");
  }
}

/// Adds what sampling and chatting share.
void add_sampling(CLI::App& command, SampleOptions& options) {
  SamplingSettings& sampling = options.sampling;
  add_run(command, options.run);
  command
      .add_option("--temperature", sampling.temperature, "0 takes the likeliest token each time")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command.add_option("--top-k", sampling.top_k, "only the k likeliest tokens; 0 for all")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  command
      .add_option("--top-p", sampling.top_p,
                  "only the likeliest tokens that together have this probability")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      .add_option("--min-p", sampling.min_p,
                  "only tokens with at least this share of the likeliest one's probability")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      .add_option("--repetition-penalty", sampling.repetition_penalty,
                  "above 1, tokens that have occurred become less likely")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  command.add_option("--tokens", options.tokens, "how many tokens to add at most")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  add_seed(command, options.seed);
}

}  // namespace

std::string model_folder(const std::string& run) {
  const RunFiles files = run_files(run);
  if (std::filesystem::exists(files.best)) return files.best;
  if (std::filesystem::exists(files.last)) return files.last;
  throw std::runtime_error(fmt::format("{}: there is no trained model here; train one with: {}",
                                       run, run_command("train", run)));
}

Model model_of(const std::string& run) {
  return load_model(model_folder(run), any_tokenizer_from_json);
}

void add_sample(CLI::App& program, int& status) {
  CLI::App& command = *program.add_subcommand("sample", "let a trained model continue a prompt");
  const auto options = std::make_shared<SampleOptions>();
  add_sampling(command, *options);
  command.add_option("--prompt", options->prompt, "the text to continue (default: a new line)");
  command.add_flag("--recompute", options->recompute,
                   "run the whole model for every token, without a cache");
  command.add_flag("--json", options->json, "print one JSON object when all is made");
  command.callback([options, &status] {
    sample(*options);
    status = 0;
  });
}

void add_chat(CLI::App& program, int& status) {
  CLI::App& command = *program.add_subcommand("chat", "talk with a trained model, line by line");
  const auto options = std::make_shared<SampleOptions>();
  add_sampling(command, *options);
  command.callback([options, &status] {
    chat(*options);
    status = 0;
  });
}

}  // namespace llm
