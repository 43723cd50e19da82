#include "tests/exercises/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace llm {

namespace {

/// One exercise from its entry.
ExerciseText exercise_text(const nlohmann::json& entry) {
  return {entry.at("number"),    entry.at("title"),    entry.at("kind"), entry.at("function"),
          entry.at("statement"), entry.at("hints"),    entry.at("page"), entry.at("line"),
          entry.at("file"),      entry.at("file_line")};
}

}  // namespace

ChapterTexts read_texts(const std::filesystem::path& path) {
  std::ifstream file(path);
  try {
    const nlohmann::json json = nlohmann::json::parse(file);
    ChapterTexts texts{json.at("chapter"), {}};
    for (const nlohmann::json& entry : json.at("exercises"))
      texts.exercises.push_back(exercise_text(entry));
    return texts;
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(
        fmt::format("{}: the exercises cannot be read from it ({})", path.string(), error.what()));
  }
}

const ExerciseText& find_text(const ChapterTexts& texts, const std::string& number) {
  const auto found = std::find_if(texts.exercises.begin(), texts.exercises.end(),
                                  [&](const auto& text) { return text.number == number; });
  if (found == texts.exercises.end()) {
    throw std::runtime_error(
        fmt::format("no page of chapters/{} has exercise {}", texts.chapter, number));
  }
  return *found;
}

}  // namespace llm
