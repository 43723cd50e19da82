#include "tests/exercises/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace llm {

namespace {

/// A line without the spaces around it.
std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

/// The prose of a source file: its lines that start with //:, without that mark.
std::vector<std::string> prose_lines(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    const std::string text = trimmed(line);
    if (text.starts_with("//: ")) lines.push_back(text.substr(4));
    if (text == "//:") lines.emplace_back();
  }
  return lines;
}

/// The number of backticks that a line opens with: 3 or more begin or end a fenced block.
std::size_t fence_length(const std::string& line) {
  return std::min(line.find_first_not_of('`'), line.size());
}

/// The line that closes the block which line `open` begins, or the end.
std::size_t closing_fence(const std::vector<std::string>& lines, std::size_t open) {
  const std::string fence(fence_length(lines[open]), '`');
  std::size_t close = open + 1;
  while (close < lines.size() && trimmed(lines[close]) != fence) ++close;
  return close;
}

/// Lines [first, last) as one text, without empty lines at either end.
std::string joined(const std::vector<std::string>& lines, std::size_t first, std::size_t last) {
  while (first < last && lines[first].empty()) ++first;
  while (first < last && lines[last - 1].empty()) --last;
  std::string text;
  for (std::size_t i = first; i < last; ++i) text += (i > first ? "\n" : "") + lines[i];
  return text;
}

/// Takes an option line such as ":title: Scaled attention" into the exercise.
void take_option(const std::string& line, ExerciseText& exercise) {
  const std::size_t colon = line.find(':', 1);
  if (colon == std::string::npos) return;
  const std::string name = line.substr(1, colon - 1), value = trimmed(line.substr(colon + 1));
  if (name == "title") exercise.title = value;
  if (name == "function") exercise.function = value;
}

/// Reads the block of an exercise, lines (open, close).
ExerciseText read_block(const std::vector<std::string>& lines, std::size_t open,
                        std::size_t close) {
  ExerciseText exercise;
  std::size_t line = open + 1;
  while (line < close && lines[line].starts_with(":")) take_option(lines[line++], exercise);
  std::vector<std::string> statement;
  for (; line < close; ++line) {
    const std::string opening = lines[line].substr(fence_length(lines[line]));
    if (fence_length(lines[line]) < 3) {
      statement.push_back(lines[line]);
      continue;
    }
    const std::size_t end = closing_fence(lines, line);
    if (opening.starts_with("{hint}")) {
      exercise.hints.push_back(joined(lines, line + 1, end));
    } else if (!opening.starts_with("{solution}")) {
      for (std::size_t i = line; i <= end && i < close; ++i) statement.push_back(lines[i]);
    }
    line = end;
  }
  exercise.statement = joined(statement, 0, statement.size());
  return exercise;
}

}  // namespace

std::filesystem::path section_file(const std::filesystem::path& chapter_directory,
                                   std::string_view id) {
  const std::size_t point = id.find('.');
  const std::size_t end = id.find_first_not_of("0123456789", point + 1);
  const std::string start = std::string(id.substr(point + 1, end - point - 1)) + "_";
  for (const auto& entry : std::filesystem::directory_iterator(chapter_directory)) {
    if (entry.path().filename().string().starts_with(start) && entry.path().extension() == ".cpp")
      return entry.path();
  }
  throw std::runtime_error(
      fmt::format("{}: there is no section {}", chapter_directory.string(), id));
}

ExerciseText read_exercise(const std::filesystem::path& section, const std::string& id) {
  const std::vector<std::string> lines = prose_lines(section);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t fence = fence_length(lines[i]);
    if (fence >= 3 && trimmed(lines[i].substr(fence)) == "{exercise} " + id)
      return read_block(lines, i, closing_fence(lines, i));
  }
  throw std::runtime_error(
      fmt::format("{}: exercise {} is not on this page", section.string(), id));
}

}  // namespace llm
