#pragma once

// Only the matrices and the gains are counted: all biases are missing.

#include "common/foundations/matrix.hpp"

namespace mistakes::no_biases {

using namespace llm;

inline Index count_parameters(Index vocabulary, Index context, Index width, Index layers,
                              Index hidden, bool tied) {
  const Index block = 4 * width * width + 2 * width * hidden + 2 * width;
  return ((tied ? 1 : 2) * vocabulary + context) * width + layers * block + width;
}

}  // namespace mistakes::no_biases
