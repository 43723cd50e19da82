#include <fmt/format.h>

#include <numeric>

#include "common/foundations/gradient_check.hpp"
#include "common/foundations/spans.hpp"
#include "common/transformer/model/backpropagation.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

/// A model so small that each of its derivatives can be measured.
GptConfig tiny_config() {
  GptConfig config;
  config.vocabulary = 7;
  config.context = 5;
  config.width = 8;
  config.heads = config.key_value_heads = 4;
  config.layers = 2;
  config.hidden = 6;
  return config;
}

/// Every number of the buffer drawn at random, gains and biases too.
void scramble(OwnedGpt& gpt, Generator& generator) {
  for (Real& parameter : gpt.buffer) parameter = static_cast<Real>(0.4 * normal(generator));
}

std::vector<Token> random_tokens(Index count, Index vocabulary, Generator& generator) {
  std::vector<Token> tokens;
  for (Index i = 0; i < count; ++i) {
    tokens.push_back(static_cast<Token>(uniform_index(vocabulary, generator)));
  }
  return tokens;
}

/// The gradient of a whole model on 3 sequences, against finite differences of its loss.
double model_gradient_error(const GptConfig& config, Index length, int threads) {
  Generator generator(7);
  OwnedGpt gpt(config);
  scramble(gpt, generator);
  ThreadTeam team(threads);
  Backpropagation training(gpt, 3, length, team);
  const std::vector<Token> inputs = random_tokens(3 * length, config.vocabulary, generator);
  const std::vector<Token> targets = random_tokens(3 * length, config.vocabulary, generator);
  training.loss_and_gradients(inputs, targets);
  const std::vector<Real> gradients(training.gradients.begin(), training.gradients.end());
  const std::vector<double> expected =
      finite_differences([&] { return training.loss(inputs, targets); }, span_of(gpt.buffer));
  return gradient_error(gradients, expected);
}

}  // namespace

TEST_CASE("every choice of the configuration has the gradient of its loss") {
  int number = 0;
  for (const Position position : {Position::learned, Position::rotary}) {
    for (const Norm norm : {Norm::layer, Norm::rms}) {
      for (const FeedForward kind : {FeedForward::relu, FeedForward::gelu, FeedForward::swiglu}) {
        for (const Index key_value_heads : {4, 2, 1}) {
          GptConfig config = tiny_config();
          config.position = position;
          config.norm = norm;
          config.feed_forward = kind;
          config.key_value_heads = key_value_heads;
          config.tied = number % 2 == 0;
          config.bias = number / 2 % 2 == 0;
          config.rotary_layout =
              number / 3 % 2 == 0 ? RotaryLayout::adjacent_pairs : RotaryLayout::split_halves;
          INFO(fmt::format("configuration {}", number));
          CHECK(model_gradient_error(config, config.context, 2) < 1e-7);
          ++number;
        }
      }
    }
  }
}

TEST_CASE("one layer, one head, one position and more threads than sequences are models as well") {
  GptConfig config = tiny_config();
  config.layers = 1;
  config.heads = config.key_value_heads = 1;
  CHECK(model_gradient_error(config, 1, 4) < 1e-7);
  CHECK(model_gradient_error(config, 3, 1) < 1e-7);
}

TEST_CASE("gradients of two batches add up, each with its weight") {
  Generator generator(8);
  OwnedGpt gpt(tiny_config());
  scramble(gpt, generator);
  ThreadTeam team(1);
  Backpropagation training(gpt, 2, 5, team);
  const std::vector<Token> inputs = random_tokens(20, 7, generator);
  const std::vector<Token> targets = random_tokens(20, 7, generator);
  const std::span all_inputs(inputs), all_targets(targets);
  training.loss_and_gradients(all_inputs.first(5), all_targets.first(5), 0.25);
  training.loss_and_gradients(all_inputs.subspan(5, 5), all_targets.subspan(5, 5), 0.25);
  training.loss_and_gradients(all_inputs.last(10), all_targets.last(10), 0.5);
  Backpropagation whole(gpt, 4, 5, team);
  whole.loss_and_gradients(inputs, targets);
  CHECK(largest_difference(training.gradients, whole.gradients) < 1e-14);
  training.clear_gradients();
  CHECK(training.gradients.isZero(0));
}
