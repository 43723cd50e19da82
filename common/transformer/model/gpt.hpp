#pragma once

#include <span>
#include <vector>

#include "common/foundations/random.hpp"
#include "common/sequence/rotary.hpp"
#include "common/transformer/model/parameters.hpp"

namespace llm {

/// A GPT: its configuration, its parameters, and the angles of its rotations. The parameters are
/// views: who owns the memory behind them is somebody else's business.
struct Gpt {
  /// Throws std::invalid_argument for a configuration that cannot be built.
  Gpt(const GptConfig& configuration, GptParameters views);

  GptConfig config;
  GptParameters parameters;
  RotaryTable rotary;  ///< for the whole context; empty with learned positions
};

/// The memory of a model's parameters: one buffer for all of them, and what lies where.
struct ParameterMemory {
  std::vector<Parameter> layout;  ///< the names and places of all parameters
  Vector buffer;                  ///< all parameters
};

/// A GPT that owns the memory of its parameters. It can be moved, and not copied, since the views
/// point into the buffer.
struct OwnedGpt : ParameterMemory, Gpt {
  /// A model with gains of 1 and all else 0. Throws std::invalid_argument for a configuration that
  /// cannot be built.
  explicit OwnedGpt(const GptConfig& configuration);
  OwnedGpt(OwnedGpt&&) = default;
  OwnedGpt(const OwnedGpt&) = delete;
};

/// GPT-2's initialization: weights and embeddings normal with deviation 0.02, those that write to
/// the residual stream with 0.02 / √(2 layers), gains 1, biases 0.
void initialize(Gpt& gpt, Generator& generator);

/// A fresh model with the initial weights of this seed.
OwnedGpt initialized_gpt(const GptConfig& config, std::uint64_t seed);

}  // namespace llm
