#include "common/transformer/gpt.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "common/foundations/product.hpp"
#include "common/training/initialization.hpp"
#include "common/transformer/feed_forward.hpp"
#include "common/transformer/norms.hpp"

namespace llm {

namespace {

/// The configuration, if a model can be built from it.
const GptConfig& validated(const GptConfig& config) {
  validate(config);
  return config;
}

/// The angles that a model needs: none with learned positions.
RotaryTable model_rotary_table(const GptConfig& config) {
  if (config.position == Position::learned) return {};
  return rotary_table(config.context, head_width(config), static_cast<Real>(config.rotary_base));
}

/// Sets the gains of a norm to 1.
void start_norm(NormParameters& norm) {
  norm.gain.setOnes();
}

/// Fills a matrix with normal numbers of this deviation.
void draw(MatrixMap& matrix, Real deviation, Generator& generator) {
  for (Index i = 0; i < matrix.size(); ++i) {
    matrix.data()[i] = deviation * static_cast<Real>(normal(generator));
  }
}

/// The heads of queries and keys in `projected`, which stand side by side.
Index rotated_heads(const GptConfig& config) {
  return config.heads + config.key_value_heads;
}

}  // namespace

Gpt::Gpt(const GptConfig& configuration)
    : config(validated(configuration)),
      layout(parameter_layout(config)),
      buffer(Vector::Zero(parameter_count(config))),
      parameters(parameter_views(config, {buffer.data(), static_cast<std::size_t>(buffer.size())})),
      rotary(model_rotary_table(config)) {
  for (BlockParameters& block : parameters.blocks) {
    start_norm(block.attention_norm);
    start_norm(block.feed_forward_norm);
  }
  start_norm(parameters.final_norm);
}

void initialize(Gpt& gpt, Generator& generator) {
  constexpr Real deviation = Real(0.02);
  const Real to_stream = residual_deviation(deviation, 2 * gpt.config.layers);
  draw(gpt.parameters.token_embedding, deviation, generator);
  draw(gpt.parameters.position_embedding, deviation, generator);
  for (BlockParameters& block : gpt.parameters.blocks) {
    draw(block.attention_input.weight, deviation, generator);
    draw(block.attention_output.weight, to_stream, generator);
    draw(block.expand.weight, deviation, generator);
    draw(block.contract.weight, to_stream, generator);
  }
  if (!gpt.config.tied) draw(gpt.parameters.output, deviation, generator);
}

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

void embed_tokens(const Gpt& gpt, std::span<const Token> tokens, Index first_position,
                  MatrixOut rows) {
  const Index count = static_cast<Index>(tokens.size());
  check_shape("embed_tokens: rows", rows, count, gpt.config.width);
  if (first_position < 0 || first_position + count > gpt.config.context) {
    throw std::invalid_argument(
        fmt::format("embed_tokens: {} tokens from position {} on do not fit into a context of {}",
                    count, first_position, gpt.config.context));
  }
  for (Index row = 0; row < count; ++row) {
    const Token token = tokens[static_cast<std::size_t>(row)];
    if (token < 0 || token >= gpt.config.vocabulary) {
      throw std::invalid_argument(fmt::format("embed_tokens: token {} in a vocabulary of {}", token,
                                              gpt.config.vocabulary));
    }
    rows.row(row) = gpt.parameters.token_embedding.row(token);
    if (gpt.config.position == Position::learned) {
      rows.row(row) += gpt.parameters.position_embedding.row(first_position + row);
    }
  }
}

void linear_rows(const LinearParameters& parameters, const MatrixRef& inputs, MatrixOut outputs) {
  if (parameters.bias.size() > 0) {
    multiply_bias(inputs, parameters.weight, parameters.bias, outputs);
  } else {
    multiply(inputs, parameters.weight, outputs);
  }
}

void rotate_heads(const Gpt& gpt, Index first_position, MatrixOut projected) {
  if (gpt.config.position == Position::learned) return;
  const Index width = head_width(gpt.config);
  for (Index head = 0; head < rotated_heads(gpt.config); ++head) {
    apply_rotary(projected.middleCols(head * width, width), gpt.rotary, first_position,
                 gpt.config.rotary_layout);
  }
}

void rotate_heads_inverse(const Gpt& gpt, Index first_position, MatrixOut projected) {
  if (gpt.config.position == Position::learned) return;
  const Index width = head_width(gpt.config);
  for (Index head = 0; head < rotated_heads(gpt.config); ++head) {
    apply_rotary_inverse(projected.middleCols(head * width, width), gpt.rotary, first_position,
                         gpt.config.rotary_layout);
  }
}

void attention_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                       BlockActivations& activations, AttentionWorkspace& workspace) {
  const HeadLayout layout = head_layout(gpt.config);
  const MatrixRef stream = activations.input.middleRows(part.first, part.count);
  MatrixOut normed = activations.attention_normed.middleRows(part.first, part.count);
  norm_rows(gpt.config, parameters.attention_norm, stream, normed);
  linear_rows(parameters.attention_input, normed,
              activations.projected.middleRows(part.first, part.count));
  for (Index first = part.first; first < part.first + part.count; first += part.length) {
    MatrixOut projected = activations.projected.middleRows(first, part.length);
    rotate_heads(gpt, 0, projected);
    causal_attention(projected.leftCols(layout.width()),
                     projected.middleCols(layout.width(), layout.key_value_width()),
                     projected.rightCols(layout.key_value_width()), layout,
                     activations.mixed.middleRows(first, part.length),
                     activations.log_sums.middleRows(first, part.length), workspace);
  }
  MatrixOut middle = activations.middle.middleRows(part.first, part.count);
  linear_rows(parameters.attention_output, activations.mixed.middleRows(part.first, part.count),
              middle);
  middle += stream;
}

void feed_forward_forward(const Gpt& gpt, const BlockParameters& parameters, Sequences part,
                          BlockActivations& activations, MatrixOut outputs) {
  const MatrixRef stream = activations.middle.middleRows(part.first, part.count);
  MatrixOut normed = activations.feed_forward_normed.middleRows(part.first, part.count);
  MatrixOut expanded = activations.expanded.middleRows(part.first, part.count);
  MatrixOut activated = activations.activated.middleRows(part.first, part.count);
  norm_rows(gpt.config, parameters.feed_forward_norm, stream, normed);
  linear_rows(parameters.expand, normed, expanded);
  activate(gpt.config.feed_forward, expanded, activated);
  MatrixOut sum = outputs.middleRows(part.first, part.count);
  linear_rows(parameters.contract, activated, sum);
  sum += stream;
}

void output_logits(const Gpt& gpt, const MatrixRef& normed, MatrixOut logits) {
  multiply_transposed(normed, gpt.parameters.output, logits);
}

Matrix forward(const Gpt& gpt, std::span<const Token> tokens) {
  const Index length = static_cast<Index>(tokens.size());
  BlockActivations activations(gpt.config, length);
  AttentionWorkspace workspace(length);
  embed_tokens(gpt, tokens, 0, activations.input);
  for (const BlockParameters& block : gpt.parameters.blocks) {
    const Sequences all = {0, length, length};
    attention_forward(gpt, block, all, activations, workspace);
    feed_forward_forward(gpt, block, all, activations, activations.input);
  }
  norm_rows(gpt.config, gpt.parameters.final_norm, activations.input, activations.input);
  Matrix logits(length, gpt.config.vocabulary);
  output_logits(gpt, activations.input, logits);
  return logits;
}

}  // namespace llm
