#include "common/transformer/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "common/foundations/spans.hpp"
#include "common/transformer/loss.hpp"

namespace llm {

const TrainingSettings& checked(const TrainingSettings& settings) {
  const auto require = [](bool condition, const char* what) {
    if (!condition) throw std::invalid_argument(what);
  };
  const AdamWSettings& optimizer = settings.optimizer;
  require(optimizer.beta_1 >= 0 && optimizer.beta_1 < 1, "beta_1 must be from 0 to below 1");
  require(optimizer.beta_2 >= 0 && optimizer.beta_2 < 1, "beta_2 must be from 0 to below 1");
  require(optimizer.epsilon > 0, "epsilon must be above 0");
  require(optimizer.weight_decay >= 0, "weight_decay cannot be negative");
  require(settings.largest_norm >= 0, "largest_norm cannot be negative");
  require(settings.schedule.peak > 0, "peak must be above 0");
  require(settings.sequences >= 1, "sequences must be at least 1");
  require(settings.accumulation >= 1, "accumulation must be at least 1");
  require(settings.schedule.steps >= 1, "steps must be at least 1");
  require(settings.schedule.warm_up >= 0, "warm_up cannot be negative");
  require(settings.evaluate_every >= 1, "evaluate_every must be at least 1");
  require(settings.evaluation_batches >= 0, "evaluation_batches cannot be negative");
  require(settings.checkpoint_every >= 1, "checkpoint_every must be at least 1");
  return settings;
}

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

double bits(double nats) {
  return nats / std::numbers::ln2;
}

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
  // Weights, gradients, the optimizer's two averages; then a checkpoint's three.
  const double numbers = 7 * static_cast<double>(parameter_count(model)) + rows * activations +
                         static_cast<double>(threads) * a_thread;
  return numbers * sizeof(Real);
}

Trainer::Trainer(const TrainingSettings& given, const TokenSplit& tokens, ThreadTeam& team)
    : settings(checked(given)),
      text(tokens),
      gpt(initialized_gpt(settings.model, settings.seed)),
      optimizer(gpt.layout, settings.optimizer),
      passes(gpt, settings.sequences, settings.model.context, team),
      batch(settings.sequences, settings.model.context) {}

StepReport Trainer::step() {
  StepReport report{.step = optimizer.steps + 1};
  const double weight = 1.0 / static_cast<double>(settings.accumulation);
  passes.clear_gradients();
  for (Index part = 0; part < settings.accumulation; ++part) {
    draw_batch(text.training, settings.seed, optimizer.steps * settings.accumulation + part, batch);
    report.loss += weight * passes.loss_and_gradients(batch.inputs, batch.targets, weight);
  }
  if (!std::isfinite(report.loss)) {
    throw Diverged(fmt::format("the loss of step {} is {}", report.step, report.loss));
  }
  const std::span<Real> gradients = span_of(passes.gradients);
  report.learning_rate = learning_rate(settings.schedule, optimizer.steps);
  report.gradient_norm = clip_gradients(gradients, settings.largest_norm, passes.team);
  optimizer.step(span_of(gpt.buffer), gradients, report.learning_rate, passes.team);
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
