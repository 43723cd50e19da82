#include "common/transformer/training_run.hpp"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>

#include "tests/catch.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

const std::atomic<bool> go_on = false;

/// The path of a folder of the test's own, which is not there yet.
std::string empty_folder(const std::string& name) {
  static const TemporaryFolder tests;
  std::filesystem::remove_all(tests.path / name);
  return tests.path / name;
}

/// A run of a tiny model: quick enough to be repeated many times.
TrainingSettings tiny_settings() {
  TrainingSettings settings;
  settings.model = {
      .context = 8, .width = 8, .heads = 2, .key_value_heads = 1, .layers = 2, .hidden = 16};
  settings.schedule = {.peak = 1e-2, .final = 1e-3, .warm_up = 2, .steps = 12};
  settings.sequences = 3;
  settings.evaluate_every = 4;
  settings.evaluation_batches = 1;
  settings.checkpoint_every = 5;
  return settings;
}

/// A text that a tiny model can learn.
TrainingText tiny_text() {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "the cat sat on the mat. ";
  return training_text(text, 8);
}

/// Runs the settings on the tiny text in a directory.
RunResult run_in(const RunFiles& files, TrainingSettings settings,
                 const std::atomic<bool>& stop = go_on) {
  const TrainingText text = tiny_text();
  settings.model.vocabulary = text.vocabulary.size();
  if (!std::filesystem::exists(files.settings)) begin_run(files, settings);
  ThreadTeam team(2);
  return train_run(files, settings, text, team, stop);
}

/// The bytes of a file.
std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The metrics of a run, without the times.
std::vector<nlohmann::json> metrics_of(const RunFiles& files) {
  std::vector<nlohmann::json> lines;
  std::ifstream file(files.metrics);
  for (std::string line; std::getline(file, line);) {
    lines.push_back(nlohmann::json::parse(line));
    lines.back().erase("seconds");
  }
  return lines;
}

}  // namespace

TEST_CASE("a fresh model's loss is ln V, and training lowers it") {
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.model.vocabulary = text.vocabulary.size();
  settings.schedule.steps = 120;
  ThreadTeam team(1);
  Trainer trainer(settings, text.split, team);
  const double start = trainer.validation_loss();
  CHECK(start ==
        Catch::Approx(std::log(static_cast<double>(text.vocabulary.size()))).epsilon(0.02));
  while (trainer.optimizer.steps < 120) trainer.step();
  CHECK(trainer.validation_loss() < 0.5 * start);
}

TEST_CASE("the validation loss over everything weighs each token once") {
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.model.vocabulary = text.vocabulary.size();
  ThreadTeam team(1);
  Trainer three(settings, text.split, team);
  settings.sequences = 1;
  Trainer one(settings, text.split, team);
  CHECK(three.validation_loss() == Catch::Approx(one.validation_loss()).epsilon(1e-5));
}

TEST_CASE("accumulated batches give the gradient of one large batch") {
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.model.vocabulary = text.vocabulary.size();
  settings.accumulation = 4;
  ThreadTeam team(1);
  Trainer trainer(settings, text.split, team);
  GptTraining whole(trainer.gpt, 12, 8, team);
  std::vector<Token> inputs, targets;
  for (Index part = 0; part < 4; ++part) {
    draw_batch(text.split.training, settings.seed, part, trainer.batch);
    inputs.insert(inputs.end(), trainer.batch.inputs.begin(), trainer.batch.inputs.end());
    targets.insert(targets.end(), trainer.batch.targets.begin(), trainer.batch.targets.end());
  }
  whole.gradients.setZero();
  const double loss = whole.loss_and_gradients(inputs, targets);
  const Vector expected = whole.gradients;
  CHECK(trainer.step().loss == Catch::Approx(loss).epsilon(1e-6));
  const Real error = (trainer.passes.gradients - expected).cwiseAbs().maxCoeff();
  CHECK(error < 1e-5 * expected.cwiseAbs().maxCoeff());
}

TEST_CASE("a stopped run goes on as if it had not been stopped, to the last bit") {
  const RunFiles whole = run_files(empty_folder("whole"));
  const RunResult result = run_in(whole, tiny_settings());
  CHECK(result.finished);
  const RunFiles parts = run_files(empty_folder("parts"));
  const std::atomic<bool> stop = true;
  for (int i = 0; i < 11; ++i) {
    const RunResult stopped = run_in(parts, tiny_settings(), stop);
    CHECK(stopped.step == i + 1);
    CHECK_FALSE(stopped.finished);
  }
  CHECK(run_in(parts, tiny_settings()).validation_loss == result.validation_loss);
  CHECK(bytes_of(parts.last) == bytes_of(whole.last));
  CHECK(metrics_of(parts) == metrics_of(whole));
}

TEST_CASE(
    "metrics beyond the last checkpoint, and a half-written line, are dropped at resumption") {
  const RunFiles files = run_files(empty_folder("metrics"));
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  std::ofstream(files.metrics, std::ios::app) << "{\"step\":2,\"loss\":9}\n{\"step\":3,\"lo";
  run_in(files, tiny_settings());
  const std::vector<nlohmann::json> metrics = metrics_of(files);
  REQUIRE(metrics.size() == 12);
  CHECK(metrics[1]["loss"] != 9);
  CHECK(metrics[11].contains("validation_loss"));
}

TEST_CASE("a directory that holds a run is not overwritten by a new one") {
  const RunFiles files = run_files(empty_folder("again"));
  run_in(files, tiny_settings());
  CHECK_THROWS_WITH(begin_run(files, tiny_settings()), Catch::Contains("there is a run here"));
}

TEST_CASE(
    "a checkpoint that is missing, foreign, cut off or damaged is named, whatever the damage") {
  const RunFiles files = run_files(empty_folder("damage"));
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  const std::string good = bytes_of(files.last), path = files.directory + "/bad";
  const auto error = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    try {
      read_checkpoint(path);
    } catch (const std::runtime_error& wrong) {
      return std::string(wrong.what());
    }
    return std::string();
  };
  CHECK(error(good).empty());
  CHECK(error("GGUF and so on").ends_with("this is not a checkpoint of this program"));
  for (const std::size_t length : {29UL, 30UL, 40UL, 300UL, good.size() - 1}) {
    CHECK_THAT(error(good.substr(0, length)), Catch::Contains("the file is cut off"));
  }
  CHECK_THAT(error(good + "x"), Catch::Contains("the file is cut off"));
  for (std::size_t at = 29; at < good.size(); at += 97) {
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    INFO("byte " << at);
    CHECK_FALSE(error(damaged).empty());
  }
  CHECK_THROWS_WITH(read_checkpoint("/no/such"), "/no/such: there is no such checkpoint");
}

TEST_CASE("a run does not go on with another text or another model") {
  const RunFiles files = run_files(empty_folder("other"));
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  TrainingSettings wider = tiny_settings();
  wider.model.width = 16;
  CHECK_THROWS_WITH(run_in(files, wider), Catch::Contains("a model of another configuration"));
  TrainingText text = tiny_text();
  text.checksum += 1;
  TrainingSettings settings = tiny_settings();
  settings.model.vocabulary = text.vocabulary.size();
  ThreadTeam team(1);
  CHECK_THROWS_WITH(train_run(files, settings, text, team, go_on),
                    Catch::Contains("was trained on another text"));
}

TEST_CASE("a full disk is an error that leaves the last checkpoint as it was") {
  const RunFiles files = run_files(empty_folder("full"));
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  const std::string before = bytes_of(files.last);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{.rlim_cur = 4096, .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message;
  try {
    run_in(files, tiny_settings(), stop);
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &old);
  CHECK_THAT(message, Catch::Contains("cannot be written") && Catch::Contains("is as it was"));
  CHECK(bytes_of(files.last) == before);
  CHECK_FALSE(std::filesystem::exists(files.last + ".partial"));
}

TEST_CASE("a loss that is not a number ends the run and changes no checkpoint") {
  const RunFiles files = run_files(empty_folder("nan"));
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  const std::string before = bytes_of(files.last);
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.model.vocabulary = text.vocabulary.size();
  ThreadTeam team(1);
  Trainer trainer(settings, text.split, team);
  trainer.gpt.buffer.setConstant(std::numeric_limits<Real>::quiet_NaN());
  CHECK_THROWS_WITH(trainer.step(), Catch::Contains("training has diverged"));
  CHECK(trainer.optimizer.steps == 0);
  CHECK(bytes_of(files.last) == before);
}

TEST_CASE("a model that has diverged is never the best one") {
  const RunFiles files = run_files(empty_folder("diverged"));
  TrainingSettings settings = tiny_settings();
  settings.schedule.peak = 1e38;
  settings.evaluate_every = 1;
  const std::atomic<bool> stop = false;
  CHECK_THROWS_WITH(run_in(files, settings, stop), Catch::Contains("training has diverged"));
  CHECK_FALSE(std::filesystem::exists(files.best));
  CHECK_FALSE(std::filesystem::exists(files.last));
}

TEST_CASE("settings that make no sense are refused before anything is written") {
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.sequences = 0;
  ThreadTeam team(1);
  CHECK_THROWS_WITH(Trainer(settings, text.split, team), "sequences must be at least 1");
  const RunFiles files = run_files(empty_folder("senseless") + "/run");
  CHECK_THROWS_WITH(begin_run(files, settings), "sequences must be at least 1");
  CHECK_FALSE(std::filesystem::exists(files.directory));
}

TEST_CASE("bits are nats over ln 2") {
  CHECK(bits(std::numbers::ln2) == Catch::Approx(1));
}
