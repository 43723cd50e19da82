#pragma once

#include <span>
#include <vector>

#include "common/transformer/generation/generation.hpp"
#include "common/transformer/model/block.hpp"

namespace llm {

/// The keys and values of every layer for the tokens that a model has read.
struct KeyValueCache {
  /// Room for the model's whole context, with nothing in it.
  explicit KeyValueCache(const GptConfig& config);

  std::vector<CachedLayer> layers;
  Index length = 0;  ///< tokens read so far
};

/// The bytes of a full cache: 2 · layers · context · key_value_width numbers.
Index cache_bytes(const GptConfig& config);

/// Reads more tokens, which attend to those in the cache and are added to it. Returns the logits of
/// the last of them (1, V), or with `all_logits` of each (n, V). Many tokens at once are a prefill,
/// one is a decode step. A team shares the products. Throws std::invalid_argument when the tokens
/// do not fit into the context, or the cache is that of another model.
Matrix decode_step(const Gpt& gpt, std::span<const Token> tokens, KeyValueCache& cache,
                   bool all_logits = false, ThreadTeam* team = nullptr);

/// As generate_recomputing, with a cache. The two agree until the context is full; then the model
/// goes on from the last half of the window, read afresh.
std::vector<Token> generate(const Gpt& gpt, std::vector<Token> tokens, Index count,
                            const Sampler& sampler, const TokenObserver& observer = nullptr,
                            ThreadTeam* team = nullptr);

}  // namespace llm
