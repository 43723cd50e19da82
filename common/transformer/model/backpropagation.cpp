#include "common/transformer/model/backpropagation.hpp"

#include <fmt/format.h>

#include <functional>
#include <numeric>
#include <stdexcept>

#include "common/foundations/linear.hpp"
#include "common/foundations/product.hpp"
#include "common/foundations/spans.hpp"
#include "common/training/embedding.hpp"
#include "common/training/residual.hpp"
#include "common/transformer/model/feed_forward.hpp"
#include "common/transformer/model/loss.hpp"
#include "common/transformer/model/norms.hpp"

namespace llm {

namespace {

/// A batch on its way through a Backpropagation: its tokens and how much its gradient counts.
struct Batch {
  std::span<const Token> inputs, targets;
  double gradient_scale;  ///< weight / number of tokens
};

/// The rows of the sequences that thread `thread` takes.
Sequences thread_part(const Backpropagation& training, Index tokens, int thread) {
  const Index sequences = tokens / training.length, threads = training.team.size();
  const Index first = sequences * thread / threads, last = sequences * (thread + 1) / threads;
  return {first * training.length, (last - first) * training.length, training.length};
}

/// The residual stream after block `block`.
Matrix& stream_after(Backpropagation& training, std::size_t block) {
  const bool last = block + 1 == training.blocks.size();
  return last ? training.final_input : training.blocks[block + 1].input;
}

/// The tokens of some rows.
std::span<const Token> tokens_of(std::span<const Token> tokens, Index first, Index count) {
  return tokens.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}

/// From the tokens of some sequences to their logits.
void forward_part(Backpropagation& training, Sequences part, const Batch& batch,
                  ThreadWorkspace& workspace) {
  const Gpt& gpt = training.gpt;
  for (Index row = part.first; row < part.first + part.count; row += part.length) {
    embed_tokens(gpt, tokens_of(batch.inputs, row, part.length), 0,
                 training.blocks[0].input.middleRows(row, part.length));
  }
  for (std::size_t block = 0; block < training.blocks.size(); ++block) {
    block_forward(gpt, gpt.parameters.blocks[block], part, training.blocks[block],
                  stream_after(training, block), workspace.block);
  }
  output_forward(gpt, training.final_input.middleRows(part.first, part.count),
                 training.final_normed.middleRows(part.first, part.count),
                 training.logits.middleRows(part.first, part.count));
}

/// The gain and bias of norm `norm` in the gradients of one sequence.
NormParameters norm_gradient(Backpropagation& training, Index sequence, Index norm) {
  const Index width = training.gpt.config.width;
  const bool bias = training.views.final_norm.bias.size() > 0;
  Real* const place = &training.norm_gradients(sequence, 2 * width * norm);
  return {VectorMap(place, width), VectorMap(place + width, bias ? width : 0)};
}

/// Takes gradient (rows of part, d) back through norm `norm`, in place; `inputs` are all rows.
void norm_backward_part(Backpropagation& training, const NormParameters& parameters, Index norm,
                        Sequences part, const MatrixRef& inputs, MatrixOut gradient) {
  for (Index row = 0; row < part.count; row += part.length) {
    const Index first = part.first + row;
    MatrixOut rows = gradient.middleRows(row, part.length);
    NormParameters sums = norm_gradient(training, first / part.length, norm);
    norm_backward(training.gpt.config, parameters, rows, inputs.middleRows(first, part.length),
                  rows, sums);
  }
}

/// The second half of a block, backward: from the gradient of the stream after the block, `output`
/// (all rows), to that of the stream between its halves, which replaces it in activations.middle.
void feed_forward_backward(Backpropagation& training, std::size_t block, Sequences part,
                           const MatrixRef& output, ThreadWorkspace& workspace) {
  const BlockParameters& parameters = training.gpt.parameters.blocks[block];
  BlockActivations& activations = training.blocks[block];
  const MatrixRef output_gradient = output.middleRows(part.first, part.count);
  MatrixOut activated_gradient = workspace.activated_gradient.topRows(part.count);
  MatrixOut expanded = activations.expanded.middleRows(part.first, part.count);
  MatrixOut normed_gradient = workspace.normed_gradient.topRows(part.count);
  linear_backward_inputs(output_gradient, parameters.contract.weight, activated_gradient);
  activate_backward(training.gpt.config.feed_forward, activated_gradient, expanded);
  linear_backward_inputs(expanded, parameters.expand.weight, normed_gradient);
  norm_backward_part(training, parameters.feed_forward_norm, 2 * static_cast<Index>(block) + 1,
                     part, activations.middle, normed_gradient);
  residual_backward(output_gradient, normed_gradient,
                    activations.middle.middleRows(part.first, part.count));
}

/// Attention of one sequence, backward: the gradient of its projections replaces them.
/// `mixed_gradient` is that of its outputs.
void attend_backward(Backpropagation& training, BlockActivations& activations, Index first,
                     const MatrixRef& mixed_gradient, ThreadWorkspace& workspace) {
  const HeadLayout heads = head_layout(training.gpt.config);
  const Index length = training.length, width = heads.width(), shared = heads.key_value_width();
  MatrixOut projected = activations.projected.middleRows(first, length);
  MatrixOut gradient = workspace.projected_gradient;
  const CausalAttentionPass pass = {
      projected.leftCols(width), projected.middleCols(width, shared), projected.rightCols(shared),
      activations.mixed.middleRows(first, length), activations.log_sums.middleRows(first, length)};
  causal_attention_backward(
      mixed_gradient, pass, heads,
      {gradient.leftCols(width), gradient.middleCols(width, shared), gradient.rightCols(shared)},
      workspace.block.attention);
  rotate_heads_backward(training.gpt, 0, gradient);
  projected = gradient;
}

/// The first half of a block, backward: from the gradient in activations.middle to that of the
/// stream before the block, which replaces it in activations.input.
void attention_backward(Backpropagation& training, std::size_t block, Sequences part,
                        ThreadWorkspace& workspace) {
  const BlockParameters& parameters = training.gpt.parameters.blocks[block];
  BlockActivations& activations = training.blocks[block];
  const MatrixRef middle_gradient = activations.middle.middleRows(part.first, part.count);
  MatrixOut mixed_gradient = workspace.mixed_gradient.topRows(part.count);
  MatrixOut normed_gradient = workspace.normed_gradient.topRows(part.count);
  linear_backward_inputs(middle_gradient, parameters.attention_output.weight, mixed_gradient);
  for (Index row = 0; row < part.count; row += part.length) {
    attend_backward(training, activations, part.first + row,
                    mixed_gradient.middleRows(row, part.length), workspace);
  }
  linear_backward_inputs(activations.projected.middleRows(part.first, part.count),
                         parameters.attention_input.weight, normed_gradient);
  norm_backward_part(training, parameters.attention_norm, 2 * static_cast<Index>(block), part,
                     activations.input, normed_gradient);
  residual_backward(middle_gradient, normed_gradient,
                    activations.input.middleRows(part.first, part.count));
}

/// From the gradient of the logits of some sequences to those of every layer's output.
void backward_part(Backpropagation& training, Sequences part, ThreadWorkspace& workspace) {
  const Gpt& gpt = training.gpt;
  const Index norms = 2 * gpt.config.layers;
  training.norm_gradients.middleRows(part.first / part.length, part.count / part.length).setZero();
  MatrixOut normed_gradient = workspace.normed_gradient.topRows(part.count);
  linear_backward_inputs(training.logits.middleRows(part.first, part.count),
                         gpt.parameters.output.weight, normed_gradient);
  norm_backward_part(training, gpt.parameters.final_norm, norms, part, training.final_input,
                     normed_gradient);
  training.final_input.middleRows(part.first, part.count) = normed_gradient;
  for (std::size_t block = training.blocks.size(); block-- > 0;) {
    feed_forward_backward(training, block, part, stream_after(training, block), workspace);
    attention_backward(training, block, part, workspace);
  }
}

/// One thread's rows of the gradient of a linear layer's weight, and as many numbers of its bias,
/// from the layer's inputs (n, d_in) and the gradient of its outputs (n, d_out).
void linear_gradients(const MatrixRef& inputs, const MatrixRef& output_gradient, Slice slice,
                      LinearParameters& gradients) {
  const Index outputs = output_gradient.cols();
  const Index first = slice.first(outputs), count = slice.count(outputs);
  const bool has_bias = gradients.bias.size() > 0;
  linear_backward_parameters(output_gradient.middleCols(first, count), inputs,
                             gradients.weight.middleRows(first, count),
                             gradients.bias.segment(has_bias ? first : 0, has_bias ? count : 0));
}

/// One thread's columns of the gradients of the embeddings: each row of the gradient of the first
/// block's input goes to its token, and to its position.
void embedding_gradients(Backpropagation& training, std::span<const Token> tokens, Slice slice) {
  const Index first = slice.first(training.gpt.config.width);
  const Index count = slice.count(training.gpt.config.width);
  const Index rows = static_cast<Index>(tokens.size()), length = training.length;
  const MatrixRef row_gradient = training.blocks[0].input.block(0, first, rows, count);
  embedding_backward(row_gradient, tokens, training.views.token_embedding.middleCols(first, count));
  if (training.gpt.config.position == Position::rotary) return;
  MatrixOut positions = training.views.position_embedding.block(0, first, length, count);
  for (Index row = 0; row < rows; row += length) {
    positions += row_gradient.middleRows(row, length);
  }
}

/// Adds the gradients of the norms of all sequences up, in their order.
void add_norm_gradients(Backpropagation& training, Index sequences) {
  const Index norms = 2 * training.gpt.config.layers + 1;
  for (Index norm = 0; norm < norms; ++norm) {
    NormParameters* total = &training.views.final_norm;
    if (norm + 1 < norms) {
      BlockParameters& block = training.views.blocks[static_cast<std::size_t>(norm / 2)];
      total = norm % 2 == 0 ? &block.attention_norm : &block.feed_forward_norm;
    }
    for (Index sequence = 0; sequence < sequences; ++sequence) {
      const NormParameters part = norm_gradient(training, sequence, norm);
      total->gain += part.gain;
      if (part.bias.size() > 0) total->bias += part.bias;
    }
  }
}

/// One thread's share of the gradients of all weights, over all rows of the batch.
void weight_gradients(Backpropagation& training, std::span<const Token> tokens, Slice slice) {
  const Index rows = static_cast<Index>(tokens.size());
  for (std::size_t block = training.blocks.size(); block-- > 0;) {
    const BlockActivations& activations = training.blocks[block];
    BlockParameters& gradients = training.views.blocks[block];
    linear_gradients(activations.activated.topRows(rows),
                     stream_after(training, block).topRows(rows), slice, gradients.contract);
    linear_gradients(activations.feed_forward_normed.topRows(rows),
                     activations.expanded.topRows(rows), slice, gradients.expand);
    linear_gradients(activations.mixed.topRows(rows), activations.middle.topRows(rows), slice,
                     gradients.attention_output);
    linear_gradients(activations.attention_normed.topRows(rows),
                     activations.projected.topRows(rows), slice, gradients.attention_input);
  }
  // Threads share the embedding by columns, because its rows are as uneven as the tokens. Where it
  // is the output layer, too, that is shared alike: no two threads add to the same number.
  const Index first = slice.first(training.gpt.config.width);
  const Index count = slice.count(training.gpt.config.width);
  transposed_multiply_add(training.logits.topRows(rows),
                          training.final_normed.topRows(rows).middleCols(first, count),
                          training.views.output.weight.middleCols(first, count));
  embedding_gradients(training, tokens, slice);
  if (slice.thread == 0) add_norm_gradients(training, rows / training.length);
}

/// Throws unless a batch is whole sequences, at most as many as there is memory for.
void check_batch(const Backpropagation& training, const Batch& batch) {
  const Index tokens = static_cast<Index>(batch.inputs.size());
  const bool whole = tokens > 0 && tokens % training.length == 0;
  if (!whole || tokens > training.sequences * training.length ||
      batch.targets.size() != batch.inputs.size()) {
    throw std::invalid_argument(fmt::format(
        "Backpropagation: {} inputs and {} targets, expected up to {} sequences of {}",
        batch.inputs.size(), batch.targets.size(), training.sequences, training.length));
  }
}

/// The mean loss of a batch whose sequences each have a sum in `losses`.
double mean_loss(const Backpropagation& training, std::size_t tokens) {
  const std::ptrdiff_t sequences = static_cast<std::ptrdiff_t>(tokens) / training.length;
  return std::accumulate(training.losses.begin(), training.losses.begin() + sequences, 0.0) /
         static_cast<double>(tokens);
}

}  // namespace

ThreadWorkspace::ThreadWorkspace(const GptConfig& config, Index rows, Index length)
    : normed_gradient(rows, config.width),
      mixed_gradient(rows, config.width),
      activated_gradient(rows, config.hidden),
      projected_gradient(length, config.width + 2 * key_value_width(config)),
      block{AttentionWorkspace(length)} {}

Backpropagation::Backpropagation(const Gpt& model, Index most_sequences, Index sequence_length,
                                 ThreadTeam& threads)
    : gpt(model),
      team(threads),
      sequences(most_sequences),
      length(sequence_length),
      gradients(Vector::Zero(parameter_count(model.config))),
      views(parameter_views(model.config, span_of(gradients))),
      final_input(sequences * length, model.config.width),
      final_normed(sequences * length, model.config.width),
      logits(sequences * length, model.config.vocabulary),
      norm_gradients(sequences, 2 * model.config.width * (2 * model.config.layers + 1)),
      losses(static_cast<std::size_t>(sequences)) {
  for (Index block = 0; block < gpt.config.layers; ++block) {
    blocks.emplace_back(gpt.config, sequences * length);
  }
  const Index most = (sequences + team.size() - 1) / team.size();
  for (int thread = 0; thread < team.size(); ++thread) {
    workspaces.emplace_back(gpt.config, most * length, length);
  }
}

void Backpropagation::clear_gradients() {
  const auto part = [&](int thread) {
    const Slice slice = {thread, team.size()};
    gradients.segment(slice.first(gradients.size()), slice.count(gradients.size())).setZero();
  };
  team.run(std::ref(part));
}

double Backpropagation::loss(std::span<const Token> inputs, std::span<const Token> targets) {
  const Batch batch = {inputs, targets, 0};
  check_batch(*this, batch);
  const auto pass = [&](int thread) {
    const Sequences part = thread_part(*this, static_cast<Index>(inputs.size()), thread);
    if (part.count == 0) return;
    forward_part(*this, part, batch, workspaces[static_cast<std::size_t>(thread)]);
    for (Index row = part.first; row < part.first + part.count; row += length) {
      losses[static_cast<std::size_t>(row / length)] =
          cross_entropy(logits.middleRows(row, length), tokens_of(targets, row, length));
    }
  };
  team.run(std::ref(pass));
  return mean_loss(*this, inputs.size());
}

double Backpropagation::loss_and_gradients(std::span<const Token> inputs,
                                           std::span<const Token> targets, double weight) {
  const Batch batch = {inputs, targets, weight / static_cast<double>(inputs.size())};
  check_batch(*this, batch);
  const auto pass = [&](int thread) {
    const Sequences part = thread_part(*this, static_cast<Index>(inputs.size()), thread);
    if (part.count == 0) return;
    ThreadWorkspace& workspace = workspaces[static_cast<std::size_t>(thread)];
    forward_part(*this, part, batch, workspace);
    for (Index row = part.first; row < part.first + part.count; row += length) {
      losses[static_cast<std::size_t>(row / length)] = cross_entropy_backward(
          logits.middleRows(row, length), tokens_of(targets, row, length), batch.gradient_scale);
    }
    backward_part(*this, part, workspace);
  };
  team.run(std::ref(pass));
  const auto weights = [&](int thread) { weight_gradients(*this, inputs, {thread, team.size()}); };
  team.run(std::ref(weights));
  return mean_loss(*this, inputs.size());
}

}  // namespace llm
