#pragma once

#include "common/foundations/matrix.hpp"
#include "common/harness/exercise.hpp"
#include "common/sequence/rotary.hpp"
#include "common/sequence/softmax.hpp"

// Your answers to the exercises of chapter 2. Replace a throw by your code, and check it with
// ./learn exercise 2

namespace exercises {

using namespace llm;

/// Exercise 2.1b: the logarithms of the softmax weights of each row of scores, (n, m) -> (n, m).
/// Every finite score gets a finite logarithm.
inline Matrix log_softmax(const MatrixRef& scores) {
  throw NotDone("2.1b");
}

/// Exercise 2.1c: what an OnlineSoftmax would hold that had seen the scores of both halves. Either
/// may have seen nothing, or nothing but -infinity.
inline OnlineSoftmax merge(const OnlineSoftmax& left, const OnlineSoftmax& right) {
  throw NotDone("2.1c");
}

/// Exercise 2.2b: the encodings of positions 0 to length - 1, (length, width), with the sines of
/// the width / 2 angles in the left half of each row and the cosines in the right half.
inline Matrix sinusoids_in_halves(Index length, Index width) {
  throw NotDone("2.2b");
}

/// Exercise 2.2c: the encoding of position t + shift, (width), from the one of position t as
/// sinusoidal_positions writes it, (width), without knowing t. The shift may be negative.
inline Vector shift_encoding(const VectorRef& encoding, Index shift) {
  throw NotDone("2.2c");
}

/// Exercise 2.3b: the rows (T, width) turned by their positions first_position, first_position + 1,
/// ..., in the layout of split halves: feature i and feature i + width / 2 make a pair, which turns
/// by base^(-2i/width) radians a position.
inline Matrix rotate_halves(const MatrixRef& rows, Index first_position, Real base) {
  throw NotDone("2.3b");
}

/// Exercise 2.3c: the layout in which rows (T, d) were rotated, from what they were before and what
/// they are after. At least one row has been turned.
inline RotaryLayout layout_of(const MatrixRef& before, const MatrixRef& after) {
  throw NotDone("2.3c");
}

}  // namespace exercises
