#include "common/transformer/training_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "common/transformer/progress.hpp"

namespace llm {

namespace {

/// The lines of the metrics up to a step: without what a killed run wrote after its last
/// checkpoint, or half wrote. A whole line that is something else is left out, and standard error
/// says so.
std::string metrics_until(const std::string& path, Index step) {
  std::ifstream file(path);
  std::string kept;
  Index number = 1;
  for (std::string line; std::getline(file, line); ++number) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const bool is_metrics =
        json.is_object() && json.contains("step") && json["step"].is_number_integer();
    if (is_metrics && json["step"] <= step) kept += line + "\n";
    if (is_metrics || file.eof()) continue;
    std::fputs(
        fmt::format("{}: line {} is no line of metrics and is left out\n", path, number).c_str(),
        stderr);
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

/// Keeps the path of the text in the run's settings, where it is not the one that stands there.
void remember_text(const RunFiles& files, const TrainingSettings& settings) {
  if (read_settings(files.settings).data == settings.data) return;
  write_file_atomically(files.settings, settings_to_json(settings).dump(2) + "\n");
}

/// Takes up a run where its last checkpoint left it, and drops the metrics beyond.
void resume(const RunFiles& files, const TrainingText& text, Trainer& trainer,
            CheckpointHeader& header) {
  const CheckpointFile checkpoint = read_checkpoint(files.last);
  if (checkpoint.header.text_checksum != text.checksum) {
    throw std::runtime_error(files.last +
                             ": this run was trained on another text; give that one with --data");
  }
  restore(trainer, checkpoint);
  header.best_loss = checkpoint.header.best_loss;
  write_file_atomically(files.metrics, metrics_until(files.metrics, checkpoint.step));
}

/// Whether something that is done every `period` steps, and after the last, is due after this one.
bool is_due(Index step, Index period, const TrainingSettings& settings) {
  return step % period == 0 || step == settings.schedule.steps;
}

/// Measures the validation loss and keeps the model as the best one if it is. Throws Diverged when
/// the loss is not a number.
void evaluate(const RunFiles& files, Trainer& trainer, CheckpointHeader& header,
              StepReport& report) {
  report.validation_loss = trainer.validation_loss(trainer.settings.evaluation_batches);
  if (!std::isfinite(report.validation_loss)) {
    throw Diverged(fmt::format("the validation loss after step {} is {}", report.step,
                               report.validation_loss));
  }
  if (report.validation_loss >= header.best_loss) return;
  header.best_loss = report.validation_loss;
  save_checkpoint(files.best, header, trainer.gpt, trainer.optimizer);
}

/// Trains from where the trainer stands until the last step or until `stop` is set.
RunResult train_steps(const RunFiles& files, Trainer& trainer, CheckpointHeader& header,
                      const std::atomic<bool>& stop) {
  const TrainingSettings& settings = trainer.settings;
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
      save_checkpoint(files.last, header, trainer.gpt, trainer.optimizer);
    }
    progress.show(report);
  }
  result.finished = result.step >= settings.schedule.steps;
  if (result.finished) result.validation_loss = trainer.validation_loss();
  return result;
}

/// What happened, and what to do about it.
std::string way_out(const RunFiles& files, const TrainingSettings& settings, const char* what) {
  const bool saved = std::filesystem::exists(files.last);
  return fmt::format(
      "{}: training has diverged. {}. Lower \"peak\", which is {}, in {}, and {} with: {} --resume",
      what, saved ? "The last checkpoint is as it was" : "There is no checkpoint yet",
      settings.schedule.peak, files.settings, saved ? "go on from there" : "begin again",
      run_command("train", files.directory));
}

/// Throws when there is a run in a directory.
void refuse_existing_run(const RunFiles& files) {
  for (const std::string& file : {files.settings, files.last, files.best, files.metrics}) {
    if (!std::filesystem::exists(file)) continue;
    throw std::runtime_error(fmt::format(
        "{}: there is a run here already; go on with: {} --resume, or choose another directory "
        "with --run",
        files.directory, run_command("train", files.directory)));
  }
}

/// The run of these files, locked.
Run locked_run(const RunFiles& files) {
  return {files, locked_file(files.directory + "/lock", files.directory + ": this run")};
}

/// A word of a command line as the shell reads it: in quotes where it must be.
std::string shell_quoted(const std::string& word) {
  const auto plain = [](char sign) {
    return std::isalnum(static_cast<unsigned char>(sign)) ||
           std::string_view("/._-+=:,@%").find(sign) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string quoted = "'";
  for (const char sign : word) quoted += sign == '\'' ? std::string("'\\''") : std::string(1, sign);
  return quoted + "'";
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

std::string run_command(const std::string& subcommand, const std::string& directory) {
  return fmt::format("./learn gpt {} --run {}", subcommand, shell_quoted(directory));
}

Run begin_run(const std::string& directory, const TrainingSettings& settings) {
  checked(settings);
  const RunFiles files = run_files(directory);
  refuse_existing_run(files);
  std::filesystem::create_directories(directory);
  Run run = locked_run(files);
  refuse_existing_run(files);  // which another process may have begun before the lock was ours
  write_file_atomically(files.settings, settings_to_json(settings).dump(2) + "\n");
  return run;
}

Run reopen_run(const std::string& directory) {
  const RunFiles files = run_files(directory);
  if (std::filesystem::exists(files.settings)) return locked_run(files);
  throw std::runtime_error(fmt::format("{}: there is no run here to go on with; begin one with: {}",
                                       directory, run_command("train", directory)));
}

RunResult train_run(const Run& run, const TrainingSettings& settings, const TrainingText& text,
                    ThreadTeam& team, const std::atomic<bool>& stop) {
  Trainer trainer(settings, text.split, team);
  CheckpointHeader header{
      .settings = settings, .vocabulary = text.vocabulary, .text_checksum = text.checksum};
  if (std::filesystem::exists(run.files.last)) {
    resume(run.files, text, trainer, header);
  } else {
    write_file_atomically(run.files.metrics, {});
  }
  remember_text(run.files, settings);
  try {
    return train_steps(run.files, trainer, header, stop);
  } catch (const Diverged& diverged) {
    throw Diverged(way_out(run.files, settings, diverged.what()));
  }
}

}  // namespace llm
