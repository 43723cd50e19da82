#pragma once

// The exercises of chapter 5: replace each `throw` with your own code, then ./learn exercise 5.

#include <functional>

#include "common/foundations/exercise.hpp"
#include "common/foundations/matrix.hpp"

namespace exercises {

using namespace llm;

/// Exercise 5.1b. The layer norm of each row of inputs (n, d), with gain (d) and bias (d); epsilon
/// is added to the variance. Returns (n, d).
inline Matrix normalize_rows([[maybe_unused]] const Matrix& inputs,
                             [[maybe_unused]] const Vector& gain,
                             [[maybe_unused]] const Vector& bias, [[maybe_unused]] Real epsilon) {
  throw NotDone("5.1b");
}

/// Exercise 5.1c. The gradient of the inputs of RMSNorm without epsilon, from the gradient of its
/// outputs (n, d), its inputs (n, d) and its gain (d). Returns (n, d).
inline Matrix rms_norm_input_gradient([[maybe_unused]] const Matrix& output_gradient,
                                      [[maybe_unused]] const Matrix& inputs,
                                      [[maybe_unused]] const Vector& gain) {
  throw NotDone("5.1c");
}

/// Exercise 5.2b. How many numbers a GPT has, with learned positions, LayerNorm, GELU, biases, and
/// as many heads of keys and values as of queries. A tied output has no numbers of its own.
inline Index count_parameters([[maybe_unused]] Index vocabulary, [[maybe_unused]] Index context,
                              [[maybe_unused]] Index width, [[maybe_unused]] Index layers,
                              [[maybe_unused]] Index hidden, [[maybe_unused]] bool tied) {
  throw NotDone("5.2b");
}

/// Exercise 5.2c. The stream (T, d) after one pre-norm block; the three layers take a (T, d) matrix
/// to another.
inline Matrix pre_norm_block(
    [[maybe_unused]] const Matrix& stream,
    [[maybe_unused]] const std::function<Matrix(const Matrix&)>& norm,
    [[maybe_unused]] const std::function<Matrix(const Matrix&)>& attention,
    [[maybe_unused]] const std::function<Matrix(const Matrix&)>& feed_forward) {
  throw NotDone("5.2c");
}

}  // namespace exercises
