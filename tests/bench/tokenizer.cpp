// Tokenizer speed on one core: training byte pairs on a text, and encoding the text with them, or
// with the files of a published vocabulary.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/scaling/tokenization/byte_pair_training.hpp"
#include "common/scaling/tokenization/gpt2_files.hpp"
#include "common/scaling/tokenization/tokenizer_json.hpp"
#include "common/transformer/storage/files.hpp"
#include "tests/bench/measure.hpp"

using namespace llm;

namespace {

/// What the benchmark was asked for.
struct Options {
  std::string data;
  std::vector<std::string> files;  ///< a tokenizer.json, or GPT-2's encoder.json and vocab.bpe
  std::vector<Index> vocabularies = {512, 32'000};
  std::string out;
  bool json = false;
};

void report(const Options& options, const char* what, Index vocabulary, double megabytes,
            double seconds, double bytes_per_token) {
  if (options.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"bench", "tokenizer"},
                                              {"work", what},
                                              {"vocabulary", vocabulary},
                                              {"megabytes", megabytes},
                                              {"seconds", seconds},
                                              {"megabytes_per_second", megabytes / seconds},
                                              {"bytes_per_token", bytes_per_token}}
                           .dump());
    return;
  }
  fmt::print("{:8} {:6} tokens, {:5.1f} MB: {:7.3f} s, {:6.1f} MB/s, {:.2f} bytes a token\n", what,
             vocabulary, megabytes, seconds, megabytes / seconds, bytes_per_token);
}

void measure_encoding(const Options& options, const Tokenizer& tokenizer, const std::string& text) {
  std::size_t tokens = 0;
  const double seconds = bench::shortest(3, [&] { tokens = tokenizer.encode(text).size(); });
  const auto bytes = static_cast<double>(text.size());
  report(options, "encoding", tokenizer.size(), bytes / 1e6, seconds,
         bytes / static_cast<double>(tokens));
}

void measure_training(const Options& options, Index vocabulary, const std::string& text) {
  std::vector<BytePairTokenizer> trained;
  const double seconds =
      bench::shortest(1, [&] { trained = {train_byte_pairs(text, vocabulary)}; });
  const auto bytes = static_cast<double>(text.size());
  const auto tokens = static_cast<double>(trained[0].encode(text).size());
  report(options, "training", trained[0].size(), bytes / 1e6, seconds, bytes / tokens);
  measure_encoding(options, trained[0], text);
  if (!options.out.empty()) write_file(options.out, trained[0].to_json());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App program("Tokenizer speed on one core");
  program.add_option("--data", options.data, "a text; without, the book's");
  program.add_option("--files", options.files, "tokenizer.json, or encoder.json and vocab.bpe");
  program.add_option("--vocabulary", options.vocabularies, "sizes to train");
  program.add_option("--out", options.out, "where to write the last trained tokenizer.json");
  program.add_flag("--json", options.json, "one object a line");
  CLI11_PARSE(program, argc, argv);
  try {
    const std::string text = read_corpus(options.data);
    if (options.files.size() == 1) {
      measure_encoding(options, *any_tokenizer_from_json(read_file(options.files[0])), text);
    } else if (options.files.size() == 2) {
      measure_encoding(options, read_gpt2_files(options.files[0], options.files[1]), text);
    } else {
      for (const Index size : options.vocabularies) measure_training(options, size, text);
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tokenizer: {}\n", error.what());
    return 1;
  }
}
