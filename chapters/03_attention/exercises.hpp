#pragma once

// The exercises of chapter 3: replace each `throw` with your own code, then ./learn exercise 3.

#include "common/foundations/exercise.hpp"
#include "common/foundations/matrix.hpp"
#include "common/sequence/softmax.hpp"

namespace exercises {

using namespace llm;

/// Exercise 3.2a. softmax(Q Kᵀ / √d) V for queries (T_q, d), keys (T_k, d) and values (T_k, d_v).
/// Returns (T_q, d_v).
inline Matrix scaled_attention([[maybe_unused]] const Matrix& queries,
                               [[maybe_unused]] const Matrix& keys,
                               [[maybe_unused]] const Matrix& values) {
  throw NotDone("3.2a");
}

}  // namespace exercises
