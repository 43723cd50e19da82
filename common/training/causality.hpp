#pragma once

#include <functional>
#include <span>

#include "common/foundations/matrix.hpp"

namespace llm {

/// A model as seen from outside: T tokens in, one row of numbers for each of them out, (T,
/// columns).
using TokenModel = std::function<Matrix(std::span<const int>)>;

/// How much the rows of `model` know of what comes after them. Changes the last of `tokens`, then
/// the one before it, and so on, each to every one of the `vocabulary` tokens, and returns the
/// largest change of any number in an earlier row: 0 for a causal model.
Real future_leak(const TokenModel& model, std::span<const int> tokens, int vocabulary);

}  // namespace llm
