#pragma once

// The weights mix down their columns: each word is handed out instead of collected.

#include "common/sequence/softmax.hpp"

namespace mistakes::transposed_weights {

using namespace llm;

inline Matrix self_attention(const Matrix& words) {
  return softmax_rows(words * words.transpose()).transpose() * words;
}

}  // namespace mistakes::transposed_weights
