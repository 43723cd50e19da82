#include "common/transformer/storage/model_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include "common/transformer/storage/files.hpp"
#include "common/transformer/training/settings.hpp"

namespace llm {

namespace {

/// The key of ours in a `config.json` of a model that is neither a GPT-2 nor a Llama.
constexpr const char* own_key = "understand_llms";

/// The files that stand beside the parameters, and whose checksums these hold.
constexpr std::array<const char*, 2> small_files = {"config.json", "tokenizer.json"};

/// The content of `tokenizer_config.json`, by which `transformers` takes `tokenizer.json` as it
/// stands; without it, it guesses from the architecture.
constexpr std::string_view tokenizer_config =
    R"({"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": false})"
    "\n";

/// As a GPT-2: learned positions, LayerNorm, biases.
Json gpt2_to_json(const GptConfig& config) {
  return {{"architectures", {"GPT2LMHeadModel"}},
          {"model_type", "gpt2"},
          {"vocab_size", config.vocabulary},
          {"n_positions", config.context},
          {"n_embd", config.width},
          {"n_head", config.heads},
          {"n_layer", config.layers},
          {"n_inner", config.hidden},
          {"activation_function", config.feed_forward == FeedForward::relu ? "relu" : "gelu_new"},
          {"layer_norm_epsilon", config.norm_epsilon},
          {"tie_word_embeddings", config.tied},
          {"embd_pdrop", 0},
          {"attn_pdrop", 0},
          {"resid_pdrop", 0},
          {"bos_token_id", nullptr},
          {"eos_token_id", nullptr},
          {"dtype", "float32"}};
}

/// As a Llama: rotary positions in halves, RMSNorm, SwiGLU.
Json llama_to_json(const GptConfig& config) {
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"vocab_size", config.vocabulary},
          {"max_position_embeddings", config.context},
          {"hidden_size", config.width},
          {"num_attention_heads", config.heads},
          {"num_key_value_heads", config.key_value_heads},
          {"num_hidden_layers", config.layers},
          {"intermediate_size", config.hidden},
          {"hidden_act", "silu"},
          {"rms_norm_eps", config.norm_epsilon},
          {"rope_theta", config.rotary_base},
          {"attention_bias", config.bias},
          {"mlp_bias", config.bias},
          {"tie_word_embeddings", config.tied},
          {"bos_token_id", nullptr},
          {"eos_token_id", nullptr},
          {"dtype", "float32"}};
}

/// Throws unless a field has the only value that this library has, or is missing.
void expect_field(const Json& json, const std::string& name, const Json& expected) {
  if (!json.contains(name) || json.at(name) == expected) return;
  throw std::runtime_error(fmt::format("the field \"{}\" is {}, and this library has {} only", name,
                                       json.at(name).dump(), expected.dump()));
}

/// The configuration of a GPT-2.
GptConfig gpt2_from_json(const Json& json) {
  GptConfig config{.hidden = 0};
  require_field(json, "vocab_size", config.vocabulary);
  require_field(json, "n_positions", config.context);
  require_field(json, "n_embd", config.width);
  require_field(json, "n_head", config.heads);
  require_field(json, "n_layer", config.layers);
  if (json.contains("n_inner") && !json.at("n_inner").is_null()) {
    read_field(json, "n_inner", config.hidden);
  } else {
    config.hidden = 4 * config.width;
  }
  config.key_value_heads = config.heads;
  read_choice(json, "activation_function",
              {{FeedForward::gelu, "gelu_new"}, {FeedForward::relu, "relu"}}, config.feed_forward);
  read_field(json, "layer_norm_epsilon", config.norm_epsilon);
  read_field(json, "tie_word_embeddings", config.tied);
  expect_field(json, "scale_attn_by_inverse_layer_idx", false);
  return config;
}

/// The configuration of a Llama.
GptConfig llama_from_json(const Json& json) {
  GptConfig config{.position = Position::rotary,
                   .norm = Norm::rms,
                   .feed_forward = FeedForward::swiglu,
                   .bias = false,
                   .tied = false,
                   .norm_epsilon = 1e-6};
  require_field(json, "vocab_size", config.vocabulary);
  require_field(json, "max_position_embeddings", config.context);
  require_field(json, "hidden_size", config.width);
  require_field(json, "num_attention_heads", config.heads);
  config.key_value_heads = config.heads;
  read_field(json, "num_key_value_heads", config.key_value_heads);
  require_field(json, "num_hidden_layers", config.layers);
  require_field(json, "intermediate_size", config.hidden);
  read_field(json, "rms_norm_eps", config.norm_epsilon);
  read_field(json, "rope_theta", config.rotary_base);
  read_field(json, "attention_bias", config.bias);
  read_field(json, "tie_word_embeddings", config.tied);
  expect_field(json, "mlp_bias", config.bias);
  expect_field(json, "hidden_act", "silu");
  expect_field(json, "rope_scaling", nullptr);
  expect_field(json, "head_dim", config.width / std::max(config.heads, Index(1)));
  return config;
}

/// The architectures whose files this library writes.
enum class Architecture { gpt2, llama, own };

/// What a layer inside a block is called, and, where it is more than one there, its parts in the
/// order of their rows.
using LayerNames = std::map<std::string, std::vector<std::string>>;

const LayerNames gpt2_layers = {
    {"attention.norm", {"ln_1"}},          {"attention.input", {"attn.c_attn"}},
    {"attention.output", {"attn.c_proj"}}, {"feed_forward.norm", {"ln_2"}},
    {"feed_forward.expand", {"mlp.c_fc"}}, {"feed_forward.contract", {"mlp.c_proj"}}};

const LayerNames llama_layers = {
    {"attention.norm", {"input_layernorm"}},
    {"attention.input", {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}},
    {"attention.output", {"self_attn.o_proj"}},
    {"feed_forward.norm", {"post_attention_layernorm"}},
    {"feed_forward.expand", {"mlp.gate_proj", "mlp.up_proj"}},
    {"feed_forward.contract", {"mlp.down_proj"}}};

/// What stands outside the blocks: the tables and the last norm.
const std::map<std::string, std::string> gpt2_names = {
    {"token_embedding", "transformer.wte.weight"},
    {"position_embedding", "transformer.wpe.weight"},
    {"final_norm.gain", "transformer.ln_f.weight"},
    {"final_norm.bias", "transformer.ln_f.bias"},
    {"output", "lm_head.weight"}};

const std::map<std::string, std::string> llama_names = {
    {"token_embedding", "model.embed_tokens.weight"},
    {"final_norm.gain", "model.norm.weight"},
    {"output", "lm_head.weight"}};

/// The architecture that has this configuration and no other choice in it.
Architecture architecture_of(const GptConfig& config) {
  if (config.position == Position::learned) {
    return config == gpt2_from_json(gpt2_to_json(config)) ? Architecture::gpt2 : Architecture::own;
  }
  return config == llama_from_json(llama_to_json(config)) ? Architecture::llama : Architecture::own;
}

/// The rows of the parts of a layer: queries, keys and values, or equal shares.
std::vector<Index> part_rows(const GptConfig& config, std::size_t parts, Index rows) {
  if (parts == 3) return {config.width, key_value_width(config), key_value_width(config)};
  return std::vector<Index>(parts, rows / static_cast<Index>(parts));
}

/// Appends the tensors of a parameter inside a block: "blocks.2.attention.input.weight".
void append_block_parameter(const GptConfig& config, const Parameter& parameter, bool is_gpt2,
                            std::vector<StoredParameter>& stored) {
  const std::size_t number = parameter.name.find('.') + 1;
  const std::size_t layer = parameter.name.find('.', number) + 1;
  const std::size_t kind = parameter.name.rfind('.');
  const std::string block = parameter.name.substr(number, layer - number);  // "2."
  const auto& parts =
      (is_gpt2 ? gpt2_layers : llama_layers).at(parameter.name.substr(layer, kind - layer));
  const bool is_bias = parameter.name.ends_with(".bias");
  const bool is_weight = parameter.role == ParameterRole::weight;
  const Index outputs = is_weight ? parameter.rows : parameter.columns;
  const std::vector<Index> rows = part_rows(config, parts.size(), outputs);
  Index offset = parameter.offset;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const std::string name = (is_gpt2 ? "transformer.h." : "model.layers.") + block + parts[part] +
                             (is_bias ? ".bias" : ".weight");
    const TensorForm form = !is_weight ? TensorForm::vector
                            : is_gpt2  ? TensorForm::transposed
                                       : TensorForm::matrix;
    stored.push_back(is_weight ? StoredParameter{name, offset, rows[part], parameter.columns, form}
                               : StoredParameter{name, offset, 1, rows[part], form});
    offset += stored.back().rows * stored.back().columns;
  }
}

/// The tensors of a model in the memory of its parameters.
std::vector<Tensor> tensors_of(const OwnedGpt& gpt) {
  std::vector<Tensor> tensors;
  for (const StoredParameter& place : stored_parameters(gpt.config)) {
    tensors.push_back(
        {place.name, place.form, {gpt.buffer.data() + place.offset, place.rows, place.columns}});
  }
  return tensors;
}

/// Throws when a file is not the one that the parameters were written with.
void check_companion(const TensorFile& parameters, const std::string& folder,
                     const std::string& name) {
  const auto told = parameters.metadata.find(name);
  const std::string found = fmt::format("{:08x}", checksum(read_file(folder + "/" + name)));
  if (told == parameters.metadata.end() || told->second == found) return;
  throw std::runtime_error(
      fmt::format("{}/{}: the file is damaged or was changed: its checksum is not the one that {} "
                  "was written with",
                  folder, name, parameters.path));
}

}  // namespace

Json model_config_to_json(const GptConfig& config) {
  switch (architecture_of(config)) {
    case Architecture::gpt2:
      return gpt2_to_json(config);
    case Architecture::llama:
      return llama_to_json(config);
    case Architecture::own:
      break;
  }
  return {{"model_type", own_key}, {own_key, config_to_json(config)}};
}

GptConfig model_config_from_json(const Json& json) {
  std::string type;
  require_field(json, "model_type", type);
  if (type == "gpt2") return gpt2_from_json(json);
  if (type == "llama") return llama_from_json(json);
  if (type == own_key && json.contains(own_key)) return config_from_json(json.at(own_key));
  throw std::runtime_error(
      fmt::format("the field \"model_type\" is \"{}\", expected gpt2, llama or {}", type, own_key));
}

std::vector<StoredParameter> stored_parameters(const GptConfig& config) {
  const Architecture architecture = architecture_of(config);
  const bool is_gpt2 = architecture == Architecture::gpt2;
  std::vector<StoredParameter> stored;
  for (const Parameter& parameter : parameter_layout(config)) {
    const bool is_row = parameter.role == ParameterRole::row;
    const TensorForm form = is_row ? TensorForm::vector : TensorForm::matrix;
    if (architecture != Architecture::own && parameter.name.starts_with("blocks.")) {
      append_block_parameter(config, parameter, is_gpt2, stored);
      continue;
    }
    const std::string name = architecture == Architecture::own
                                 ? parameter.name
                                 : (is_gpt2 ? gpt2_names : llama_names).at(parameter.name);
    stored.push_back({name, parameter.offset, parameter.rows, parameter.columns, form});
  }
  return stored;
}

std::uint32_t save_model(const std::string& folder, const OwnedGpt& gpt,
                         const Tokenizer& tokenizer) {
  const std::array<std::string, 2> contents = {model_config_to_json(gpt.config).dump(2) + "\n",
                                               tokenizer.to_json()};
  Metadata metadata = {{"format", "pt"}};  // which `transformers` asks for
  write_file(folder + "/tokenizer_config.json", tokenizer_config);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    write_file(folder + "/" + small_files[i], contents[i]);
    metadata[small_files[i]] = fmt::format("{:08x}", checksum(contents[i]));
  }
  return write_safetensors(folder + "/model.safetensors", tensors_of(gpt), metadata);
}

StoredGpt load_gpt(const std::string& folder) {
  const std::string config_path = folder + "/config.json";
  const GptConfig config = in_file(config_path, [&] {
    const GptConfig read = model_config_from_json(Json::parse(read_file(config_path)));
    validate(read);
    return read;
  });
  const TensorFile file = read_safetensors(folder + "/model.safetensors");
  for (const char* name : small_files) check_companion(file, folder, name);
  StoredGpt stored{OwnedGpt(config), file.checksum};
  for (const StoredParameter& place : stored_parameters(config)) {
    read_tensor(file, place.name, place.form,
                MatrixMap(stored.gpt.buffer.data() + place.offset, place.rows, place.columns));
  }
  return stored;
}

SharedTokenizer load_tokenizer(const std::string& folder, const TokenizerReader& reader) {
  const std::string path = folder + "/tokenizer.json";
  return in_file(path, [&] { return reader(read_file(path)); });
}

Model load_model(const std::string& folder, const TokenizerReader& reader) {
  StoredGpt stored = load_gpt(folder);
  return {std::move(stored.gpt), load_tokenizer(folder, reader)};
}

}  // namespace llm
