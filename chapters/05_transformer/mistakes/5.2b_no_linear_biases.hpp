#pragma once

// The norms have biases and the linear layers have none.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::no_linear_biases {

using namespace llm;

inline Index count_parameters(Index vocabulary, Index context, Index width, Index layers,
                              Index hidden, bool tied) {
  const Index biases = 3 * width + width + hidden + width;
  return solutions::count_parameters(vocabulary, context, width, layers, hidden, tied) -
         layers * biases;
}

}  // namespace mistakes::no_linear_biases
