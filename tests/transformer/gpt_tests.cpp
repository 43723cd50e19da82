#include "common/transformer/model/gpt.hpp"

#include <fmt/format.h>

#include "common/foundations/spans.hpp"
#include "common/training/statistics.hpp"
#include "common/transformer/model/backpropagation.hpp"
#include "common/transformer/training/settings.hpp"
#include "tests/catch.hpp"
#include "tests/transformer/fixture_model.hpp"

using namespace llm;

namespace {

GptConfig small_config() {
  GptConfig config;
  config.vocabulary = 20;
  config.context = 40;
  config.width = 24;
  config.heads = 3;
  config.key_value_heads = 3;
  config.layers = 2;
  config.hidden = 50;
  return config;
}

std::vector<Token> some_tokens(Index count, Index vocabulary) {
  std::vector<Token> tokens;
  for (Index i = 0; i < count; ++i) tokens.push_back(static_cast<Token>(i * i * 7 % vocabulary));
  return tokens;
}

}  // namespace

TEST_CASE("loss, logits and every gradient agree with PyTorch") {
  for (const Json& expected : read_fixture("transformer_models")) {
    const GptConfig config = config_from_json(expected["config"]);
    INFO(expected["config"].dump());
    const OwnedGpt gpt = fixture_model(config);
    const std::vector<Token> inputs = expected["inputs"], targets = expected["targets"];
    ThreadTeam team(2);
    Backpropagation training(gpt, 2, config.context, team);
    CHECK(training.loss(inputs, targets) == Catch::Approx(expected["loss"]).epsilon(1e-6));
    CHECK(relative_error(span_of(training.logits), expected["logits"]) < 1e-5);
    const double loss = training.loss_and_gradients(inputs, targets);
    CHECK(loss == Catch::Approx(expected["loss"]).epsilon(1e-6));
    REQUIRE(gpt.layout.size() == expected["gradients"].size());
    for (const Parameter& parameter : gpt.layout) {
      INFO(parameter.name);  // to what single precision leaves; gradients_parity.cpp has the digits
      CHECK(relative_error({training.gradients.data() + parameter.offset,
                            static_cast<std::size_t>(parameter.size())},
                           expected["gradients"][parameter.name]) < 1e-5);
    }
  }
}

TEST_CASE("one block agrees with PyTorch's own encoder layer") {
  const Json expected = read_fixture("transformer_block");
  GptConfig config = small_config();
  config.vocabulary = config.context = 5;
  config.width = expected["width"];
  config.heads = config.key_value_heads = expected["heads"];
  config.hidden = expected["hidden"];
  config.layers = 1;
  OwnedGpt gpt(config);
  const auto first = std::find_if(gpt.layout.begin(), gpt.layout.end(), [](const Parameter& place) {
    return place.name == "blocks.0.attention.norm.gain";
  });
  const auto last = std::prev(gpt.layout.end(), 2);  // without the final norm
  fill_as_fixture(
      {gpt.buffer.data() + first->offset, static_cast<std::size_t>(last->offset - first->offset)},
      0);
  const std::vector<double> inputs = expected["inputs"];
  BlockActivations activations(config, 5);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    activations.input.data()[i] = static_cast<Real>(inputs[i]);
  }
  BlockWorkspace workspace{AttentionWorkspace(5)};
  Matrix outputs(5, config.width);
  block_forward(gpt, gpt.parameters.blocks[0], {0, 5, 5}, activations, outputs, workspace);
  CHECK(relative_error(span_of(outputs), expected["outputs"]) < 1e-5);
}

TEST_CASE("GPT-2 has 124,439,808 parameters") {
  GptConfig config;
  config.vocabulary = 50257;
  config.context = 1024;
  config.width = 768;
  config.heads = config.key_value_heads = config.layers = 12;
  config.hidden = 4 * 768;
  CHECK(parameter_count(config) == 124439808);
}

TEST_CASE("the parameters lie in one buffer without gaps, and only matrices decay") {
  OwnedGpt gpt(small_config());
  Index next = 0;
  for (const Parameter& parameter : gpt.layout) {
    INFO(parameter.name);
    CHECK(parameter.offset == next);
    CHECK(parameter.decays() == (parameter.rows > 1));
    next += parameter.size();
  }
  CHECK(next == gpt.buffer.size());
  CHECK(gpt.parameters.output.weight.data() == gpt.parameters.token_embedding.data());
}

TEST_CASE("a buffer of another size holds no model") {
  std::vector<Real> buffer(7);
  CHECK_THROWS_WITH(parameter_views(small_config(), buffer),
                    Catch::Contains("parameter_views: the buffer holds 7 numbers, the model "));
}

TEST_CASE("changing a later token leaves earlier logits alone") {
  OwnedGpt gpt = fixture_model(small_config());
  std::vector<Token> tokens = some_tokens(40, 20);
  const Matrix before = forward(gpt, tokens);
  tokens[25] = (tokens[25] + 1) % 20;
  const Matrix after = forward(gpt, tokens);
  CHECK(before.topRows(25) == after.topRows(25));
  for (Index later = 25; later < 40; ++later) {
    INFO("position " << later);
    CHECK(before.row(later) != after.row(later));
  }
}

TEST_CASE("a sequence has the same logits alone and in a batch") {
  OwnedGpt gpt = fixture_model(small_config());
  ThreadTeam team(2);
  Backpropagation training(gpt, 3, 40, team);
  const std::vector<Token> tokens = some_tokens(120, 20);
  training.loss(tokens, tokens);
  const Matrix alone = forward(gpt, std::span(tokens).subspan(40, 40));
  CHECK(alone == training.logits.middleRows(40, 40));
}

TEST_CASE("the gradients have the same bits on any number of threads") {
  OwnedGpt gpt = fixture_model(small_config());
  const std::vector<Token> tokens = some_tokens(160, 20);
  const std::vector<Token> targets(tokens.rbegin(), tokens.rend());
  ThreadTeam one(1), many(3);
  Backpropagation first(gpt, 4, 40, one), second(gpt, 4, 40, many);
  CHECK(first.loss_and_gradients(tokens, targets) == second.loss_and_gradients(tokens, targets));
  CHECK(first.gradients == second.gradients);
}

TEST_CASE("a new model has GPT-2's deviations, gains of 1 and biases of 0") {
  GptConfig config = small_config();
  config.width = 96;
  config.hidden = 200;
  config.layers = 3;
  config.tied = false;
  Generator generator(2);
  OwnedGpt gpt(config);
  initialize(gpt, generator);
  for (const Parameter& parameter : gpt.layout) {
    INFO(parameter.name);
    const auto numbers = gpt.buffer.segment(parameter.offset, parameter.size());
    if (parameter.rows == 1) {
      CHECK((numbers.array() == (parameter.name.ends_with("gain") ? 1 : 0)).all());
      continue;
    }
    const bool to_stream =
        parameter.name.ends_with("output.weight") || parameter.name.ends_with("contract.weight");
    const double deviation = to_stream ? 0.02 / std::sqrt(6.0) : 0.02;
    CHECK(root_mean_square(numbers) == Catch::Approx(deviation).epsilon(0.08));
    CHECK(numbers.mean() == Catch::Approx(0).margin(0.1 * deviation));
  }
}

TEST_CASE("an untrained model is as surprised as an even guess") {
  Generator generator(1);
  OwnedGpt gpt(small_config());
  initialize(gpt, generator);
  ThreadTeam team(1);
  Backpropagation training(gpt, 4, 40, team);
  const std::vector<Token> tokens = some_tokens(160, 20);
  const std::vector<Token> targets(tokens.rbegin(), tokens.rend());
  CHECK(training.loss(tokens, targets) == Catch::Approx(std::log(20.0)).margin(0.05));
}

TEST_CASE("a configuration that cannot be built names the field and its value") {
  GptConfig config = small_config();
  config.heads = 5;
  CHECK_THROWS_WITH(OwnedGpt(config), "GptConfig: heads is 5, which does not divide width = 24");
  config = small_config();
  config.key_value_heads = 2;
  CHECK_THROWS_WITH(OwnedGpt(config),
                    "GptConfig: key_value_heads is 2, which does not divide heads = 3");
  config = small_config();
  config.layers = 0;
  CHECK_THROWS_WITH(OwnedGpt(config), "GptConfig: layers is 0, must be from 1 to 10000");
  config = small_config();
  config.position = Position::rotary;
  config.heads = config.key_value_heads = 8;
  CHECK_THROWS_WITH(OwnedGpt(config),
                    "GptConfig: width / heads is 3, which must be even for rotary positions");
}

TEST_CASE("tokens out of the vocabulary and sequences beyond the context are errors") {
  OwnedGpt gpt(small_config());
  ThreadTeam team(2);
  Backpropagation training(gpt, 2, 40, team);
  std::vector<Token> tokens = some_tokens(80, 20);
  CHECK_THROWS_WITH(forward(gpt, some_tokens(41, 20)),
                    "embed_tokens: 41 tokens from position 0 on do not fit into a context of 40");
  Matrix rows(1, gpt.config.width);
  CHECK_THROWS_WITH(embed_tokens(gpt, some_tokens(1, 20), -1, rows),
                    "embed_tokens: 1 tokens from position -1 on do not fit into a context of 40");
  CHECK_THROWS_WITH(training.loss(std::span(tokens).first(41), std::span(tokens).first(41)),
                    "Backpropagation: 41 inputs and 41 targets, expected up to 2 sequences of 40");
  CHECK_THROWS_WITH(training.loss({}, {}), Catch::Contains("0 inputs and 0 targets"));
  CHECK_THROWS_WITH(training.loss(tokens, std::span(tokens).first(40)),
                    Catch::Contains("80 inputs and 40 targets"));
  const std::vector<Token> many = some_tokens(120, 20);
  CHECK_THROWS_WITH(training.loss_and_gradients(many, many),
                    Catch::Contains("120 inputs and 120 targets"));
  CHECK_THROWS_WITH(forward(gpt, std::vector<Token>{-1}),
                    "embed: token -1 is not one of the 20 rows of the table");
  std::vector<Token> strange = tokens;
  strange[70] = 20;
  CHECK_THROWS_WITH(training.loss(strange, tokens),
                    "embed: token 20 is not one of the 20 rows of the table");
  CHECK_THROWS_WITH(training.loss_and_gradients(tokens, strange),
                    "cross_entropy: target 20 is not one of 20 tokens");
}
