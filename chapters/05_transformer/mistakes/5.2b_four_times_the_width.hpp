#pragma once

// The hidden width is taken for four times the width.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::four_times_the_width {

using namespace llm;

inline Index count_parameters(Index vocabulary, Index context, Index width, Index layers, Index,
                              bool tied) {
  return solutions::count_parameters(vocabulary, context, width, layers, 4 * width, tied);
}

}  // namespace mistakes::four_times_the_width
