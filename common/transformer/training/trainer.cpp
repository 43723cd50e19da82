#include "common/transformer/training/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "common/foundations/spans.hpp"
#include "common/transformer/model/loss.hpp"

namespace llm {

namespace {

/// The summed loss of the tokens from `start` on that do not fill a batch, window by window.
double remaining_loss(const Gpt& gpt, std::span<const Token> tokens, std::size_t start) {
  double total = 0;
  const auto context = static_cast<std::size_t>(gpt.config.context);
  for (; start + 1 < tokens.size(); start += context) {
    const std::size_t count = std::min(context, tokens.size() - 1 - start);
    const Matrix logits = forward(gpt, tokens.subspan(start, count));
    total += cross_entropy(logits, tokens.subspan(start + 1, count));
  }
  return total;
}

}  // namespace

double training_bytes(const TrainingSettings& settings, int threads) {
  const GptConfig& model = settings.model;
  const double rows = static_cast<double>(settings.sequences) * static_cast<double>(model.context);
  const double width = static_cast<double>(model.width), hidden = static_cast<double>(model.hidden);
  const double projected = width + 2 * static_cast<double>(key_value_width(model));
  const double block = 5 * width + projected + static_cast<double>(model.heads) +
                       static_cast<double>(expanded_width(model)) + hidden;
  const double activations =
      static_cast<double>(model.layers) * block + 2 * width + static_cast<double>(model.vocabulary);
  const double a_thread = std::ceil(static_cast<double>(settings.sequences) / threads) *
                              static_cast<double>(model.context) * (width + hidden) +
                          static_cast<double>(model.context) * projected;
  // Weights, gradients, at most two numbers of the optimizer for each, and once more the two while
  // a checkpoint is read.
  const double numbers = 6 * static_cast<double>(parameter_count(model)) + rows * activations +
                         static_cast<double>(threads) * a_thread;
  return numbers * sizeof(Real);
}

Trainer::Trainer(const TrainingSettings& given, const TokenSplit& tokens, ThreadTeam& team)
    : settings(checked(given)),
      text(tokens),
      gpt(initialized_gpt(settings.model, settings.seed)),
      optimizer(gpt.layout, settings.optimizer, team.size()),
      passes(gpt, settings.sequences, settings.model.context, team),
      batch(settings.sequences, settings.model.context) {}

double Trainer::accumulate() {
  const double weight = 1.0 / static_cast<double>(settings.accumulation);
  const Index first = optimizer.steps() * settings.accumulation;
  double loss = 0;
  passes.clear_gradients();
  for (Index part = 0; part < settings.accumulation; ++part) {
    draw_batch(text.training, settings.seed, first + part, batch);
    loss += weight * passes.loss_and_gradients(batch.inputs, batch.targets, weight);
  }
  if (std::isfinite(loss)) return loss;
  throw Diverged(fmt::format("the loss of step {} is {}", optimizer.steps() + 1, loss));
}

double Trainer::clip() {
  return clip_gradients(span_of(passes.gradients), settings.largest_norm, passes.team);
}

double Trainer::update() {
  const double rate = learning_rate(settings.schedule, optimizer.steps());
  optimizer.step(span_of(gpt.buffer), span_of(passes.gradients), rate, passes.team);
  return rate;
}

StepReport Trainer::step() {
  StepReport report{.step = optimizer.steps() + 1};
  report.loss = accumulate();
  report.gradient_norm = clip();
  report.learning_rate = update();
  return report;
}

double Trainer::validation_loss(Index batches) {
  const std::span<const Token> tokens = text.validation;
  const Index batch_tokens = batch.sequences * batch.length;
  const Index whole_batches = (static_cast<Index>(tokens.size()) - 1) / batch_tokens;
  const bool everything = batches == 0 || batches > whole_batches;
  const Index count = everything ? whole_batches : batches;
  double total = 0;
  for (Index b = 0; b < count; ++b) {
    for (Index sequence = 0; sequence < batch.sequences; ++sequence) {
      fill_sequence(tokens, b * batch_tokens + sequence * batch.length, sequence, batch);
    }
    total += passes.loss(batch.inputs, batch.targets) * static_cast<double>(batch_tokens);
  }
  if (!everything) return total / static_cast<double>(count * batch_tokens);
  total += remaining_loss(gpt, tokens, static_cast<std::size_t>(count * batch_tokens));
  return total / static_cast<double>(tokens.size() - 1);
}

}  // namespace llm
