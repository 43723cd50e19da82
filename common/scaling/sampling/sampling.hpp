#pragma once

#include <span>

#include "common/transformer/generation/generation.hpp"

namespace llm {

/// How the next token is chosen from a row of logits. As it stands: drawn as the model believes.
struct SamplingSettings {
  double temperature = 1;         ///< 0 takes the likeliest token
  Index top_k = 0;                ///< so many of the likeliest tokens may come; 0 for all
  double top_p = 1;               ///< the likeliest tokens that together have this probability
  double min_p = 0;               ///< the least probability, as a share of the likeliest token's
  double repetition_penalty = 1;  ///< makes tokens that have just come less likely; 1 does not
  Index repetition_window = 64;   ///< how many of the last tokens "just" means
};

/// The settings, once they have been found to make sense. Throws std::invalid_argument, naming what
/// does not.
const SamplingSettings& checked_sampling(const SamplingSettings& settings);

/// Throws std::invalid_argument unless every logit is a number or minus infinity, and one of them a
/// number.
void check_logits(const VectorRef& logits);

/// The logits (V) with those of the recent tokens made smaller, once each: the positive ones
/// divided by the penalty, the others multiplied by it. Throws std::invalid_argument for a token
/// out of the vocabulary.
Vector penalize_repetition(const VectorRef& logits, std::span<const Token> recent, double penalty);

/// Forbids all but the k likeliest tokens by a logit of minus infinity; of equals, those with the
/// lower numbers stay. A k of 0, or of V and more, forbids none.
void keep_top_k(VectorOut logits, Index k);

/// Forbids all but the likeliest tokens that together have at least the probability p: the token
/// with which they reach it stays, and of equals those with the lower numbers. A p of 0 leaves the
/// likeliest token alone, a p of 1 forbids none.
void keep_top_p(VectorOut logits, double p);

/// Forbids the tokens that are less likely than `share` times the likeliest. A share of 1 leaves
/// the likeliest, and its equals; 0 forbids none.
void keep_min_p(VectorOut logits, double share);

/// The logits (V) from which a token is drawn at the temperature of the settings: penalized, then
/// cut to the top k, the top p, and the min p, each of which sees what the one before has left.
/// Throws std::invalid_argument for logits that check_logits refuses.
Vector cut_logits(const VectorRef& logits, std::span<const Token> recent,
                  const SamplingSettings& settings);

/// A sampler with these settings that draws from this generator, which must outlive it. It
/// remembers the text: the prompt, and each token that it has chosen. Throws std::invalid_argument
/// for settings that make no sense.
Sampler make_sampler(const SamplingSettings& settings, std::span<const Token> prompt,
                     Generator& generator);

}  // namespace llm
