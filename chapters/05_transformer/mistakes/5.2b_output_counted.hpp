#pragma once

// The output layer is counted although it is the token embedding.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::output_counted {

using namespace llm;

inline Index count_parameters(Index vocabulary, Index context, Index width, Index layers,
                              Index hidden, bool) {
  return solutions::count_parameters(vocabulary, context, width, layers, hidden, false);
}

}  // namespace mistakes::output_counted
