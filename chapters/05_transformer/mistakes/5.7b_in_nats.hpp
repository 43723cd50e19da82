#pragma once

// The mean surprise is left in nats.

#include <numbers>

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::in_nats {

using namespace llm;

inline double bits_per_character(const std::function<Matrix(const std::vector<int>&)>& model,
                                 const std::vector<int>& tokens, std::size_t context) {
  return solutions::bits_per_character(model, tokens, context) * std::numbers::ln2;
}

}  // namespace mistakes::in_nats
