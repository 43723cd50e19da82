// Decoding one token at a time, which reads every weight once for each token: tokens a second, and
// the bytes that they read as a share of what this machine can read, measured in the same run.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/transformer/generation/kv_cache.hpp"
#include "tests/bench/measure.hpp"

using namespace llm;

namespace {

/// A Llama of 110 million parameters: the shape of llama2.c's stories110M.
const GptConfig shape = {.vocabulary = 32000,
                         .context = 1024,
                         .width = 768,
                         .heads = 12,
                         .key_value_heads = 12,
                         .layers = 12,
                         .hidden = 2048,
                         .position = Position::rotary,
                         .norm = Norm::rms,
                         .feed_forward = FeedForward::swiglu,
                         .bias = false,
                         .tied = false};

/// The bytes of the weights that every token reads: all but the table of embeddings, of which a
/// token reads one row.
double bytes_per_token(const GptConfig& config) {
  const Index numbers = parameter_count(config) - config.vocabulary * config.width;
  return static_cast<double>(numbers) * sizeof(Real);
}

/// The sum of some numbers, from eight places at once, because a processor fetches ahead of several
/// streams better than of one.
Real sum_of(const Real* numbers, Index count) {
  constexpr Index streams = 8;
  const Index length = count / streams;
  const Eigen::Map<const Matrix> rows(numbers, streams, length);
  Eigen::Array<Real, streams, 16> sums = Eigen::Array<Real, streams, 16>::Zero();
  for (Index first = 0; first + 16 <= length; first += 16) {
    for (Index stream = 0; stream < streams; ++stream) {
      sums.row(stream) += rows.block<1, 16>(stream, first).array();
    }
  }
  return sums.sum();
}

/// The bytes a second that the threads of a team read together from the model's memory.
double reading_limit(const Vector& buffer, ThreadTeam& team) {
  std::vector<Real> sums(static_cast<std::size_t>(team.size()));
  const auto part = [&](int thread) {
    const Slice slice = {thread, team.size()};
    sums[static_cast<std::size_t>(thread)] =
        sum_of(buffer.data() + slice.first(buffer.size()), slice.count(buffer.size()));
  };
  const double seconds = bench::shortest(7, [&] { team.run(std::ref(part)); });
  volatile Real kept = sums.front();
  (void)kept;
  return static_cast<double>(buffer.size()) * sizeof(Real) / seconds;
}

/// The seconds of each of `count` tokens, decoded after a prompt of eight.
std::vector<double> decode(const Gpt& gpt, int count, ThreadTeam& team) {
  KeyValueCache cache(gpt.config);
  std::vector<Token> tokens = {1, 2, 3, 4, 5, 6, 7, 8};
  Matrix logits = decode_step(gpt, tokens, cache, false, &team);
  std::vector<double> seconds;
  for (int step = 0; step < count; ++step) {
    const double start = bench::now();
    const Token token = greedy_token(logits.row(0));
    logits = decode_step(gpt, {&token, 1}, cache, false, &team);
    seconds.push_back(bench::now() - start);
  }
  return seconds;
}

/// Tokens a second of a prompt that is read at once.
double prefill(const Gpt& gpt, Index length, ThreadTeam& team) {
  const std::vector<Token> tokens(static_cast<std::size_t>(length), 7);
  const double seconds = bench::shortest(3, [&] {
    KeyValueCache cache(gpt.config);
    decode_step(gpt, tokens, cache, false, &team);
  });
  return static_cast<double>(length) / seconds;
}

/// Measures with some number of threads and prints a line.
void measure(const OwnedGpt& gpt, int threads, int count, bool json) {
  ThreadTeam team(threads);
  const double limit = reading_limit(gpt.buffer, team);
  std::vector<double> seconds = decode(gpt, count, team);
  std::sort(seconds.begin(), seconds.end());
  const double rate = 1 / seconds[seconds.size() / 2];
  const double fraction = rate * bytes_per_token(gpt.config) / limit;
  const double prompt = prefill(gpt, 128, team);
  if (json) {
    const nlohmann::ordered_json line = {{"bench", "decode"},
                                         {"parameters", gpt.buffer.size()},
                                         {"format", "float32"},
                                         {"threads", threads},
                                         {"tokens_per_second", rate},
                                         {"gigabytes_per_second", limit * fraction * 1e-9},
                                         {"limit_gigabytes_per_second", limit * 1e-9},
                                         {"fraction", fraction},
                                         {"prompt_tokens_per_second", prompt},
                                         {"peak_rss_mib", bench::peak_memory()}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print(
        "{:.0f} M parameters, float32, {} threads: {:.1f} tokens/s, {:.1f} of {:.1f} GB/s = {:.0f} "
        "%; a prompt of 128: {:.0f} tokens/s\n",
        static_cast<double>(gpt.buffer.size()) * 1e-6, threads, rate, limit * fraction * 1e-9,
        limit * 1e-9, 100 * fraction, prompt);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Decoding speed as a share of the speed of reading");
  int threads = 2, tokens = 100;
  bool json = false;
  app.add_option("--threads", threads, "threads that share a product")->check(CLI::Range(1, 1024));
  app.add_option("--tokens", tokens, "tokens to decode")->check(CLI::Range(1, 1000));
  app.add_flag("--json", json, "one JSON object a line");
  CLI11_PARSE(app, argc, argv);
  const OwnedGpt gpt = initialized_gpt(shape, 1);
  measure(gpt, threads, tokens, json);
}
