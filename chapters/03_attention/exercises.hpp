#pragma once

// The exercises of chapter 3: replace each `throw` with your own code, then ./learn exercise 3.

#include <vector>

#include "common/attention/attention.hpp"
#include "common/foundations/matrix.hpp"
#include "common/harness/exercise.hpp"
#include "common/sequence/softmax.hpp"

namespace exercises {

using namespace llm;

/// Exercise 3.1a. softmax(X Xᵀ) X for words X (T, d), with a softmax of your own. Returns (T, d).
inline Matrix self_attention([[maybe_unused]] const Matrix& words) {
  throw NotDone("3.1a");
}

/// Exercise 3.1d. The mean of the rows of `values` (n, d_v), weighted with the softmax of
/// -sharpness times the squared distances of `query` (d) from the rows of `keys` (n, d). Returns
/// (d_v).
inline Vector soft_lookup([[maybe_unused]] const Vector& query, [[maybe_unused]] const Matrix& keys,
                          [[maybe_unused]] const Matrix& values, [[maybe_unused]] Real sharpness) {
  throw NotDone("3.1d");
}

/// Exercise 3.2a. softmax(Q Kᵀ / √d) V for queries (T_q, d), keys (T_k, d) and values (T_k, d_v).
/// Returns (T_q, d_v).
inline Matrix scaled_attention([[maybe_unused]] const Matrix& queries,
                               [[maybe_unused]] const Matrix& keys,
                               [[maybe_unused]] const Matrix& values) {
  throw NotDone("3.2a");
}

/// Exercise 3.3a. Attention in heads of neighboring columns: `queries` (T_q, d), `keys` and
/// `values` (T_k, d), head k owns columns k·d/heads to (k + 1)·d/heads - 1. Returns the joined
/// outputs (T_q, d).
inline Matrix attend_in_heads([[maybe_unused]] const Matrix& queries,
                              [[maybe_unused]] const Matrix& keys,
                              [[maybe_unused]] const Matrix& values, [[maybe_unused]] Index heads) {
  throw NotDone("3.3a");
}

/// Exercise 3.3b. In a file, query head k reads head k % key_value_heads of the keys and values;
/// with us, heads / key_value_heads neighbors share. Returns the place among our query heads that
/// head `head` of the file takes, in the order of the file within each group.
inline Index place_of_head([[maybe_unused]] Index head, [[maybe_unused]] Index heads,
                           [[maybe_unused]] Index key_value_heads) {
  throw NotDone("3.3b");
}

/// Exercise 3.4a. Scaled dot-product attention in which position i looks at positions 0 to i:
/// `queries` and `keys` (T, d), `values` (T, d_v). Returns (T, d_v).
inline Matrix attend_to_past([[maybe_unused]] const Matrix& queries,
                             [[maybe_unused]] const Matrix& keys,
                             [[maybe_unused]] const Matrix& values) {
  throw NotDone("3.4a");
}

/// Exercise 3.4b. The (T, T) mask of several texts, one after the other in one row of T positions,
/// where T is the sum of `lengths`. Each position may look at itself and at the earlier positions
/// of its own text: 0 allows, -infinity forbids.
inline Matrix packed_mask([[maybe_unused]] const std::vector<Index>& lengths) {
  throw NotDone("3.4b");
}

}  // namespace exercises
