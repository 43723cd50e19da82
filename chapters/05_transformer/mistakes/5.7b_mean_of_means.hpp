#pragma once

// The mean over windows of the mean of each.

#include <algorithm>

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::mean_of_means {

using namespace llm;

inline double bits_per_character(const std::function<Matrix(const std::vector<int>&)>& model,
                                 const std::vector<int>& tokens, std::size_t context) {
  double sum = 0, windows = 0;
  for (std::size_t first = 0; first + 1 < tokens.size(); first += context, ++windows) {
    const std::size_t length = std::min(context, tokens.size() - 1 - first);
    const std::vector<int> window(&tokens[first], &tokens[first] + length + 1);
    sum += solutions::bits_per_character(model, window, context);
  }
  return sum / windows;
}

}  // namespace mistakes::mean_of_means
