#pragma once

// The exercises of chapter 1: replace each `throw` with your own code, then ./learn exercise 1.

#include "common/foundations/matrix.hpp"
#include "common/harness/exercise.hpp"

namespace exercises {

using namespace llm;

/// Exercise 1.1b. The cosine similarity of each row of `table` (V, d) to `query` (d), as V numbers.
inline Vector cosine_similarities([[maybe_unused]] const Matrix& table,
                                  [[maybe_unused]] const Vector& query) {
  throw NotDone("1.1b");
}

/// Exercise 1.2b. X Wᵀ + b by loops over single numbers, for inputs (n, d_in), weights (d_out,
/// d_in) and bias (d_out). Returns (n, d_out).
inline Matrix linear_by_loops([[maybe_unused]] const Matrix& inputs,
                              [[maybe_unused]] const Matrix& weights,
                              [[maybe_unused]] const Vector& bias) {
  throw NotDone("1.2b");
}

/// A linear layer that does what two did: weights (k, d) and bias (k).
struct MergedLayer {
  Matrix weights;
  Vector bias;
};

/// Exercise 1.3b. The one linear layer that equals two, one after the other, of weights (m, d) and
/// (k, m) and biases (m) and (k).
inline MergedLayer merge_layers([[maybe_unused]] const Matrix& first_weights,
                                [[maybe_unused]] const Vector& first_bias,
                                [[maybe_unused]] const Matrix& second_weights,
                                [[maybe_unused]] const Vector& second_bias) {
  throw NotDone("1.3b");
}

/// Exercise 1.3c. The slope of the loss by the inputs (n, d) of a leaky ReLU, which gives x for
/// x > 0 and slope · x otherwise, from the slope by its outputs (n, d).
inline Matrix leaky_relu_backward([[maybe_unused]] const Matrix& output_gradient,
                                  [[maybe_unused]] const Matrix& inputs,
                                  [[maybe_unused]] Real slope) {
  throw NotDone("1.3c");
}

/// The network ŷ = a |w x + b| + c, or the slopes of a loss by its four numbers.
struct FoldUnit {
  Real w, b, a, c;
};

/// Exercise 1.4b. The slopes of the mean of (ŷ - y)² by w, b, a and c, over the examples (x, y) of
/// which `inputs` has every x and `wanted` every y.
inline FoldUnit fold_gradient([[maybe_unused]] const FoldUnit& unit,
                              [[maybe_unused]] const Vector& inputs,
                              [[maybe_unused]] const Vector& wanted) {
  throw NotDone("1.4b");
}

}  // namespace exercises
