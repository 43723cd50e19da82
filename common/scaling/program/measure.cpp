#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

#include "common/foundations/corpus.hpp"
#include "common/scaling/program/commands.hpp"
#include "common/scaling/program/console.hpp"
#include "common/scaling/tokenization/tokenizer_json.hpp"
#include "common/transformer/generation/kv_cache.hpp"
#include "common/transformer/model/loss.hpp"
#include "common/transformer/model/parameters.hpp"
#include "common/transformer/training/settings.hpp"

namespace llm {

namespace {

/// What `gpt eval`, `gpt tokenize` and `gpt info` were asked for.
struct MeasureOptions {
  std::string run = default_run;
  std::string data;  ///< path of a text
  std::string text;  ///< or the text itself
  bool json = false;
};

/// The sum of the surprises, in nats, at all tokens of a text but the first. The model reads it in
/// windows of its context, one after the other.
double surprise_at_text(const Gpt& gpt, std::span<const Token> tokens, ThreadTeam& team) {
  const auto window = static_cast<std::size_t>(gpt.config.context);
  double nats = 0;
  for (std::size_t start = 0; start + 1 < tokens.size(); start += window) {
    const std::size_t count = std::min(window, tokens.size() - 1 - start);
    KeyValueCache cache(gpt.config);
    const Matrix logits = decode_step(gpt, tokens.subspan(start, count), cache, true, &team);
    nats += cross_entropy(logits, tokens.subspan(start + 1, count));
  }
  return nats;
}

/// gpt eval: prints how many bits a byte of the text costs.
void measure_text(const MeasureOptions& options) {
  const Model model = model_of(options.run);
  const std::string text = read_corpus(options.data);
  const std::vector<Token> tokens = model.tokenizer->encode(text);
  if (tokens.size() < 2) throw std::runtime_error("a text of one token has nothing to predict");
  ThreadTeam team(std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  const double nats = surprise_at_text(model.gpt, tokens, team);
  const double predicted = static_cast<double>(tokens.size() - 1);
  const std::string first = model.tokenizer->decode({tokens.data(), 1});
  const double bytes = static_cast<double>(text.size() - first.size());
  const double bits = bits_a_byte(nats / predicted, bytes / predicted);
  if (options.json) {
    const Json told = {{"bytes", text.size()},
                       {"tokens", tokens.size()},
                       {"nats_a_token", nats / predicted},
                       {"bits_a_byte", bits}};
    return say("{}\n", told.dump());
  }
  say("{} bytes, {} tokens: {:.3f} nats a token, {:.3f} bits a byte\n", text.size(), tokens.size(),
      nats / predicted, bits);
}

/// A text for one line: what is not printed, and the signs around it, as in C++ or JSON.
std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// gpt tokenize: prints the tokens of a text and the piece of it that each stands for.
void tokenize(const MeasureOptions& options) {
  const SharedTokenizer tokenizer =
      load_tokenizer(model_folder(options.run), any_tokenizer_from_json);
  const std::string text = options.data.empty() ? options.text : read_text_file(options.data);
  const std::vector<Token> tokens = tokenizer->encode(text);
  if (options.json) return say("{}\n", Json({{"tokens", tokens}}).dump());
  for (const Token token : tokens) {
    say("{:6} {}\n", token, quoted(tokenizer->decode({&token, 1})));
  }
  say("{} bytes, {} tokens\n", text.size(), tokens.size());
}

/// gpt info: prints what a run's model is and what it needs.
void describe(const MeasureOptions& options) {
  const std::string folder = model_folder(options.run);
  const Model model = model_of(options.run);
  const GptConfig& config = model.gpt.config;
  const Index parameters = parameter_count(config);
  const std::string step = std::filesystem::read_symlink(folder).filename().string();
  const std::size_t bytes = static_cast<std::size_t>(parameters) * sizeof(Real);
  if (options.json) {
    Json told = {{"folder", folder}, {"checkpoint", step}, {"parameters", parameters}};
    told["parameter_bytes"] = bytes;
    told["cache_bytes"] = cache_bytes(config);
    told["model"] = config_to_json(config);
    return say("{}\n", told.dump());
  }
  say("{}: {}\n", folder, step);
  say("{} parameters, {:.1f} MiB; a full cache has {:.1f} MiB more\n", parameters,
      static_cast<double>(bytes) / 0x1p20, static_cast<double>(cache_bytes(config)) / 0x1p20);
  const Json choices = config_to_json(config);
  for (const auto& [name, value] : choices.items()) {
    say("  {:16} {}\n", name, value.dump());
  }
}

/// Adds a command of this file, which does `what` with its options.
CLI::App& add_measure(CLI::App& program, int& status, const char* name, const char* help,
                      void (*what)(const MeasureOptions&),
                      std::shared_ptr<MeasureOptions> options) {
  CLI::App& command = *program.add_subcommand(name, help);
  add_run(command, options->run);
  command.add_flag("--json", options->json, "print one JSON object");
  command.callback([options, what, &status] {
    what(*options);
    status = 0;
  });
  return command;
}

}  // namespace

void add_eval(CLI::App& program, int& status) {
  const auto options = std::make_shared<MeasureOptions>();
  CLI::App& command = add_measure(program, status, "eval",
                                  "bits a byte that a text costs the model", measure_text, options);
  command.add_option("--data", options->data, "a UTF-8 text (default: the Jargon File)");
}

void add_tokenize(CLI::App& program, int& status) {
  const auto options = std::make_shared<MeasureOptions>();
  CLI::App& command =
      add_measure(program, status, "tokenize", "show the tokens of a text", tokenize, options);
  command.add_option("text", options->text, "the text");
  command.add_option("--data", options->data, "a file to read the text from");
}

void add_info(CLI::App& program, int& status) {
  add_measure(program, status, "info", "say what a trained model is", describe,
              std::make_shared<MeasureOptions>());
}

}  // namespace llm
