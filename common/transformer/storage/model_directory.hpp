#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/transformer/model/gpt.hpp"
#include "common/transformer/storage/safetensors.hpp"
#include "common/transformer/text/tokenizer.hpp"

namespace llm {

/// A configuration in the keys of Hugging Face's `config.json`: as a GPT-2 or a Llama where it is
/// one, and else under a key of ours, which no other program takes for a model that it knows.
Json model_config_to_json(const GptConfig& config);

/// The configuration in a `config.json`. Throws std::runtime_error, naming the field, for an
/// architecture or a choice that this library does not have.
GptConfig model_config_from_json(const Json& json);

/// A tensor of a published file: some rows of one of the model's parameters.
struct StoredParameter {
  std::string name;     ///< "model.layers.0.self_attn.q_proj.weight"
  Index offset;         ///< of its first number in the buffer of all parameters
  Index rows, columns;  ///< as this library holds it
  TensorForm form;      ///< as the file holds it
};

/// The tensors of a model, under the names that its architecture has at Hugging Face.
std::vector<StoredParameter> stored_parameters(const GptConfig& config);

/// Writes `config.json`, `tokenizer.json` and `model.safetensors` into a folder, from which this
/// library reads them, and `transformers`, for which `tokenizer_config.json` is there. Returns the
/// checksum of the last, which covers all three.
std::uint32_t save_model(const std::string& folder, const OwnedGpt& gpt,
                         const Tokenizer& tokenizer);

/// A model as it was stored.
struct StoredGpt {
  OwnedGpt gpt;
  std::uint32_t checksum = 0;  ///< of the file of its parameters; 0 where that has none
};

/// Reads the parameters in a folder. Throws std::runtime_error that names the file, and what was
/// expected, when one is missing, damaged, or not the one that the others were written with.
StoredGpt load_gpt(const std::string& folder);

/// Makes a tokenizer of what stands in a `tokenizer.json`.
using TokenizerReader = std::function<SharedTokenizer(std::string_view)>;

/// Reads the tokenizer in a folder, with errors that name the file.
SharedTokenizer load_tokenizer(const std::string& folder,
                               const TokenizerReader& reader = tokenizer_from_json);

/// A model with its tokenizer.
struct Model {
  OwnedGpt gpt;
  SharedTokenizer tokenizer;
};

/// Reads both, with the errors of both.
Model load_model(const std::string& folder, const TokenizerReader& reader = tokenizer_from_json);

}  // namespace llm
