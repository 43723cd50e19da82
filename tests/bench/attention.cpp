// Causal attention, forward and backward, on one thread, for 64, 256 and 1024 positions: the
// operations that it needs (half of a full square of scores) a second, beside the machine's limit.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "common/attention/causal_attention.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"

using namespace llm;

namespace {

constexpr HeadLayout layout = {.heads = 6, .key_value_heads = 6, .head_width = 64};

/// Prints a line for one length.
void measure(Index length, double limit, bool json) {
  Generator generator(1);
  const Index width = layout.width();
  const Matrix queries = random_normal(length, width, generator);
  const Matrix keys = random_normal(length, width, generator);
  const Matrix values = random_normal(length, width, generator);
  const Matrix change = random_normal(length, width, generator);
  Matrix outputs(length, width), log_sums(length, layout.heads);
  Matrix query_gradient(length, width), key_gradient(length, width), value_gradient(length, width);
  AttentionWorkspace workspace(length);
  const double forward = fastest_seconds(
      [&] {
        causal_attention_forward(queries, keys, values, layout, outputs, log_sums, workspace);
      },
      20);
  const double backward = fastest_seconds(
      [&] {
        causal_attention_backward(change, {queries, keys, values, outputs, log_sums}, layout,
                                  {query_gradient, key_gradient, value_gradient}, workspace);
      },
      20);
  // A product is 2 operations for each feature of each pair of positions: two forward, and four
  // backward, not counting the scores that are computed again.
  const double product = static_cast<double>(width * length * (length + 1)) / 1e9;
  if (json) {
    const nlohmann::ordered_json line = {{"bench", "attention"},
                                         {"length", length},
                                         {"threads", 1},
                                         {"forward_ms", 1e3 * forward},
                                         {"backward_ms", 1e3 * backward},
                                         {"gflops", 6 * product / (forward + backward)},
                                         {"limit_gflops", limit},
                                         {"fraction", 6 * product / (forward + backward) / limit}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print(
        "{:5} positions   forward {:7.3f} ms  {:5.1f}   backward {:7.3f} ms  {:5.1f}   of "
        "{:.1f} GFLOP/s\n",
        length, 1e3 * forward, 2 * product / forward, 1e3 * backward, 4 * product / backward,
        limit);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Causal attention as a share of the machine's limit");
  bool json = false;
  app.add_flag("--json", json, "one JSON object a line");
  CLI11_PARSE(app, argc, argv);
  const double limit = multiply_add_limit(1);
  for (const Index length : {64, 256, 1024}) measure(length, limit, json);
}
