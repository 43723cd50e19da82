#pragma once

#include "common/foundations/random.hpp"
#include "common/transformer/model/config.hpp"

namespace llm {

/// The token with the highest logit; among equals, the first.
Token greedy_token(const VectorRef& logits);

/// A token drawn from softmax(logits / temperature). Temperature 0 is greedy. Throws
/// std::invalid_argument for a negative temperature.
Token sample_token(const VectorRef& logits, double temperature, Generator& generator);

}  // namespace llm
