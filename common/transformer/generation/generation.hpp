#pragma once

#include <functional>
#include <span>
#include <vector>

#include "common/transformer/generation/sampler.hpp"
#include "common/transformer/model/gpt.hpp"

namespace llm {

/// Chooses the next token from a row of logits (V).
using Sampler = std::function<Token(const VectorRef&)>;

/// Sees each new token as it is chosen; returns false to stop there.
using TokenObserver = std::function<bool(Token)>;

/// A sampler at a temperature that draws from this generator, which must outlive it.
Sampler temperature_sampler(double temperature, Generator& generator);

/// The last tokens that fit into the model's context.
std::span<const Token> last_window(const Gpt& gpt, std::span<const Token> tokens);

/// Appends up to `count` tokens to a prompt of at least one token, each time running the whole
/// model over everything so far; beyond the context, over the last `context` tokens. Returns the
/// prompt with its continuation.
std::vector<Token> generate_recomputing(const Gpt& gpt, std::vector<Token> tokens, Index count,
                                        const Sampler& sampler,
                                        const TokenObserver& observer = nullptr);

}  // namespace llm
