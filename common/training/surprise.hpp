#pragma once

#include <span>

#include "common/foundations/matrix.hpp"

namespace llm {

/// The mean of -ln p over T predictions, where p is the probability that row t of `probabilities`
/// (T, vocabulary) gave to `targets[t]`, what really came next. In nats: 0 for a sure and right
/// prediction, ln(vocabulary) for an even guess. A probability of 0 counts as the smallest positive
/// number. Throws std::invalid_argument for a target that is not a column, and for T = 0.
Real next_token_surprise(const MatrixRef& probabilities, std::span<const int> targets);

/// The gradient of next_token_surprise with respect to `probabilities`, (T, vocabulary): -1/(T p)
/// in the column of each target, and 0 elsewhere.
Matrix next_token_surprise_backward(const MatrixRef& probabilities, std::span<const int> targets);

}  // namespace llm
