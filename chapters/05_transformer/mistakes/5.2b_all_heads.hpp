#pragma once

// Keys and values are counted as wide as the queries, whatever key_value_heads says.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::all_heads {

using namespace llm;

inline Index count_parameters(const GptConfig& config) {
  GptConfig ungrouped = config;
  ungrouped.key_value_heads = config.heads;
  return solutions::count_parameters(ungrouped);
}

}  // namespace mistakes::all_heads
