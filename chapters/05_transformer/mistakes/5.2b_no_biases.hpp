#pragma once

// Only the matrices are counted: the biases of the linear layers and norms are missing.

#include "common/transformer/config.hpp"

namespace mistakes::no_biases {

using namespace llm;

inline Index count_parameters(const GptConfig& config) {
  const Index d = config.width;
  const Index projected = d + 2 * config.key_value_heads * (d / config.heads);
  const Index block = d * projected + d * d + 2 * d * config.hidden + 2 * d;
  return (config.vocabulary + config.context) * d + config.layers * block + d;
}

}  // namespace mistakes::no_biases
