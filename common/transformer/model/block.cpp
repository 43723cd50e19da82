#include "common/transformer/model/block.hpp"

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <utility>

#include "common/foundations/linear.hpp"
#include "common/training/embedding.hpp"
#include "common/training/residual.hpp"
#include "common/transformer/model/feed_forward.hpp"
#include "common/transformer/model/norms.hpp"

namespace llm {

namespace {

/// The heads of queries and keys in `projected`, which stand side by side.
Index rotated_heads(const GptConfig& config) {
  return config.heads + config.key_value_heads;
}

/// Puts the keys and values of a sequence's projections behind those that the cache holds.
void add_to_cache(const HeadLayout& heads, Index position, const MatrixRef& projected,
                  CachedLayer& cache) {
  const Index shared = heads.key_value_width(), count = projected.rows();
  if (position + count > cache.keys.rows()) {
    throw std::invalid_argument(
        fmt::format("attention_forward: {} tokens after {} in a cache with room for {}", count,
                    position, cache.keys.rows()));
  }
  check_shape("attention_forward: the cache", cache.keys, cache.keys.rows(), shared);
  cache.keys.middleRows(position, count) = projected.middleCols(heads.width(), shared);
  cache.values.middleRows(position, count) = projected.rightCols(shared);
}

/// Attention of one sequence, from its projections to what its queries read from the values.
void attend(const Gpt& gpt, Sequences sequence, BlockActivations& activations,
            BlockWorkspace& workspace, CachedLayer* cache) {
  const HeadLayout heads = head_layout(gpt.config);
  const Index width = heads.width(), shared = heads.key_value_width();
  const Index seen = sequence.position + sequence.length;
  MatrixOut projected = activations.projected.middleRows(sequence.first, sequence.length);
  rotate_heads(gpt, sequence.position, projected);
  if (cache) add_to_cache(heads, sequence.position, projected, *cache);
  const MatrixRef keys =
      cache ? MatrixRef(cache->keys.topRows(seen)) : MatrixRef(projected.middleCols(width, shared));
  const MatrixRef values =
      cache ? MatrixRef(cache->values.topRows(seen)) : MatrixRef(projected.rightCols(shared));
  causal_attention_forward(projected.leftCols(width), keys, values, heads,
                           activations.mixed.middleRows(sequence.first, sequence.length),
                           activations.log_sums.middleRows(sequence.first, sequence.length),
                           workspace.attention);
}

}  // namespace

BlockActivations::BlockActivations(const GptConfig& config, Index rows)
    : input(rows, config.width),
      attention_normed(rows, config.width),
      projected(rows, config.width + 2 * key_value_width(config)),
      mixed(rows, config.width),
      log_sums(rows, config.heads),
      middle(rows, config.width),
      feed_forward_normed(rows, config.width),
      expanded(rows, expanded_width(config)),
      activated(rows, config.hidden) {}

void embed_tokens(const Gpt& gpt, std::span<const Token> tokens, Index position, MatrixOut rows) {
  const Index count = static_cast<Index>(tokens.size());
  if (position < 0 || position + count > gpt.config.context) {
    throw std::invalid_argument(
        fmt::format("embed_tokens: {} tokens from position {} on do not fit into a context of {}",
                    count, position, gpt.config.context));
  }
  embedding_forward(tokens, gpt.parameters.token_embedding, rows);
  if (gpt.config.position == Position::rotary) return;
  residual_forward(rows, gpt.parameters.position_embedding.middleRows(position, count), rows);
}

void linear_rows(const LinearParameters& parameters, const MatrixRef& inputs, MatrixOut outputs,
                 ThreadTeam* team) {
  if (!team) {
    linear_forward(inputs, parameters.weight, parameters.bias, outputs);
    return;
  }
  const bool has_bias = parameters.bias.size() > 0;
  const auto part = [&](int thread) {
    const Slice slice = {thread, team->size()};
    const Index first = slice.first(outputs.cols()), count = slice.count(outputs.cols());
    linear_forward(inputs, parameters.weight.middleRows(first, count),
                   parameters.bias.segment(has_bias ? first : 0, has_bias ? count : 0),
                   outputs.middleCols(first, count));
  };
  team->run(std::ref(part));
}

void rotate_heads(const Gpt& gpt, Index position, MatrixOut projected) {
  if (gpt.config.position == Position::learned) return;
  const Index width = head_width(gpt.config);
  for (Index head = 0; head < rotated_heads(gpt.config); ++head) {
    apply_rotary(projected.middleCols(head * width, width), gpt.rotary, position,
                 gpt.config.rotary_layout);
  }
}

void rotate_heads_backward(const Gpt& gpt, Index position, MatrixOut projected) {
  if (gpt.config.position == Position::learned) return;
  const Index width = head_width(gpt.config);
  for (Index head = 0; head < rotated_heads(gpt.config); ++head) {
    apply_rotary_inverse(projected.middleCols(head * width, width), gpt.rotary, position,
                         gpt.config.rotary_layout);
  }
}

void attention_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                       BlockActivations& activations, BlockWorkspace& workspace,
                       CachedLayer* cache) {
  const MatrixRef stream = activations.input.middleRows(part.first, part.count);
  MatrixOut normed = activations.attention_normed.middleRows(part.first, part.count);
  MatrixOut middle = activations.middle.middleRows(part.first, part.count);
  norm_forward(gpt.config, parameters.attention_norm, stream, normed);
  linear_rows(parameters.attention_input, normed,
              activations.projected.middleRows(part.first, part.count), workspace.team);
  for (Index first = part.first; first < part.first + part.count; first += part.length) {
    attend(gpt, {first, part.length, part.length, part.position}, activations, workspace, cache);
  }
  linear_rows(parameters.attention_output, activations.mixed.middleRows(part.first, part.count),
              middle, workspace.team);
  residual_forward(stream, middle, middle);
}

void feed_forward_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                          BlockActivations& activations, MatrixOut outputs,
                          BlockWorkspace& workspace) {
  const MatrixRef stream = activations.middle.middleRows(part.first, part.count);
  MatrixOut normed = activations.feed_forward_normed.middleRows(part.first, part.count);
  MatrixOut expanded = activations.expanded.middleRows(part.first, part.count);
  MatrixOut activated = activations.activated.middleRows(part.first, part.count);
  MatrixOut sum = outputs.middleRows(part.first, part.count);
  norm_forward(gpt.config, parameters.feed_forward_norm, stream, normed);
  linear_rows(parameters.expand, normed, expanded, workspace.team);
  activate(gpt.config.feed_forward, expanded, activated);
  linear_rows(parameters.contract, activated, sum, workspace.team);
  residual_forward(stream, sum, sum);
}

void block_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                   BlockActivations& activations, MatrixOut outputs, BlockWorkspace& workspace,
                   CachedLayer* cache) {
  attention_forward(gpt, parameters, part, activations, workspace, cache);
  feed_forward_forward(gpt, parameters, part, activations, outputs, workspace);
}

Matrix run_blocks(const Gpt& gpt, std::span<const Token> tokens, BlockWorkspace& workspace,
                  Index position, std::vector<CachedLayer>* cache) {
  const Index length = static_cast<Index>(tokens.size());
  const Sequences all = {0, length, length, position};
  BlockActivations activations(gpt.config, length);  // one for all blocks: nothing is kept
  embed_tokens(gpt, tokens, position, activations.input);
  for (std::size_t block = 0; block < gpt.parameters.blocks.size(); ++block) {
    block_forward(gpt, gpt.parameters.blocks[block], all, activations, activations.input, workspace,
                  cache ? &cache->at(block) : nullptr);
  }
  return std::move(activations.input);
}

void output_forward(const Gpt& gpt, const MatrixRef& stream, MatrixOut normed, MatrixOut logits,
                    ThreadTeam* team) {
  norm_forward(gpt.config, gpt.parameters.final_norm, stream, normed);
  linear_rows(gpt.parameters.output, normed, logits, team);
}

Matrix forward(const Gpt& gpt, std::span<const Token> tokens) {
  const Index length = static_cast<Index>(tokens.size());
  BlockWorkspace workspace{AttentionWorkspace(length)};
  Matrix stream = run_blocks(gpt, tokens, workspace);
  Matrix logits(length, gpt.config.vocabulary);
  output_forward(gpt, stream, stream, logits);
  return logits;
}

}  // namespace llm
