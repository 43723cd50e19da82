#include "common/transformer/gpt_training.hpp"

#include <fmt/format.h>

#include <functional>
#include <numeric>
#include <stdexcept>

#include "common/foundations/product.hpp"
#include "common/transformer/feed_forward.hpp"
#include "common/transformer/loss.hpp"
#include "common/transformer/norms.hpp"

namespace llm {

namespace {

/// A batch on its way through a GptTraining: its tokens and how much its gradient counts.
struct Batch {
  std::span<const Token> inputs, targets;
  double gradient_scale;  ///< weight / number of tokens
};

/// The rows of the sequences that thread `thread` takes.
Sequences thread_part(const GptTraining& training, Index tokens, int thread) {
  const Index sequences = tokens / training.length, threads = training.team.size();
  const Index first = sequences * thread / threads, last = sequences * (thread + 1) / threads;
  return {first * training.length, (last - first) * training.length, training.length};
}

/// The residual stream after block `block`.
Matrix& stream_after(GptTraining& training, std::size_t block) {
  const bool last = block + 1 == training.blocks.size();
  return last ? training.final_input : training.blocks[block + 1].input;
}

/// The tokens of some rows.
std::span<const Token> tokens_of(std::span<const Token> tokens, Index first, Index count) {
  return tokens.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}

/// From the tokens of some sequences to their logits.
void forward_part(GptTraining& training, Sequences part, const Batch& batch,
                  ThreadWorkspace& workspace) {
  const Gpt& gpt = training.gpt;
  for (Index row = part.first; row < part.first + part.count; row += part.length) {
    embed_tokens(gpt, tokens_of(batch.inputs, row, part.length), 0,
                 training.blocks[0].input.middleRows(row, part.length));
  }
  for (std::size_t block = 0; block < training.blocks.size(); ++block) {
    BlockActivations& activations = training.blocks[block];
    attention_forward(gpt, gpt.parameters.blocks[block], part, activations, workspace.attention);
    feed_forward_forward(gpt, gpt.parameters.blocks[block], part, activations,
                         stream_after(training, block));
  }
  MatrixOut normed = training.final_normed.middleRows(part.first, part.count);
  norm_rows(gpt.config, gpt.parameters.final_norm,
            training.final_input.middleRows(part.first, part.count), normed);
  output_logits(gpt, normed, training.logits.middleRows(part.first, part.count));
}

/// The gain and bias of norm `norm` in the gradients of one sequence.
NormParameters norm_gradient(GptTraining& training, Index sequence, Index norm) {
  const Index width = training.gpt.config.width;
  const bool bias = training.views.final_norm.bias.size() > 0;
  Real* const place = &training.norm_gradients(sequence, 2 * width * norm);
  return {VectorMap(place, width), VectorMap(place + width, bias ? width : 0)};
}

/// Takes gradient (rows of part, d) back through norm `norm`, in place; `inputs` are all rows.
void norm_backward_part(GptTraining& training, const NormParameters& parameters, Index norm,
                        Sequences part, const MatrixRef& inputs, MatrixOut gradient) {
  for (Index row = 0; row < part.count; row += part.length) {
    const Index first = part.first + row;
    MatrixOut rows = gradient.middleRows(row, part.length);
    NormParameters sums = norm_gradient(training, first / part.length, norm);
    norm_rows_backward(training.gpt.config, parameters, rows, inputs.middleRows(first, part.length),
                       rows, sums);
  }
}

/// The second half of a block, backward: from the gradient of the stream after the block, `output`
/// (all rows), to that of the stream between its halves, which replaces it in activations.middle.
void feed_forward_backward(GptTraining& training, std::size_t block, Sequences part,
                           const MatrixRef& output, ThreadWorkspace& workspace) {
  const BlockParameters& parameters = training.gpt.parameters.blocks[block];
  BlockActivations& activations = training.blocks[block];
  const MatrixRef change = output.middleRows(part.first, part.count);
  MatrixOut activated = workspace.activated_gradient.topRows(part.count);
  MatrixOut expanded = activations.expanded.middleRows(part.first, part.count);
  MatrixOut stream = workspace.stream_gradient.topRows(part.count);
  multiply_transposed(change, parameters.contract.weight, activated);
  activate_backward(training.gpt.config.feed_forward, activated, expanded);
  multiply_transposed(expanded, parameters.expand.weight, stream);
  norm_backward_part(training, parameters.feed_forward_norm, 2 * static_cast<Index>(block) + 1,
                     part, activations.middle, stream);
  activations.middle.middleRows(part.first, part.count) = stream + change;
}

/// Attention of one sequence, backward: the gradient of its projections replaces them. `mixed` is
/// the gradient of its outputs.
void attention_backward(GptTraining& training, BlockActivations& activations, Index first,
                        const MatrixRef& mixed, ThreadWorkspace& workspace) {
  const HeadLayout layout = head_layout(training.gpt.config);
  const Index length = training.length, width = layout.width(), shared = layout.key_value_width();
  MatrixOut projected = activations.projected.middleRows(first, length);
  MatrixOut gradient = workspace.projected_gradient;
  const CausalAttentionPass pass = {
      projected.leftCols(width), projected.middleCols(width, shared), projected.rightCols(shared),
      activations.mixed.middleRows(first, length), activations.log_sums.middleRows(first, length)};
  causal_attention_backward(
      mixed, pass, layout,
      {gradient.leftCols(width), gradient.middleCols(width, shared), gradient.rightCols(shared)},
      workspace.attention);
  rotate_heads_inverse(training.gpt, 0, gradient);
  projected = gradient;
}

/// The first half of a block, backward: from the gradient in activations.middle to that of the
/// stream before the block, which replaces it in activations.input.
void attention_half_backward(GptTraining& training, std::size_t block, Sequences part,
                             ThreadWorkspace& workspace) {
  const BlockParameters& parameters = training.gpt.parameters.blocks[block];
  BlockActivations& activations = training.blocks[block];
  const MatrixRef change = activations.middle.middleRows(part.first, part.count);
  MatrixOut stream = workspace.stream_gradient.topRows(part.count);
  multiply_transposed(change, parameters.attention_output.weight, stream);
  for (Index row = 0; row < part.count; row += part.length) {
    attention_backward(training, activations, part.first + row, stream.middleRows(row, part.length),
                       workspace);
  }
  multiply_transposed(activations.projected.middleRows(part.first, part.count),
                      parameters.attention_input.weight, stream);
  norm_backward_part(training, parameters.attention_norm, 2 * static_cast<Index>(block), part,
                     activations.input, stream);
  activations.input.middleRows(part.first, part.count) = stream + change;
}

/// From the gradient of the logits of some sequences to those of every layer's output.
void backward_part(GptTraining& training, Sequences part, ThreadWorkspace& workspace) {
  const Gpt& gpt = training.gpt;
  const Index norms = 2 * gpt.config.layers;
  training.norm_gradients.middleRows(part.first / part.length, part.count / part.length).setZero();
  MatrixOut stream = workspace.stream_gradient.topRows(part.count);
  multiply(training.logits.middleRows(part.first, part.count), gpt.parameters.output, stream);
  norm_backward_part(training, gpt.parameters.final_norm, norms, part, training.final_input,
                     stream);
  training.final_input.middleRows(part.first, part.count) = stream;
  for (std::size_t block = training.blocks.size(); block-- > 0;) {
    feed_forward_backward(training, block, part, stream_after(training, block), workspace);
    attention_half_backward(training, block, part, workspace);
  }
}

/// The columns of a gradient that one thread adds up.
struct Slice {
  int thread, threads;

  Index first(Index columns) const { return columns * thread / threads; }
  Index count(Index columns) const { return columns * (thread + 1) / threads - first(columns); }
};

/// gradient (d) += the sum of the rows of `rows` (n, d).
void add_rows(const MatrixRef& rows, VectorOut gradient) {
  for (Index row = 0; row < rows.rows(); ++row) gradient += rows.row(row);
}

/// One thread's columns of the gradients of a linear layer, from its inputs (n, d_in) and the
/// gradient of its outputs (n, d_out).
void linear_gradients(const MatrixRef& inputs, const MatrixRef& output_gradient, Slice slice,
                      LinearParameters& gradients) {
  const Index columns = output_gradient.cols();
  const Index first = slice.first(columns), count = slice.count(columns);
  const MatrixRef change = output_gradient.middleCols(first, count);
  transposed_multiply_add(inputs, change, gradients.weight.middleCols(first, count));
  if (gradients.bias.size() > 0) add_rows(change, gradients.bias.segment(first, count));
}

/// One thread's columns of the gradients of the embeddings: each row of the gradient of the first
/// block's input goes to its token, and to its position.
void embedding_gradients(GptTraining& training, std::span<const Token> tokens, Slice slice) {
  const Index first = slice.first(training.gpt.config.width);
  const Index count = slice.count(training.gpt.config.width);
  for (std::size_t row = 0; row < tokens.size(); ++row) {
    const Index place = static_cast<Index>(row);
    const auto change = training.blocks[0].input.row(place).segment(first, count);
    training.views.token_embedding.row(tokens[row]).segment(first, count) += change;
    if (training.views.position_embedding.rows() > 0) {
      training.views.position_embedding.row(place % training.length).segment(first, count) +=
          change;
    }
  }
}

/// Adds the gradients of the norms of all sequences up, in their order.
void add_norm_gradients(GptTraining& training, Index sequences) {
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
void weight_gradients(GptTraining& training, std::span<const Token> tokens, Slice slice) {
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
  const Index first = slice.first(training.gpt.config.width);
  const Index count = slice.count(training.gpt.config.width);
  transposed_multiply_add(training.logits.topRows(rows),
                          training.final_normed.topRows(rows).middleCols(first, count),
                          training.views.output.middleCols(first, count));
  embedding_gradients(training, tokens, slice);
  if (slice.thread == 0) add_norm_gradients(training, rows / training.length);
}

/// Throws unless a batch is whole sequences, at most as many as there is memory for.
void check_batch(const GptTraining& training, const Batch& batch) {
  const Index tokens = static_cast<Index>(batch.inputs.size());
  const bool whole = tokens > 0 && tokens % training.length == 0;
  if (!whole || tokens > training.sequences * training.length ||
      batch.targets.size() != batch.inputs.size()) {
    throw std::invalid_argument(fmt::format(
        "GptTraining: {} inputs and {} targets, expected up to {} sequences of {}",
        batch.inputs.size(), batch.targets.size(), training.sequences, training.length));
  }
}

/// The mean loss of a batch whose sequences each have a sum in `losses`.
double mean_loss(const GptTraining& training, std::size_t tokens) {
  const std::ptrdiff_t sequences = static_cast<std::ptrdiff_t>(tokens) / training.length;
  return std::accumulate(training.losses.begin(), training.losses.begin() + sequences, 0.0) /
         static_cast<double>(tokens);
}

}  // namespace

ThreadWorkspace::ThreadWorkspace(const GptConfig& config, Index rows, Index length)
    : stream_gradient(rows, config.width),
      activated_gradient(rows, config.hidden),
      projected_gradient(length, config.width + 2 * key_value_width(config)),
      attention(length) {}

GptTraining::GptTraining(const Gpt& model, Index most_sequences, Index sequence_length,
                         ThreadTeam& threads)
    : gpt(model),
      team(threads),
      sequences(most_sequences),
      length(sequence_length),
      gradients(Vector::Zero(model.buffer.size())),
      views(parameter_views(model.config,
                            {gradients.data(), static_cast<std::size_t>(gradients.size())})),
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

void GptTraining::clear_gradients() {
  const auto part = [&](int thread) {
    const Slice slice = {thread, team.size()};
    gradients.segment(slice.first(gradients.size()), slice.count(gradients.size())).setZero();
  };
  team.run(std::ref(part));
}

double GptTraining::loss(std::span<const Token> inputs, std::span<const Token> targets) {
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

double GptTraining::loss_and_gradients(std::span<const Token> inputs,
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
