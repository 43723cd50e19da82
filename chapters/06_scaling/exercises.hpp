#pragma once

// The exercises of chapter 6: replace each `throw` with your own code, then ./learn exercise 6.

#include <string>
#include <vector>

#include "common/foundations/matrix.hpp"
#include "common/harness/exercise.hpp"

namespace exercises {

using namespace llm;

/// Exercise 6.1b. The probabilities (V) after a top-p cut: those of the likeliest tokens that
/// together have at least p, divided by their sum, and 0 for all others. At least one stays.
inline Vector nucleus([[maybe_unused]] const Vector& probabilities, [[maybe_unused]] double p) {
  throw NotDone("6.1b");
}

/// Exercise 6.1c. The logits (V) with those of the recent tokens made smaller by the penalty, once
/// each: the positive ones divided, the others multiplied.
inline Vector penalized([[maybe_unused]] const Vector& logits,
                        [[maybe_unused]] const std::vector<int>& recent,
                        [[maybe_unused]] double penalty) {
  throw NotDone("6.1c");
}

/// Exercise 6.1d. The probabilities (V) with which a token is drawn: those less likely than `share`
/// times the likeliest are cut off, and the temperature then bends what is left.
inline Vector cut_and_bent([[maybe_unused]] const Vector& logits, [[maybe_unused]] double share,
                           [[maybe_unused]] double temperature) {
  throw NotDone("6.1d");
}

/// A merge of 6.2b: two neighbors that become one token.
struct TokenMerge {
  int left, right, result;
};

/// Exercise 6.2b. The tokens of a piece after all merges, which stand in the order of their ranks.
inline std::vector<int> merge_by_rank([[maybe_unused]] std::vector<int> tokens,
                                      [[maybe_unused]] const std::vector<TokenMerge>& merges) {
  throw NotDone("6.2b");
}

/// Exercise 6.2c. The pieces of a text of letters and spaces, as GPT-2's pattern cuts it.
inline std::vector<std::string> cut_before_words([[maybe_unused]] const std::string& text) {
  throw NotDone("6.2c");
}

/// Exercise 6.2d. Whether bytes are valid UTF-8.
inline bool is_utf8([[maybe_unused]] const std::string& bytes) {
  throw NotDone("6.2d");
}

}  // namespace exercises
