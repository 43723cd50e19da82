#pragma once

// The exercises of chapter 5: replace each `throw` with your own code, then ./learn exercise 5.

#include "common/foundations/exercise.hpp"
#include "common/foundations/matrix.hpp"
#include "common/transformer/config.hpp"

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

/// Exercise 5.2b. How many numbers a model of this configuration has, for learned positions,
/// LayerNorm, GELU, biases and a tied output.
inline Index count_parameters([[maybe_unused]] const GptConfig& config) {
  throw NotDone("5.2b");
}

}  // namespace exercises
