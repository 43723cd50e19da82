#include "common/transformer/training_run.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "common/transformer/progress.hpp"

namespace llm {

namespace {

/// The lines of the metrics up to a step. What a killed run wrote after its last checkpoint, or
/// half wrote, is not among them.
std::string metrics_until(const std::string& path, Index step) {
  std::ifstream file(path);
  std::string kept;
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("step")) break;
    if (!json["step"].is_number_integer() || json["step"] > step) break;
    kept += line + "\n";
  }
  return kept;
}

/// One line of metrics.
std::string metrics_line(const StepReport& report, double seconds) {
  nlohmann::ordered_json json = {{"step", report.step},
                                 {"loss", report.loss},
                                 {"gradient_norm", report.gradient_norm},
                                 {"learning_rate", report.learning_rate}};
  if (!std::isnan(report.validation_loss)) json["validation_loss"] = report.validation_loss;
  json["seconds"] = seconds;
  return json.dump() + "\n";
}

/// Hands a line of metrics to the operating system; throws when it does not take it.
void write_metrics(std::ofstream& metrics, const std::string& path, const StepReport& report,
                   double seconds) {
  metrics << metrics_line(report, seconds) << std::flush;
  if (!metrics) throw std::runtime_error(path + ": cannot be written; is the disk full?");
}

/// Takes up a run where its last checkpoint left it, and drops the metrics beyond.
void resume(const RunFiles& files, const TrainingText& text, Trainer& trainer,
            CheckpointHeader& header) {
  const CheckpointFile checkpoint = read_checkpoint(files.last);
  if (checkpoint.header.text_checksum != text.checksum) {
    throw std::runtime_error(files.last +
                             ": this run was trained on another text; give the same --data");
  }
  restore(trainer, checkpoint);
  header.step = checkpoint.header.step;
  header.best_loss = checkpoint.header.best_loss;
  write_file_atomically(files.metrics, metrics_until(files.metrics, header.step));
}

/// Whether something that is done every `period` steps, and after the last, is due after this one.
bool is_due(Index step, Index period, const TrainingSettings& settings) {
  return step % period == 0 || step == settings.schedule.steps;
}

/// Measures the validation loss and keeps the model as the best one if it is. Throws
/// std::runtime_error when the loss is not a number.
void evaluate(const RunFiles& files, Trainer& trainer, CheckpointHeader& header,
              StepReport& report) {
  report.validation_loss = trainer.validation_loss(trainer.settings.evaluation_batches);
  if (!std::isfinite(report.validation_loss)) {
    throw std::runtime_error(fmt::format(
        "the validation loss after step {} is {}: training has diverged. No checkpoint was "
        "changed; lower \"peak\" in {} and go on with --resume, or begin again",
        report.step, report.validation_loss, files.settings));
  }
  if (report.validation_loss >= header.best_loss) return;
  header.best_loss = report.validation_loss;
  header.step = report.step;
  save_checkpoint(files.best, header, trainer.gpt, trainer.optimizer);
}

}  // namespace

TrainingText training_text(const std::string& text, Index context) {
  TrainingText result{
      .vocabulary = character_vocabulary(text), .split = {}, .checksum = checksum(text)};
  result.split = split_tokens(encode(result.vocabulary, text), context);
  return result;
}

RunFiles run_files(const std::string& directory) {
  return {.directory = directory,
          .settings = directory + "/config.json",
          .metrics = directory + "/metrics.jsonl",
          .last = directory + "/last.checkpoint",
          .best = directory + "/best.checkpoint"};
}

void begin_run(const RunFiles& files, const TrainingSettings& settings) {
  checked(settings);
  for (const std::string& file : {files.settings, files.last, files.best, files.metrics}) {
    if (std::filesystem::exists(file)) {
      throw std::runtime_error(files.directory +
                               ": there is a run here already; go on with --resume, or choose "
                               "another directory with --run");
    }
  }
  std::filesystem::create_directories(files.directory);
  write_file_atomically(files.settings, settings_to_json(settings).dump(2) + "\n");
}

RunResult train_run(const RunFiles& files, const TrainingSettings& settings,
                    const TrainingText& text, ThreadTeam& team, const std::atomic<bool>& stop) {
  Trainer trainer(settings, text.split, team);
  CheckpointHeader header{
      .settings = settings, .vocabulary = text.vocabulary, .text_checksum = text.checksum};
  if (std::filesystem::exists(files.last)) {
    resume(files, text, trainer, header);
  } else {
    write_file_atomically(files.metrics, {});
  }
  std::ofstream metrics(files.metrics, std::ios::app);
  RunResult result{.step = trainer.optimizer.steps};
  Progress progress(result.step, settings.schedule.steps);
  bool ends = result.step >= settings.schedule.steps;
  while (!ends) {
    const auto begin = std::chrono::steady_clock::now();
    StepReport report = trainer.step();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    result.step = report.step;
    result.training_seconds += seconds.count();
    ends = report.step == settings.schedule.steps || stop;
    if (is_due(report.step, settings.evaluate_every, settings)) {
      evaluate(files, trainer, header, report);
    }
    write_metrics(metrics, files.metrics, report, seconds.count());
    if (ends || is_due(report.step, settings.checkpoint_every, settings)) {
      header.step = report.step;
      save_checkpoint(files.last, header, trainer.gpt, trainer.optimizer);
    }
    progress.show(report);
  }
  result.finished = result.step >= settings.schedule.steps;
  if (result.finished) result.validation_loss = trainer.validation_loss();
  return result;
}

}  // namespace llm
