#pragma once

#include <cstdint>

#include "common/attention/multi_head.hpp"
#include "common/sequence/rotary.hpp"

namespace llm {

/// The number of a token: its row in the embedding table.
using Token = std::int32_t;

/// How a model knows where a word stands: a learned vector for each position is added to the
/// embedding, or queries and keys are rotated by an angle that grows with the position.
enum class Position { learned, rotary };

/// What brings each row back to size one before a layer reads it.
enum class Norm { layer, rms };

/// The non-linearity of the feed-forward layer. SwiGLU multiplies two linear layers of the input,
/// one of which passes through SiLU (Shazeer 2020, "GLU Variants Improve Transformer").
enum class FeedForward { relu, gelu, swiglu };

/// Everything that decides the shape of a model. The defaults are a small GPT-2; rotary positions,
/// RMSNorm, SwiGLU and no biases make it a Llama.
struct GptConfig {
  Index vocabulary = 65;      ///< number of tokens, V
  Index context = 64;         ///< longest sequence, T
  Index width = 128;          ///< numbers in a row of the residual stream, d
  Index heads = 4;            ///< query heads, h; the width of a head is width / heads
  Index key_value_heads = 4;  ///< key and value heads, a divisor of heads
  Index layers = 4;           ///< blocks
  Index hidden = 512;         ///< width inside the feed-forward layer
  Position position = Position::learned;
  Norm norm = Norm::layer;
  FeedForward feed_forward = FeedForward::gelu;
  bool bias = true;            ///< biases in linear layers and LayerNorm
  bool tied = true;            ///< the output layer has the token embedding as its weight
  double norm_epsilon = 1e-5;  ///< added to the variance before its root
  double rotary_base = 10000;  ///< of the slowest rotation, for Position::rotary
  RotaryLayout rotary_layout = RotaryLayout::split_halves;

  /// Two configurations are equal when every field is.
  bool operator==(const GptConfig&) const = default;
};

/// The width of one head, width / heads.
Index head_width(const GptConfig& config);

/// The columns of keys (and of values): key_value_heads · head_width.
Index key_value_width(const GptConfig& config);

/// The columns that the feed-forward layer expands to: hidden, and twice as many with SwiGLU.
Index expanded_width(const GptConfig& config);

/// How the columns of queries, keys and values are divided among the heads.
HeadLayout head_layout(const GptConfig& config);

/// Throws std::invalid_argument, naming the field and its value, for a model that cannot be built.
void validate(const GptConfig& config);

}  // namespace llm
