#include "chapters/06_scaling/trained_model.hpp"

#include <filesystem>

#include "common/foundations/corpus.hpp"
#include "common/transformer/storage/progress.hpp"
#include "common/transformer/storage/training_run.hpp"

using namespace llm;

namespace {

/// Trains the model of section 5.7 and keeps it in a folder.
void train_into(const std::string& folder) {
  TrainingSettings settings = default_settings();
  const TrainingText text = training_text(read_corpus(), settings.model.context);
  settings.model.vocabulary = text.tokenizer->size();
  ThreadTeam team(2);
  Trainer trainer(settings, text.split, team);
  Progress progress(0, settings.schedule.steps);
  while (trainer.optimizer.steps() < settings.schedule.steps) progress.show(trainer.step());
  std::filesystem::create_directories(folder);
  save_model(folder, trainer.gpt, *text.tokenizer);
}

}  // namespace

Model trained_model() {
  const std::string folder = "build/models/chapter_5";
  if (!std::filesystem::exists(folder + "/model.safetensors")) train_into(folder);
  return load_model(folder);
}
