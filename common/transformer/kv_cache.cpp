#include "common/transformer/kv_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "common/transformer/feed_forward.hpp"
#include "common/transformer/norms.hpp"

namespace llm {

namespace {

/// The attention half of a block on new rows of the residual stream (n, d): their keys and values
/// go into the cache, and their queries meet all that is there.
void cached_attention(const Gpt& gpt, std::size_t layer, KeyValueCache& cache, MatrixOut rows) {
  const HeadLayout heads = head_layout(gpt.config);
  const BlockParameters& block = gpt.parameters.blocks[layer];
  const Index count = rows.rows(), width = heads.width(), shared = heads.key_value_width();
  const Index seen = cache.length + count;
  check_shape("decode_step: the cache", cache.keys[layer], gpt.config.context, shared);
  Matrix normed(count, rows.cols()), projected(count, width + 2 * shared);
  norm_rows(gpt.config, block.attention_norm, rows, normed);
  linear_rows(block.attention_input, normed, projected);
  rotate_heads(gpt, cache.length, projected);
  cache.keys[layer].middleRows(cache.length, count) = projected.middleCols(width, shared);
  cache.values[layer].middleRows(cache.length, count) = projected.rightCols(shared);
  Matrix mixed(count, width), log_sums(count, heads.heads);
  AttentionWorkspace workspace(seen);
  causal_attention(projected.leftCols(width), cache.keys[layer].topRows(seen),
                   cache.values[layer].topRows(seen), heads, mixed, log_sums, workspace);
  linear_rows(block.attention_output, mixed, normed);
  rows += normed;
}

/// The feed-forward half of a block on rows of the residual stream (n, d).
void feed_forward_rows(const Gpt& gpt, std::size_t layer, MatrixOut rows) {
  const BlockParameters& block = gpt.parameters.blocks[layer];
  Matrix normed(rows.rows(), rows.cols()), expanded(rows.rows(), block.expand.weight.cols());
  norm_rows(gpt.config, block.feed_forward_norm, rows, normed);
  linear_rows(block.expand, normed, expanded);
  Matrix activated(rows.rows(), gpt.config.hidden);
  activate(gpt.config.feed_forward, expanded, activated);
  linear_rows(block.contract, activated, normed);
  rows += normed;
}

}  // namespace

KeyValueCache::KeyValueCache(const GptConfig& config)
    : keys(static_cast<std::size_t>(config.layers),
           Matrix(config.context, key_value_width(config))),
      values(keys) {}

Index cache_bytes(const GptConfig& config) {
  return 2 * config.layers * config.context * key_value_width(config) *
         static_cast<Index>(sizeof(Real));
}

Matrix decode_step(const Gpt& gpt, std::span<const Token> tokens, KeyValueCache& cache,
                   bool all_logits) {
  const auto count = static_cast<Index>(tokens.size());
  if (count < 1 || cache.length + count > gpt.config.context) {
    throw std::invalid_argument(
        fmt::format("{} tokens after {} in the cache: the model's context holds 1 to {}", count,
                    cache.length, gpt.config.context));
  }
  if (cache.keys.size() != gpt.parameters.blocks.size()) {
    throw std::invalid_argument(fmt::format("decode_step: a cache of {} layers in a model of {}",
                                            cache.keys.size(), gpt.parameters.blocks.size()));
  }
  Matrix rows(count, gpt.config.width);
  embed_tokens(gpt, tokens, cache.length, rows);
  for (std::size_t layer = 0; layer < gpt.parameters.blocks.size(); ++layer) {
    cached_attention(gpt, layer, cache, rows);
    feed_forward_rows(gpt, layer, rows);
  }
  cache.length += count;
  const Matrix last = rows.bottomRows(all_logits ? count : 1);
  Matrix normed(last.rows(), last.cols()), logits(last.rows(), gpt.config.vocabulary);
  norm_rows(gpt.config, gpt.parameters.final_norm, last, normed);
  output_logits(gpt, normed, logits);
  return logits;
}

std::vector<Token> generate(const Gpt& gpt, std::vector<Token> tokens, Index count,
                            const Sampler& sampler, const TokenObserver& observer) {
  if (tokens.empty()) throw std::invalid_argument("generation needs a prompt of one token or more");
  KeyValueCache cache(gpt.config);
  std::span<const Token> unread = last_window(gpt, tokens);
  for (Index i = 0; i < count; ++i) {
    if (cache.length == gpt.config.context) {
      cache.length = 0;
      unread = std::span<const Token>(tokens).last(
          static_cast<std::size_t>(std::max<Index>(gpt.config.context / 2, 1)));
    }
    const Matrix logits = decode_step(gpt, unread, cache);  // (1, V)
    tokens.push_back(sampler(logits.row(0)));
    unread = std::span<const Token>(tokens).last(1);
    if (observer && !observer(tokens.back())) break;
  }
  return tokens;
}

}  // namespace llm
