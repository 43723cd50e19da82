#pragma once

// The exercises of chapter 5: replace each `throw` with your own code, then ./learn exercise 5.

#include <functional>
#include <vector>

#include "common/foundations/matrix.hpp"
#include "common/harness/exercise.hpp"

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

/// Exercise 5.3b. The gradient, by the logits (n, V), of the mean over the rows of the
/// cross-entropy with these n targets. Returns (n, V).
inline Matrix cross_entropy_gradient([[maybe_unused]] const Matrix& logits,
                                     [[maybe_unused]] const std::vector<int>& targets) {
  throw NotDone("5.3b");
}

/// What AdamW remembers in 5.4b: two averages of the parameters' shape, zeros at first, and the
/// number of steps taken.
struct AdamState {
  Vector mean, mean_square;
  Index steps = 0;
};

/// Exercise 5.4b. The parameters after one step of AdamW with the given rate and weight decay, and
/// averages with 0.9 and 0.99. The state is brought up to date.
inline Vector adamw_step([[maybe_unused]] AdamState& state,
                         [[maybe_unused]] const Vector& parameters,
                         [[maybe_unused]] const Vector& gradient, [[maybe_unused]] Real rate,
                         [[maybe_unused]] Real decay) {
  throw NotDone("5.4b");
}

/// Exercise 5.4c. The learning rate of a step, the first of which is 0.
inline double schedule_rate([[maybe_unused]] Index step, [[maybe_unused]] Index warm_up,
                            [[maybe_unused]] Index steps, [[maybe_unused]] double peak,
                            [[maybe_unused]] double last) {
  throw NotDone("5.4c");
}

/// Exercise 5.5b. The token in whose piece of the unit interval u lies, when softmax(logits /
/// temperature) is laid out in the order of the tokens; at temperature 0 the largest logit.
inline int draw_token([[maybe_unused]] const Vector& logits, [[maybe_unused]] double temperature,
                      [[maybe_unused]] double u) {
  throw NotDone("5.5b");
}

/// Exercise 5.5c. The prompt and `count` greedy tokens after it. The model gives logits (T, V) for
/// T tokens, T at most `context`.
inline std::vector<int> greedy_loop(
    [[maybe_unused]] const std::function<Matrix(const std::vector<int>&)>& model,
    [[maybe_unused]] std::vector<int> tokens, [[maybe_unused]] int count,
    [[maybe_unused]] std::size_t context) {
  throw NotDone("5.5c");
}

/// The cache of one head in 5.6b: (room, d) each, of which the first `length` rows are filled.
struct HeadCache {
  Matrix keys, values;
  Index length = 0;
};

/// Exercise 5.6b. Puts the key and value (d) of a new token into the cache, and returns what its
/// query (d) reads from all that is there, (d).
inline Vector cached_attention([[maybe_unused]] const Vector& query,
                               [[maybe_unused]] const Vector& key,
                               [[maybe_unused]] const Vector& value,
                               [[maybe_unused]] HeadCache& cache) {
  throw NotDone("5.6b");
}

/// Exercise 5.6c. The bytes of a cache for so many tokens, when a number takes `bytes`.
inline Index cache_size([[maybe_unused]] Index layers, [[maybe_unused]] Index tokens,
                        [[maybe_unused]] Index width, [[maybe_unused]] Index heads,
                        [[maybe_unused]] Index key_value_heads, [[maybe_unused]] Index bytes) {
  throw NotDone("5.6c");
}

/// Exercise 5.7b. The mean surprise, in bits, of a model at all tokens of a text but the first, in
/// windows of `context` tokens. The model gives logits (T, V) for T tokens, T at most `context`.
inline double bits_per_character(
    [[maybe_unused]] const std::function<Matrix(const std::vector<int>&)>& model,
    [[maybe_unused]] const std::vector<int>& tokens, [[maybe_unused]] std::size_t context) {
  throw NotDone("5.7b");
}

}  // namespace exercises
