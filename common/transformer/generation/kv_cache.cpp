#include "common/transformer/generation/kv_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace llm {

namespace {

/// Throws std::invalid_argument unless `count` more tokens fit behind those in the cache.
void check_cache(const Gpt& gpt, const KeyValueCache& cache, Index count) {
  if (count < 1 || cache.length < 0 || cache.length + count > gpt.config.context) {
    throw std::invalid_argument(
        fmt::format("{} tokens after {} in the cache: the model's context holds 1 to {}", count,
                    cache.length, gpt.config.context));
  }
  if (cache.layers.size() != gpt.parameters.blocks.size()) {
    throw std::invalid_argument(fmt::format("decode_step: a cache of {} layers in a model of {}",
                                            cache.layers.size(), gpt.parameters.blocks.size()));
  }
}

}  // namespace

KeyValueCache::KeyValueCache(const GptConfig& config)
    : layers(static_cast<std::size_t>(config.layers),
             {Matrix(config.context, key_value_width(config)),
              Matrix(config.context, key_value_width(config))}) {}

Index cache_bytes(const GptConfig& config) {
  return 2 * config.layers * config.context * key_value_width(config) *
         static_cast<Index>(sizeof(Real));
}

Matrix decode_step(const Gpt& gpt, std::span<const Token> tokens, KeyValueCache& cache,
                   bool all_logits, ThreadTeam* team) {
  const auto count = static_cast<Index>(tokens.size());
  check_cache(gpt, cache, count);
  BlockWorkspace workspace{AttentionWorkspace(cache.length + count), team};
  const Matrix stream = run_blocks(gpt, tokens, workspace, cache.length, &cache.layers);
  cache.length += count;
  Matrix normed = stream.bottomRows(all_logits ? count : 1);
  Matrix logits(normed.rows(), gpt.config.vocabulary);
  output_forward(gpt, normed, normed, logits, team);
  return logits;
}

std::vector<Token> generate(const Gpt& gpt, std::vector<Token> tokens, Index count,
                            const Sampler& sampler, const TokenObserver& observer,
                            ThreadTeam* team) {
  if (tokens.empty()) throw std::invalid_argument("generation needs a prompt of one token or more");
  KeyValueCache cache(gpt.config);
  std::span<const Token> unread = last_window(gpt, tokens);
  for (Index i = 0; i < count; ++i) {
    if (cache.length == gpt.config.context) {
      cache.length = 0;
      unread = std::span<const Token>(tokens).last(
          static_cast<std::size_t>(std::max<Index>(gpt.config.context / 2, 1)));
    }
    const Matrix logits = decode_step(gpt, unread, cache, false, team);  // (1, V)
    tokens.push_back(sampler(logits.row(0)));
    unread = std::span<const Token>(tokens).last(1);
    if (observer && !observer(tokens.back())) break;
  }
  return tokens;
}

}  // namespace llm
