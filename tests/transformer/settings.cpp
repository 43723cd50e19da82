#include "common/transformer/settings.hpp"

#include <filesystem>
#include <fstream>

#include "tests/catch.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

TEST_CASE("settings go to JSON and back without loss") {
  TrainingSettings settings = default_settings();
  settings.data = "/some/text";
  settings.model.position = Position::rotary;
  settings.model.norm = Norm::rms;
  settings.model.feed_forward = FeedForward::swiglu;
  settings.model.rotary_layout = RotaryLayout::adjacent_pairs;
  settings.schedule.peak = 1.0 / 3;
  settings.seed = 0xFFFFFFFFFFFFFFFF;
  const TrainingSettings back = settings_from_json(settings_to_json(settings));
  CHECK(back.model == settings.model);
  CHECK(settings_to_json(back) == settings_to_json(settings));
}

TEST_CASE("a settings file changes the fields that it names and no others") {
  const TemporaryFolder folder;
  const auto path = folder.path / "settings.json";
  std::ofstream(path) << R"({"peak": 0.5, "model": {"layers": 7}})";
  const TrainingSettings settings = read_settings(path.string(), default_settings());
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
