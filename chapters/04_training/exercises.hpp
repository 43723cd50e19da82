#pragma once

// Your answers to the exercises of chapter 4. Replace the body of a function, then check it with
// ./learn exercise 4.1 (or 4.2, 4.3).

#include <cmath>
#include <span>
#include <vector>

#include "common/foundations/matrix.hpp"
#include "common/harness/exercise.hpp"

namespace exercises {

using llm::Index, llm::Matrix, llm::MatrixRef, llm::Real, llm::Vector;

/// 4.1b: causal attention weights (T, T) from scores (T, T). Row i shares 1 out among positions 0
/// to i by softmax; later positions get exactly 0. Written without a mask matrix.
inline Matrix causal_weights([[maybe_unused]] const MatrixRef& scores) {
  throw llm::NotDone("4.1b");
}

/// What 4.1c returns: `inputs` and `targets`, both of the same length.
struct Lesson {
  std::vector<int> inputs, targets;
};

/// 4.1c: the lesson of `length` examples that begins at `place` in `tokens`. Throws
/// std::invalid_argument when the text ends before the last target, or for a negative place.
inline Lesson lesson_at([[maybe_unused]] std::span<const int> tokens, [[maybe_unused]] Index place,
                        [[maybe_unused]] Index length) {
  throw llm::NotDone("4.1c");
}

/// What 4.2b returns: the gradients of the stream (T, d), of the update (T, d), and of the gate.
struct GateGradients {
  Matrix stream, update;
  Real gate;
};

/// 4.2b: the backward pass of stream + gate * update, for one number `gate`. Given are the gradient
/// of the sum, (T, d), and the update, (T, d). The stream's part is only what comes by the highway.
inline GateGradients gated_backward([[maybe_unused]] const MatrixRef& output_gradient,
                                    [[maybe_unused]] const MatrixRef& update,
                                    [[maybe_unused]] Real gate) {
  throw llm::NotDone("4.2b");
}

/// 4.3b: the gradient of the scores (n, m), from that of the weights (n, m) and the weights (n, m)
/// that a softmax over each row returned.
inline Matrix softmax_gradient([[maybe_unused]] const MatrixRef& weight_gradient,
                               [[maybe_unused]] const MatrixRef& weights) {
  throw llm::NotDone("4.3b");
}

/// 4.3c: the gradients of a linear layer's parameters, ADDED to what `weight_gradient` (d_out,
/// d_in) and `bias_gradient` (d_out) hold. `output_gradient` is (n, d_out), `inputs` (n, d_in).
inline void add_parameter_gradients([[maybe_unused]] const MatrixRef& output_gradient,
                                    [[maybe_unused]] const MatrixRef& inputs,
                                    [[maybe_unused]] Matrix& weight_gradient,
                                    [[maybe_unused]] Vector& bias_gradient) {
  throw llm::NotDone("4.3c");
}

}  // namespace exercises
