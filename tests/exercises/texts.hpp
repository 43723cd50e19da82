#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace llm {

/// What the book's page says about one exercise, as Markdown, and where it is to be written.
struct ExerciseText {
  std::string number;
  std::string title;
  std::string kind;
  std::string function;
  std::string statement;
  std::vector<std::string> hints;
  std::string page;  // the section's file, from the root of the repository
  int line;          // the exercise's line in it
  std::string file;  // the reader's file
  int file_line;     // the function's line in it, 0 where it is not there
};

/// What the pages of one chapter say about its exercises, as book/exercises.py reads them.
struct ChapterTexts {
  std::string chapter;
  std::vector<ExerciseText> exercises;
};

/// Reads what book/exercises.py wrote. Throws std::runtime_error, which names the file, when it
/// cannot be read.
ChapterTexts read_texts(const std::filesystem::path& path);

/// The text of an exercise. Throws std::runtime_error when no page of the chapter has it.
const ExerciseText& find_text(const ChapterTexts& texts, const std::string& number);

}  // namespace llm
