#include "common/transformer/training/settings.hpp"

#include <fstream>

#include "tests/catch.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

/// Settings in which no field has its default, as they stand in a run's settings.json.
const char* const literal = R"({
  "data": "/some/text", "tokenizer": "bytes",
  "model": {
    "vocabulary": 90, "context": 48, "width": 24, "heads": 6, "key_value_heads": 3, "layers": 5,
    "hidden": 40, "position": "rotary", "norm": "rms", "feed_forward": "swiglu", "bias": false,
    "tied": false, "norm_epsilon": 0.25, "rotary_base": 500.0, "rotary_layout": "adjacent_pairs"
  },
  "optimizer": "muon", "beta_1": 0.5, "beta_2": 0.75, "epsilon": 0.125, "weight_decay": 0.0625,
  "muon_rate": 1.5, "muon_momentum": 0.625, "muon_weight_decay": 0.875, "muon_iterations": 3,
  "largest_norm": 2.5,
  "peak": 0.375, "final": 0.03125, "warm_up": 7, "steps": 11, "sequences": 13, "accumulation": 17,
  "evaluate_every": 19, "evaluation_batches": 23, "checkpoint_every": 29,
  "seed": 18446744073709551615
})";

}  // namespace

TEST_CASE("every field of the settings is read from its place in the JSON") {
  const TrainingSettings read = settings_from_json(nlohmann::ordered_json::parse(literal));
  CHECK(read.data == "/some/text");
  CHECK(read.tokenizer == "bytes");
  CHECK(read.model == GptConfig{.vocabulary = 90,
                                .context = 48,
                                .width = 24,
                                .heads = 6,
                                .key_value_heads = 3,
                                .layers = 5,
                                .hidden = 40,
                                .position = Position::rotary,
                                .norm = Norm::rms,
                                .feed_forward = FeedForward::swiglu,
                                .bias = false,
                                .tied = false,
                                .norm_epsilon = 0.25,
                                .rotary_base = 500,
                                .rotary_layout = RotaryLayout::adjacent_pairs});
  CHECK(read.optimizer.weights == WeightOptimizer::muon);
  CHECK(read.optimizer.adamw.beta_1 == 0.5);
  CHECK(read.optimizer.adamw.beta_2 == 0.75);
  CHECK(read.optimizer.adamw.epsilon == 0.125);
  CHECK(read.optimizer.adamw.weight_decay == 0.0625);
  CHECK(read.optimizer.muon.rate == 1.5);
  CHECK(read.optimizer.muon.momentum == 0.625);
  CHECK(read.optimizer.muon.weight_decay == 0.875);
  CHECK(read.optimizer.muon.iterations == 3);
  CHECK(read.largest_norm == 2.5);
  CHECK(read.schedule.peak == 0.375);
  CHECK(read.schedule.final == 0.03125);
  CHECK(read.schedule.warm_up == 7);
  CHECK(read.schedule.steps == 11);
  CHECK(read.sequences == 13);
  CHECK(read.accumulation == 17);
  CHECK(read.evaluate_every == 19);
  CHECK(read.evaluation_batches == 23);
  CHECK(read.checkpoint_every == 29);
  CHECK(read.seed == 0xFFFFFFFFFFFFFFFF);
}

TEST_CASE("every field of the settings is written to its place in the JSON") {
  const auto json = nlohmann::ordered_json::parse(literal);
  CHECK(settings_to_json(settings_from_json(json)) == json);
}

TEST_CASE("each word of a choice stands for the choice of that name") {
  const auto model = [](const char* text) {
    return config_from_json(nlohmann::ordered_json::parse(text));
  };
  CHECK(model(R"({"position": "learned"})").position == Position::learned);
  CHECK(model(R"({"position": "rotary"})").position == Position::rotary);
  CHECK(model(R"({"norm": "layer"})").norm == Norm::layer);
  CHECK(model(R"({"norm": "rms"})").norm == Norm::rms);
  CHECK(model(R"({"feed_forward": "relu"})").feed_forward == FeedForward::relu);
  CHECK(model(R"({"feed_forward": "gelu"})").feed_forward == FeedForward::gelu);
  CHECK(model(R"({"feed_forward": "swiglu"})").feed_forward == FeedForward::swiglu);
  CHECK(model(R"({"rotary_layout": "adjacent_pairs"})").rotary_layout ==
        RotaryLayout::adjacent_pairs);
  CHECK(model(R"({"rotary_layout": "split_halves"})").rotary_layout == RotaryLayout::split_halves);
}

TEST_CASE("each word of an optimizer stands for it") {
  const auto optimizer = [](const char* text) {
    return settings_from_json(nlohmann::ordered_json::parse(text)).optimizer.weights;
  };
  CHECK(optimizer(R"({"optimizer": "adamw"})") == WeightOptimizer::adamw);
  CHECK(optimizer(R"({"optimizer": "muon"})") == WeightOptimizer::muon);
}

TEST_CASE("a number with many digits goes to JSON and back without loss") {
  TrainingSettings settings;
  settings.schedule.peak = 1.0 / 3;
  const std::string text = settings_to_json(settings).dump(2);
  CHECK(settings_from_json(nlohmann::ordered_json::parse(text)).schedule.peak == 1.0 / 3);
}

TEST_CASE("a settings file changes the fields that it names and no others") {
  const TemporaryFolder folder;
  std::ofstream(folder / "settings.json") << R"({"peak": 0.5, "model": {"layers": 7}})";
  const TrainingSettings settings = read_settings(folder / "settings.json", default_settings());
  CHECK(settings.schedule.peak == 0.5);
  CHECK(settings.model.layers == 7);
  CHECK(settings.model.width == default_settings().model.width);
}

TEST_CASE("a wrong field, word, type or file is named") {
  const auto error = [](const char* text) {
    try {
      settings_from_json(nlohmann::ordered_json::parse(text));
    } catch (const std::runtime_error& wrong) {
      return std::string(wrong.what());
    }
    return std::string();
  };
  CHECK(error(R"({"stesp": 3})") == "there is no field \"stesp\"");
  CHECK(error(R"({"model": {"norm": "batch"}})") ==
        "the field \"norm\" is \"batch\", expected layer or rms");
  CHECK(error(R"({"steps": "many"})") == "the field \"steps\" cannot be \"many\"");
  CHECK(error(R"({"steps": 2.5})") == "the field \"steps\" cannot be 2.5");
  CHECK(error(R"({"seed": -1})") == "the field \"seed\" cannot be -1");
  CHECK(error("[1]") == "the settings should be a JSON object, and is [1]");
  CHECK(error(R"({"model": 3})") == "the model should be a JSON object, and is 3");
  CHECK_THROWS_WITH(read_settings("/no/such.json"), Catch::Contains("/no/such.json"));
}
