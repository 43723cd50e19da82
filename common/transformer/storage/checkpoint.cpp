#include "common/transformer/storage/checkpoint.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

#include "common/transformer/storage/files.hpp"

namespace llm {

namespace {

/// The file of what only training needs.
std::string training_file(const std::string& folder) {
  return folder + "/training.safetensors";
}

/// Calls `visit(name, numbers)` for each matrix of the optimizers' averages.
template <class AnyOptimizer, class Visit>
void for_each_average(AnyOptimizer& optimizer, const Visit& visit) {
  visit("adamw.mean", optimizer.adamw.mean);
  visit("adamw.mean_square", optimizer.adamw.mean_square);
  for (std::size_t matrix = 0; matrix < optimizer.muon.momenta.size(); ++matrix) {
    visit("muon.momentum." + optimizer.muon.layout[matrix].name, optimizer.muon.momenta[matrix]);
  }
}

/// Writes the optimizer and the state. `model` is the checksum of the parameters' file.
void save_training(const std::string& path, const Optimizer& optimizer, const RunState& state,
                   std::uint32_t model) {
  std::vector<Tensor> tensors;
  for_each_average(optimizer, [&](const std::string& name, const auto& numbers) {
    tensors.push_back({name, TensorForm::matrix, {numbers.data(), numbers.rows(), numbers.cols()}});
  });
  write_safetensors(path, tensors,
                    {{"step", fmt::format("{}", optimizer.steps())},
                     {"best_loss", fmt::format("{}", state.best_loss)},
                     {"text_checksum", fmt::format("{:08x}", state.text_checksum)},
                     {"model", fmt::format("{:08x}", model)}});
}

/// A field of the metadata; throws where it is missing.
const std::string& told(const TensorFile& file, const std::string& name) {
  const auto found = file.metadata.find(name);
  if (found != file.metadata.end()) return found->second;
  throw std::runtime_error(fmt::format("{}: \"{}\" is missing from its metadata", file.path, name));
}

}  // namespace

void save_checkpoint(const std::string& folder, const Trainer& trainer, const Tokenizer& tokenizer,
                     const RunState& state) {
  const std::string partial = folder + ".partial";
  try {
    std::filesystem::remove_all(partial);
    std::filesystem::create_directories(partial);
    const std::uint32_t model = save_model(partial, trainer.gpt, tokenizer);
    save_training(training_file(partial), trainer.optimizer, state, model);
    flush_folder(partial);
    std::filesystem::rename(partial, folder);
  } catch (const std::exception& error) {
    std::error_code ignored;
    std::filesystem::remove_all(partial, ignored);
    throw std::runtime_error(
        fmt::format("{} (the checkpoints before it are as they were)", error.what()));
  }
  flush_folder(std::filesystem::absolute(folder).parent_path().string());
}

namespace {

/// Puts a checkpoint's parameters into a trainer, and returns the checksum of their file.
std::uint32_t restore_parameters(Trainer& trainer, const std::string& folder) {
  const StoredGpt model = load_gpt(folder);
  if (!(trainer.gpt.config == model.gpt.config)) {
    throw std::runtime_error(folder + ": this checkpoint is of a model of another configuration");
  }
  trainer.gpt.buffer = model.gpt.buffer;
  return model.checksum;
}

}  // namespace

RunState restore(Trainer& trainer, const std::string& folder) {
  const std::uint32_t parameters = restore_parameters(trainer, folder);
  const TensorFile file = read_safetensors(training_file(folder));
  if (told(file, "model") != fmt::format("{:08x}", parameters)) {
    throw std::runtime_error(file.path + ": this file belongs to another model.safetensors");
  }
  RunState state;
  try {
    trainer.optimizer.adamw.steps = std::stoll(told(file, "step"));
    state.best_loss = std::stod(told(file, "best_loss"));
    state.text_checksum =
        static_cast<std::uint32_t>(std::stoul(told(file, "text_checksum"), nullptr, 16));
  } catch (const std::logic_error&) {
    throw std::runtime_error(file.path + ": a number in its metadata cannot be read");
  }
  for_each_average(trainer.optimizer, [&](const std::string& name, auto& numbers) {
    read_tensor(file, name, TensorForm::matrix,
                MatrixMap(numbers.data(), numbers.rows(), numbers.cols()));
  });
  return state;
}

}  // namespace llm
