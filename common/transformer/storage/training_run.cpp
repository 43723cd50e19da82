#include "common/transformer/storage/training_run.hpp"

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

#include "common/transformer/storage/progress.hpp"

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
RunState resume(const RunFiles& files, const TrainingText& text, Trainer& trainer) {
  const RunState state = restore(trainer, files.last);
  if (state.text_checksum != text.checksum) {
    throw std::runtime_error(files.last +
                             ": this run was trained on another text; give that one with --data");
  }
  write_file_atomically(files.metrics, metrics_until(files.metrics, trainer.optimizer.steps()));
  return state;
}

/// Writes a checkpoint of the step into a folder of its own, and returns its name. Where a run was
/// taken up before this step with other settings, another checkpoint of the step may be there.
std::string add_checkpoint(const RunFiles& files, const Trainer& trainer, const TrainingText& text,
                           const RunState& state) {
  const std::string step = fmt::format("checkpoints/step_{}", trainer.optimizer.steps());
  std::string name = step;
  for (int other = 2; std::filesystem::exists(files.directory + "/" + name); ++other) {
    name = fmt::format("{}_{}", step, other);
  }
  save_checkpoint(files.directory + "/" + name, trainer, *text.tokenizer, state);
  return name;
}

/// Lets a link point to a checkpoint, from one moment to the next.
void point(const RunFiles& files, const std::string& link, const std::string& checkpoint) {
  const std::string partial = link + ".partial";
  std::filesystem::remove(partial);
  std::filesystem::create_directory_symlink(checkpoint, partial);
  std::filesystem::rename(partial, link);
  flush_folder(files.directory);
}

/// Removes the checkpoints to which no link points.
void remove_old_checkpoints(const RunFiles& files) {
  const auto pointed_to = [&](const std::filesystem::path& folder) {
    std::error_code none;  // There may be no such link yet.
    return std::filesystem::equivalent(files.last, folder, none) ||
           std::filesystem::equivalent(files.best, folder, none);
  };
  for (const auto& folder : std::filesystem::directory_iterator(files.checkpoints)) {
    if (!pointed_to(folder.path())) std::filesystem::remove_all(folder.path());
  }
}

/// Whether something that is done every `period` steps, and after the last, is due after this one.
bool is_due(Index step, Index period, const TrainingSettings& settings) {
  return step % period == 0 || step == settings.schedule.steps;
}

/// Measures the validation loss, and tells whether it is the lowest so far. Throws Diverged when it
/// is not a number.
bool evaluate(Trainer& trainer, RunState& state, StepReport& report) {
  report.validation_loss = trainer.validation_loss(trainer.settings.evaluation_batches);
  if (!std::isfinite(report.validation_loss)) {
    throw Diverged(fmt::format("the validation loss after step {} is {}", report.step,
                               report.validation_loss));
  }
  const bool is_best = report.validation_loss < state.best_loss;
  if (is_best) state.best_loss = report.validation_loss;
  return is_best;
}

/// Keeps the trainer as it stands, as the last checkpoint, the best or both.
void keep(const RunFiles& files, const Trainer& trainer, const TrainingText& text,
          const RunState& state, bool is_last, bool is_best) {
  if (!is_last && !is_best) return;
  const std::string checkpoint = add_checkpoint(files, trainer, text, state);
  if (is_best) point(files, files.best, checkpoint);
  if (is_last) point(files, files.last, checkpoint);
  remove_old_checkpoints(files);
}

/// Trains from where the trainer stands until the last step or until `stop` is set.
RunResult train_steps(const RunFiles& files, const TrainingText& text, Trainer& trainer,
                      RunState state, const std::atomic<bool>& stop) {
  const TrainingSettings& settings = trainer.settings;
  std::ofstream metrics(files.metrics, std::ios::app);
  RunResult result{.step = trainer.optimizer.steps()};
  Progress progress(result.step, settings.schedule.steps);
  bool ends = result.step >= settings.schedule.steps;
  while (!ends) {
    const auto begin = std::chrono::steady_clock::now();
    StepReport report = trainer.step();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    result.step = report.step;
    result.training_seconds += seconds.count();
    ends = report.step == settings.schedule.steps || stop;
    const bool is_best =
        is_due(report.step, settings.evaluate_every, settings) && evaluate(trainer, state, report);
    write_metrics(metrics, files.metrics, report, seconds.count());
    const bool is_last = ends || is_due(report.step, settings.checkpoint_every, settings);
    keep(files, trainer, text, state, is_last, is_best);
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
  for (const std::string& file : {files.settings, files.checkpoints, files.metrics}) {
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

TrainingText training_text(const std::string& text, Index context, SharedTokenizer tokenizer) {
  if (!tokenizer) tokenizer = std::make_shared<CharacterTokenizer>(character_tokenizer(text));
  TrainingText result{.tokenizer = tokenizer,
                      .split = split_tokens(tokenizer->encode(text), context),
                      .checksum = checksum(text)};
  const double tokens = static_cast<double>(result.split.validation.size());
  const std::string validation = tokenizer->decode(result.split.validation);
  result.bytes_a_token = static_cast<double>(validation.size()) / tokens;
  return result;
}

RunFiles run_files(const std::string& directory) {
  return {.directory = directory,
          .settings = directory + "/settings.json",
          .metrics = directory + "/metrics.jsonl",
          .checkpoints = directory + "/checkpoints",
          .last = directory + "/last",
          .best = directory + "/best"};
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
  RunState state{.text_checksum = text.checksum};
  if (std::filesystem::exists(run.files.last)) {
    state = resume(run.files, text, trainer);
  } else {
    write_file_atomically(run.files.metrics, {});
  }
  remember_text(run.files, settings);
  try {
    return train_steps(run.files, text, trainer, state, stop);
  } catch (const Diverged& diverged) {
    throw Diverged(way_out(run.files, settings, diverged.what()));
  }
}

}  // namespace llm
