#pragma once

// The output layer is counted although it is the token embedding.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::output_counted {

using namespace llm;

inline Index count_parameters(const GptConfig& config) {
  return solutions::count_parameters(config) + config.vocabulary * config.width;
}

}  // namespace mistakes::output_counted
