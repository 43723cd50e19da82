#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace llm {

/// What the book's page says about one exercise, as Markdown.
struct ExerciseText {
  std::string title;
  std::string function;
  std::string statement;
  std::vector<std::string> hints;
};

/// The section's source file of an exercise or section: "3.2a" or "3.2" in chapters/03_attention is
/// 2_scaled_dot_product.cpp. Throws std::runtime_error when there is none.
std::filesystem::path section_file(const std::filesystem::path& chapter_directory,
                                   std::string_view id);

/// Reads the exercise `id` out of the prose of a section. Throws std::runtime_error, which names
/// the file, when it is not there.
ExerciseText read_exercise(const std::filesystem::path& section, const std::string& id);

}  // namespace llm
