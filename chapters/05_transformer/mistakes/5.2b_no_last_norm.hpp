#pragma once

// The norm behind the last block is forgotten.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::no_last_norm {

using namespace llm;

inline Index count_parameters(Index vocabulary, Index context, Index width, Index layers,
                              Index hidden, bool tied) {
  return solutions::count_parameters(vocabulary, context, width, layers, hidden, tied) - 2 * width;
}

}  // namespace mistakes::no_last_norm
