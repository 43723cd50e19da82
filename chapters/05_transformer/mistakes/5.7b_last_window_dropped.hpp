#pragma once

// Only whole windows are counted.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::last_window_dropped {

using namespace llm;

inline double bits_per_character(const std::function<Matrix(const std::vector<int>&)>& model,
                                 const std::vector<int>& tokens, std::size_t context) {
  const std::size_t whole = (tokens.size() - 1) / context * context;
  const std::size_t length = whole > 0 ? whole : tokens.size() - 1;
  const std::vector<int> first(tokens.begin(), tokens.begin() + static_cast<Index>(length) + 1);
  return solutions::bits_per_character(model, first, context);
}

}  // namespace mistakes::last_window_dropped
