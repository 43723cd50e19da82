#include "common/transformer/storage/training_run.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <numbers>

#include "common/transformer/model/loss.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

const std::atomic<bool> go_on = false;

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

/// Runs the settings on a text in a directory, from the start or from where a run there stands.
RunResult run_in(const RunFiles& files, TrainingSettings settings,
                 const std::atomic<bool>& stop = go_on, const TrainingText& text = tiny_text()) {
  settings.model.vocabulary = text.tokenizer->size();
  const Run run = std::filesystem::exists(files.settings) ? reopen_run(files.directory)
                                                          : begin_run(files.directory, settings);
  ThreadTeam team(2);
  return train_run(run, settings, text, team, stop);
}

/// The message of the error that a call throws.
std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

/// The bytes of a file.
std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The bytes of the files in a folder, by their names.
std::map<std::string, std::string> files_in(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    files[file.path().filename().string()] = bytes_of(file.path().string());
  }
  return files;
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
  settings.model.vocabulary = text.tokenizer->size();
  settings.schedule.steps = 120;
  ThreadTeam team(1);
  Trainer trainer(settings, text.split, team);
  const double start = trainer.validation_loss();
  CHECK(start ==
        Catch::Approx(std::log(static_cast<double>(text.tokenizer->size()))).epsilon(0.02));
  while (trainer.optimizer.steps() < 120) trainer.step();
  CHECK(trainer.validation_loss() < 0.5 * start);
}

TEST_CASE("the validation loss over everything weighs each token once") {
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.model.vocabulary = text.tokenizer->size();
  ThreadTeam team(1);
  Trainer three(settings, text.split, team);
  settings.sequences = 1;
  Trainer one(settings, text.split, team);
  CHECK(three.validation_loss() == Catch::Approx(one.validation_loss()).epsilon(1e-5));
}

TEST_CASE("accumulated batches give the gradient of one large batch") {
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.model.vocabulary = text.tokenizer->size();
  settings.accumulation = 4;
  settings.largest_norm = 0;  // A step would shorten the gradients.
  ThreadTeam team(1);
  Trainer trainer(settings, text.split, team);
  Backpropagation whole(trainer.gpt, 12, 8, team);
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
  const TemporaryFolder folder;
  const RunFiles whole = run_files(folder / "whole");
  const RunResult result = run_in(whole, tiny_settings());
  CHECK(result.finished);
  const RunFiles parts = run_files(folder / "parts");
  const std::atomic<bool> stop = true;
  for (int i = 0; i < 11; ++i) {
    const RunResult stopped = run_in(parts, tiny_settings(), stop);
    CHECK(stopped.step == i + 1);
    CHECK_FALSE(stopped.finished);
  }
  CHECK(run_in(parts, tiny_settings()).validation_loss == result.validation_loss);
  CHECK(files_in(parts.last) == files_in(whole.last));
  CHECK(metrics_of(parts) == metrics_of(whole));
}

TEST_CASE(
    "metrics beyond the last checkpoint, and a half-written line, are dropped at resumption") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "metrics");
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  std::ofstream(files.metrics, std::ios::app) << "{\"step\":2,\"loss\":9}\n{\"step\":3,\"lo";
  run_in(files, tiny_settings());
  const std::vector<nlohmann::json> metrics = metrics_of(files);
  REQUIRE(metrics.size() == 12);
  CHECK(metrics[1]["loss"] != 9);
  CHECK(metrics[11].contains("validation_loss"));
}

TEST_CASE("a foreign line among the metrics takes nothing with it that follows") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "foreign");
  const std::atomic<bool> stop = true;
  for (int i = 0; i < 3; ++i) run_in(files, tiny_settings(), stop);
  std::string bytes = bytes_of(files.metrics);
  bytes.insert(bytes.find('\n') + 1, "step 1/12  loss 2.5\n[1]\n");
  std::ofstream(files.metrics) << bytes;
  run_in(files, tiny_settings());
  const std::vector<nlohmann::json> metrics = metrics_of(files);
  REQUIRE(metrics.size() == 12);
  for (std::size_t i = 0; i < 12; ++i) CHECK(metrics[i]["step"] == i + 1);
}

TEST_CASE("a directory that holds a run is not overwritten by a new one") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "again");
  run_in(files, tiny_settings());
  const std::string before = bytes_of(files.settings);
  const std::string error =
      error_of([&] { static_cast<void>(begin_run(files.directory, tiny_settings())); });
  CHECK_THAT(error, Catch::Contains("there is a run here already; go on with: ./learn gpt train"));
  CHECK(bytes_of(files.settings) == before);
}

TEST_CASE("two runs in one directory: the second is told which process has it") {
  const TemporaryFolder folder;
  const std::string in_use =
      folder / "run" + ": this run is in use by process " + std::to_string(::getpid());
  {
    const Run run = begin_run(folder / "run", tiny_settings());
    CHECK(error_of([&] { static_cast<void>(reopen_run(folder / "run")); }) == in_use);
    std::filesystem::remove(run.files.settings);  // as if it had not been written yet
    CHECK(error_of([&] { static_cast<void>(begin_run(folder / "run", tiny_settings())); }) ==
          in_use);
    CHECK_FALSE(std::filesystem::exists(run.files.settings));
  }
  CHECK_NOTHROW(static_cast<void>(begin_run(folder / "run", tiny_settings())));
  CHECK_NOTHROW(static_cast<void>(reopen_run(folder / "run")));
}

TEST_CASE("a lock ends with its process, however that ends") {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const Run run = begin_run(folder / "run", tiny_settings());
    std::ofstream(folder / "ready");
    while (true) ::pause();
  }
  while (!std::filesystem::exists(folder / "ready")) ::usleep(1000);
  CHECK(error_of([&] { static_cast<void>(reopen_run(folder / "run")); }) ==
        folder / "run" + ": this run is in use by process " + std::to_string(child));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK_NOTHROW(static_cast<void>(reopen_run(folder / "run")));
}

TEST_CASE("there is nothing to go on with where there is no run") {
  const TemporaryFolder folder;
  CHECK(error_of([&] { static_cast<void>(reopen_run(folder / "my run")); }) ==
        (folder / "my run") +
            ": there is no run here to go on with; begin one with: ./learn gpt "
            "train --run '" +
            (folder / "my run") + "'");
  CHECK_FALSE(std::filesystem::exists(folder / "my run"));
}

TEST_CASE("a command's path is quoted where the shell would not take it as one word") {
  CHECK(run_command("train", "runs/a-b_1.2") == "./learn gpt train --run runs/a-b_1.2");
  CHECK(run_command("sample", "my run") == "./learn gpt sample --run 'my run'");
  CHECK(run_command("sample", "it's $HOME") == "./learn gpt sample --run 'it'\\''s $HOME'");
  CHECK(run_command("sample", "") == "./learn gpt sample --run ''");
}

TEST_CASE(
    "a checkpoint of which a file is missing, cut off or damaged is named, whatever the damage") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "damage");
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  const auto error = [&] { return error_of([&] { run_in(files, tiny_settings(), stop); }); };
  for (const auto& [name, good] : files_in(files.last)) {
    if (name == "tokenizer_config.json") continue;  // which only other programs read
    const std::string path = files.last + "/" + name;
    const auto write = [&](const std::string& bytes) {
      std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    };
    std::filesystem::remove(path);
    INFO(name);
    CHECK_THAT(error(), Catch::Contains(name) && Catch::Contains("No such file"));
    for (const std::size_t length :
         {std::size_t(0), std::size_t(7), good.size() / 2, good.size() - 1}) {
      INFO(length << " bytes");
      write(good.substr(0, length));
      CHECK_THAT(error(), Catch::Contains(name));
    }
    write(good + "x");
    CHECK_THAT(error(), Catch::Contains(name));
    for (std::size_t at = 0; at < good.size(); at += good.size() / 40 + 1) {
      std::string damaged = good;
      damaged[at] = static_cast<char>(damaged[at] ^ 4);
      INFO("byte " << at);
      write(damaged);
      CHECK_THAT(error(), Catch::Contains(name));
    }
    write(good);
  }
  CHECK(run_in(files, tiny_settings()).finished);
}

TEST_CASE("the optimizer's averages do not go on with another model's weights") {
  const TemporaryFolder folder;
  const RunFiles one = run_files(folder / "one"), two = run_files(folder / "two");
  const std::atomic<bool> stop = true;
  for (const RunFiles& files : {one, two, two}) run_in(files, tiny_settings(), stop);
  std::filesystem::copy(one.last + "/training.safetensors", two.last,
                        std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(two.last + "/training.safetensors");
  std::filesystem::copy(one.last + "/training.safetensors", two.last);
  CHECK_THROWS_WITH(run_in(two, tiny_settings()), Catch::Contains("another model.safetensors"));
}

TEST_CASE("with Muon, too, a stopped run goes on to the last bit") {
  const TemporaryFolder folder;
  TrainingSettings settings = tiny_settings();
  settings.optimizer.weights = WeightOptimizer::muon;
  const RunFiles whole = run_files(folder / "whole"), parts = run_files(folder / "parts");
  run_in(whole, settings);
  const std::atomic<bool> stop = true;
  for (int i = 0; i < 5; ++i) run_in(parts, settings, stop);
  run_in(parts, settings);
  CHECK(files_in(parts.last) == files_in(whole.last));
  settings.optimizer.weights = WeightOptimizer::adamw;
  CHECK_THROWS_WITH(run_in(whole, settings), Catch::Contains("training.safetensors: the tensor"));
}

TEST_CASE("only the last checkpoint and the best are kept") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "kept");
  run_in(files, tiny_settings());
  std::vector<std::string> kept;
  for (const auto& entry : std::filesystem::directory_iterator(files.checkpoints)) {
    kept.push_back(entry.path().filename().string());
  }
  CHECK(kept.size() <= 2);
  CHECK(std::filesystem::read_symlink(files.last) == "checkpoints/step_12");
  CHECK(std::filesystem::exists(files.best + "/model.safetensors"));
}

TEST_CASE("a run does not go on with another text or another model") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "other");
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  TrainingSettings wider = tiny_settings();
  wider.model.width = 16;
  CHECK_THROWS_WITH(run_in(files, wider), Catch::Contains("a model of another configuration"));
  TrainingText text = tiny_text();
  text.checksum += 1;
  CHECK_THROWS_WITH(run_in(files, tiny_settings(), go_on, text),
                    Catch::Contains("was trained on another text"));
}

TEST_CASE("a run remembers where its text has moved to, but not another text") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "moved");
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  TrainingSettings moved = tiny_settings();
  moved.data = "/new/place";
  TrainingText other = tiny_text();
  other.checksum += 1;
  CHECK_THROWS(run_in(files, moved, stop, other));
  CHECK(read_settings(files.settings).data.empty());
  run_in(files, moved, stop);
  CHECK(read_settings(files.settings).data == "/new/place");
  CHECK(read_settings(files.settings).model.vocabulary == tiny_text().tokenizer->size());
}

TEST_CASE("a checkpoint holds the step of its optimizer") {
  const TemporaryFolder folder;
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.model.vocabulary = text.tokenizer->size();
  ThreadTeam team(1);
  Trainer trainer(settings, text.split, team), other(settings, text.split, team);
  for (int i = 0; i < 3; ++i) trainer.step();
  save_checkpoint(folder / "three", trainer, *text.tokenizer,
                  {.best_loss = 1.0 / 3, .text_checksum = 0xFEDCBA98});
  const RunState state = restore(other, folder / "three");
  CHECK(state.best_loss == 1.0 / 3);
  CHECK(state.text_checksum == 0xFEDCBA98);
  CHECK(other.optimizer.steps() == 3);
  CHECK(other.step().loss == trainer.step().loss);
}

TEST_CASE("a full disk is an error that leaves the last checkpoint as it was") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "full");
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  const auto before = files_in(files.last);
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
  CHECK_THAT(message, Catch::Contains("cannot be written") && Catch::Contains("are as they were"));
  CHECK(files_in(files.last) == before);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(files.directory)) {
    CHECK(entry.path().extension() != ".partial");
  }
}

TEST_CASE("a loss that is not a number stops a step before the model is changed") {
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.model.vocabulary = text.tokenizer->size();
  ThreadTeam team(1);
  Trainer trainer(settings, text.split, team);
  trainer.gpt.parameters.final_norm.gain.setConstant(std::numeric_limits<Real>::quiet_NaN());
  const Vector before = trainer.gpt.buffer;
  CHECK_THROWS_AS(trainer.step(), Diverged);
  CHECK(trainer.optimizer.steps() == 0);
  CHECK(std::memcmp(trainer.gpt.buffer.data(), before.data(),
                    static_cast<std::size_t>(before.size()) * sizeof(Real)) == 0);
}

TEST_CASE("a run that diverges changes no checkpoint, and says how to go on") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "nan");
  const std::atomic<bool> stop = true;
  run_in(files, tiny_settings(), stop);
  const auto before = files_in(files.last);
  TrainingSettings wild = tiny_settings();
  wild.schedule.peak = 1e38;
  const std::string error = error_of([&] { run_in(files, wild); });
  CHECK_THAT(error, Catch::Contains("training has diverged. The last checkpoint is as it was"));
  CHECK_THAT(error, Catch::Contains("Lower \"peak\", which is 1e+38, in " + files.settings));
  CHECK(error.ends_with(run_command("train", files.directory) + " --resume"));
  CHECK(files_in(files.last) == before);
  CHECK(run_in(files, tiny_settings()).finished);
}

TEST_CASE("a model that has diverged is never the best one, and its run can begin again") {
  const TemporaryFolder folder;
  const RunFiles files = run_files(folder / "diverged");
  TrainingSettings settings = tiny_settings();
  settings.schedule.peak = 1e38;
  settings.evaluate_every = 1;
  const std::string error = error_of([&] { run_in(files, settings); });
  CHECK_THAT(error, Catch::Contains("training has diverged. There is no checkpoint yet"));
  CHECK_THAT(error, Catch::Contains("and begin again with"));
  CHECK_FALSE(std::filesystem::exists(files.best));
  CHECK_FALSE(std::filesystem::exists(files.last));
  CHECK(run_in(files, tiny_settings()).finished);
}

// The sanitizers have an allocator of their own, which keeps no such statistics.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("what training needs in memory is told from its settings") {
  const auto allocated = [] {
    const auto statistics = mallinfo2();
    return static_cast<double>(statistics.uordblks + statistics.hblkhd);
  };
  const TrainingText text = tiny_text();
  TrainingSettings few_weights = tiny_settings(), many_weights = tiny_settings();
  few_weights.sequences = 64;
  few_weights.model = {.context = 96, .width = 32, .key_value_heads = 2, .hidden = 80};
  many_weights.model = {.context = 8, .width = 256, .layers = 6, .hidden = 700};
  few_weights.model.feed_forward = FeedForward::swiglu;
  ThreadTeam team(2);
  for (TrainingSettings settings : {few_weights, many_weights}) {
    settings.model.vocabulary = 200;
    const double before = allocated();
    const Trainer trainer(settings, text.split, team);
    const double read = 2 * sizeof(Real) * static_cast<double>(trainer.gpt.buffer.size());
    CHECK(training_bytes(settings, 2) == Catch::Approx(allocated() - before + read).epsilon(0.05));
  }
}
#endif

TEST_CASE("settings that make no sense are refused before anything is written") {
  const TrainingText text = tiny_text();
  TrainingSettings settings = tiny_settings();
  settings.sequences = 0;
  ThreadTeam team(1);
  CHECK_THROWS_WITH(Trainer(settings, text.split, team), "sequences must be at least 1");
  const TemporaryFolder folder;
  CHECK(error_of([&] { static_cast<void>(begin_run(folder / "run", settings)); }) ==
        "sequences must be at least 1");
  CHECK_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_CASE("a loss in bits a byte does not depend on how many bytes a token has") {
  CHECK(bits_a_byte(std::numbers::ln2, 1) == Catch::Approx(1));
  CHECK(bits_a_byte(2 * std::numbers::ln2, 4) == Catch::Approx(0.5));
  std::string text;
  for (int i = 0; i < 60; ++i) text += "zwölf süße Äpfel. ";
  const TrainingText tokens = training_text(text, 8);
  CHECK(tokens.bytes_a_token == Catch::Approx(22.0 / 18).epsilon(0.02));
}
