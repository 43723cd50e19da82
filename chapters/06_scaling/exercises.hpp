#pragma once

// The exercises of chapter 6: replace each `throw` with your own code, then ./learn exercise 6.

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

}  // namespace exercises
