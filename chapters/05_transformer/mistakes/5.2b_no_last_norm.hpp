#pragma once

// The norm behind the last block is forgotten.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::no_last_norm {

using namespace llm;

inline Index count_parameters(const GptConfig& config) {
  return solutions::count_parameters(config) - 2 * config.width;
}

}  // namespace mistakes::no_last_norm
