#include "common/transformer/storage/model_directory.hpp"

#include <filesystem>
#include <fstream>

#include "tests/catch.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

const CharacterTokenizer tokenizer = character_tokenizer("abcdefghijk");

/// A small GPT-2.
GptConfig gpt2_config() {
  return {.vocabulary = 11,
          .context = 8,
          .width = 12,
          .heads = 3,
          .key_value_heads = 3,
          .layers = 2,
          .hidden = 20};
}

/// A small Llama with grouped heads.
GptConfig llama_config() {
  return {.vocabulary = 11,
          .context = 8,
          .width = 12,
          .heads = 3,
          .key_value_heads = 1,
          .layers = 2,
          .hidden = 20,
          .position = Position::rotary,
          .norm = Norm::rms,
          .feed_forward = FeedForward::swiglu,
          .bias = false,
          .tied = false};
}

/// A configuration that is neither: a Llama's layers with LayerNorm.
GptConfig own_config() {
  GptConfig config = llama_config();
  config.norm = Norm::layer;
  return config;
}

/// The tensor of a name.
StoredParameter stored(const GptConfig& config, const std::string& name) {
  for (const StoredParameter& place : stored_parameters(config)) {
    if (place.name == name) return place;
  }
  FAIL("there is no tensor " << name);
  return {};
}

}  // namespace

TEST_CASE("a configuration goes to config.json and back") {
  for (const GptConfig& config : {gpt2_config(), llama_config(), own_config()}) {
    CHECK(model_config_from_json(model_config_to_json(config)) == config);
  }
  CHECK(model_config_to_json(gpt2_config())["model_type"] == "gpt2");
  CHECK(model_config_to_json(llama_config())["model_type"] == "llama");
  CHECK(model_config_to_json(own_config())["model_type"] == "understand_llms");
  GptConfig pairs = llama_config();
  pairs.rotary_layout = RotaryLayout::adjacent_pairs;
  CHECK(model_config_to_json(pairs)["model_type"] == "understand_llms");
  GptConfig bare = gpt2_config();
  bare.bias = false;
  CHECK(model_config_to_json(bare)["model_type"] == "understand_llms");
}

TEST_CASE("a choice that the library does not have is refused by its name") {
  Json json = model_config_to_json(llama_config());
  json["rope_scaling"] = {{"factor", 8}};
  CHECK_THROWS_WITH(model_config_from_json(json), Catch::Contains("\"rope_scaling\""));
  json = model_config_to_json(llama_config());
  json["hidden_act"] = "gelu";
  CHECK_THROWS_WITH(model_config_from_json(json), Catch::Contains("\"hidden_act\" is \"gelu\""));
  json = model_config_to_json(gpt2_config());
  json.erase("n_embd");
  CHECK_THROWS_WITH(model_config_from_json(json), "the field \"n_embd\" is missing");
  json["model_type"] = "bert";
  CHECK_THROWS_WITH(model_config_from_json(json), Catch::Contains("\"bert\", expected gpt2"));
}

TEST_CASE("the tensors of a file make up all parameters, without gaps") {
  for (const GptConfig& config : {gpt2_config(), llama_config(), own_config()}) {
    Index end = 0;
    for (const StoredParameter& place : stored_parameters(config)) {
      CHECK(place.offset == end);
      end += place.rows * place.columns;
    }
    CHECK(end == parameter_count(config));
  }
}

TEST_CASE("tensors have the names and shapes that their architecture has at Hugging Face") {
  const StoredParameter key = stored(llama_config(), "model.layers.1.self_attn.k_proj.weight");
  CHECK(key.rows == 4);
  CHECK(key.columns == 12);
  CHECK(key.form == TensorForm::matrix);
  const StoredParameter up = stored(llama_config(), "model.layers.0.mlp.up_proj.weight");
  const StoredParameter gate = stored(llama_config(), "model.layers.0.mlp.gate_proj.weight");
  CHECK(up.offset == gate.offset + 20 * 12);
  CHECK(stored(gpt2_config(), "transformer.h.1.attn.c_attn.weight").form == TensorForm::transposed);
  CHECK(stored(gpt2_config(), "transformer.h.1.attn.c_attn.bias").columns == 36);
  CHECK(stored(gpt2_config(), "transformer.wpe.weight").form == TensorForm::matrix);
}

TEST_CASE("a model goes into its folder and back with all its numbers") {
  for (const GptConfig& config : {gpt2_config(), llama_config(), own_config()}) {
    const TemporaryFolder folder;
    OwnedGpt gpt = initialized_gpt(config, 3);
    Generator generator(4);
    gpt.buffer = random_normal(1, gpt.buffer.size(), generator);
    const std::uint32_t checksum = save_model(folder.path.string(), gpt, tokenizer);
    const Model model = load_model(folder.path.string());
    CHECK(model.gpt.config == config);
    CHECK(model.gpt.buffer == gpt.buffer);
    CHECK(model.tokenizer->encode("bad") == tokenizer.encode("bad"));
    CHECK(load_gpt(folder.path.string()).checksum == checksum);
  }
}

TEST_CASE("a configuration that was changed does not read another model's numbers") {
  const TemporaryFolder folder;
  save_model(folder.path.string(), initialized_gpt(gpt2_config(), 3), tokenizer);
  Json json = model_config_to_json(gpt2_config());
  json["n_head"] = 2;
  std::ofstream(folder / "config.json") << json.dump(2) << "\n";
  CHECK_THROWS_WITH(load_model(folder.path.string()), Catch::Contains("config.json: the file is"));
}
