#include "common/harness/recorder.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace llm {

namespace {

/// What the section that is running has printed and recorded, as the book's build reads it.
nlohmann::json& recording() {
  static nlohmann::json sheet;
  return sheet;
}

/// An empty sheet, at the start of a section.
void start_recording() {
  recording() = {{"outputs", nlohmann::json::array()},
                 {"values", nlohmann::json::object()},
                 {"figures", nlohmann::json::object()}};
}

/// Prints to the terminal and keeps the text with its place.
void print_and_keep(std::string_view text, Place place, bool timing) {
  fmt::print("{}\n", text);
  std::fflush(stdout);
  recording()["outputs"].push_back(
      {{"file", place.file}, {"line", place.line}, {"text", text}, {"timing", timing}});
}

/// Keeps one column of a figure's data.
void keep_column(const std::string& figure, const std::string& column, nlohmann::json data) {
  recording()["figures"][figure][column] = std::move(data);
}

/// Writes what a section recorded to DIR/NUMBER.json.
void write_recording(const std::string& directory, int number) {
  std::filesystem::create_directories(directory);
  const std::string path = fmt::format("{}/{}.json", directory, number);
  std::ofstream file(path);
  file << recording().dump(1) << '\n';
  if (!file.flush()) throw std::runtime_error(path + ": could not be written");
}

/// Runs one section under its heading.
void run_section(const Chapter& chapter, int number, const std::string& directory) {
  const Section& section = chapter.sections.at(static_cast<std::size_t>(number - 1));
  fmt::print("\n{}.{} {}\n\n", chapter.number, number, section.title);
  start_recording();
  section.run();
  if (!directory.empty()) write_recording(directory, number);
}

/// Prints the table of contents of a chapter.
void list_sections(const Chapter& chapter) {
  fmt::print("{} {}\n", chapter.number, chapter.title);
  for (std::size_t i = 0; i < chapter.sections.size(); ++i) {
    fmt::print("  {}.{} {}\n", chapter.number, i + 1, chapter.sections[i].title);
  }
}

/// The width of the widest entry of a matrix, in characters.
std::size_t entry_width(const MatrixRef& matrix, int decimals) {
  std::size_t width = 0;
  for (Index i = 0; i < matrix.rows(); ++i) {
    for (Index j = 0; j < matrix.cols(); ++j) {
      width = std::max(width, fmt::formatted_size("{:.{}f}", matrix(i, j), decimals));
    }
  }
  return width;
}

/// The length of the longest of some labels.
std::size_t longest(const std::vector<std::string>& labels) {
  std::size_t length = 0;
  for (const std::string& label : labels) length = std::max(length, label.size());
  return length;
}

}  // namespace

void print_text(std::string_view text, Place place) {
  print_and_keep(text, place, false);
}

void print_timing_text(std::string_view text, Place place) {
  print_and_keep(text, place, true);
}

void show(std::string_view title, const MatrixRef& matrix, int decimals,
          const std::vector<std::string>& row_labels, const std::vector<std::string>& column_labels,
          Place place) {
  const std::size_t margin = longest(row_labels);
  const std::size_t width = std::max(entry_width(matrix, decimals), longest(column_labels)) + 2;
  std::string text{title};
  if (!column_labels.empty()) {
    text += fmt::format("\n{:{}}", "", margin);
    for (const std::string& label : column_labels) text += fmt::format("{:>{}}", label, width);
  }
  for (Index i = 0; i < matrix.rows(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    text += fmt::format("\n{:{}}", row < row_labels.size() ? row_labels[row] : "", margin);
    for (Index j = 0; j < matrix.cols(); ++j) {
      text += fmt::format("{:>{}.{}f}", matrix(i, j), width, decimals);
    }
  }
  print_and_keep(text, place, false);
}

void record_value(const std::string& name, double value, const std::string& text) {
  recording()["values"][name] = {{"text", text}, {"raw", value}};
}

void record_data(const std::string& figure, const std::string& column,
                 const std::vector<double>& numbers) {
  keep_column(figure, column, numbers);
}

void record_data(const std::string& figure, const std::string& column,
                 const std::vector<std::string>& labels) {
  keep_column(figure, column, labels);
}

void record_data(const std::string& figure, const std::string& column, const MatrixRef& matrix) {
  nlohmann::json rows = nlohmann::json::array();
  for (Index i = 0; i < matrix.rows(); ++i) {
    const Vector row = matrix.row(i);
    rows.push_back(std::vector<Real>(row.begin(), row.end()));
  }
  keep_column(figure, column, std::move(rows));
}

int run_chapter(int argc, char** argv, const Chapter& chapter) {
  CLI::App program{fmt::format("Chapter {}: {}", chapter.number, chapter.title)};
  std::vector<int> numbers;
  std::string directory;
  bool list = false;
  program.add_option("section", numbers, "The sections to run; all of them when none is named")
      ->check(CLI::Range(1, static_cast<int>(chapter.sections.size())));
  program.add_option("--record", directory, "Write what each section prints to DIR/<section>.json");
  program.add_flag("--list", list, "Print the titles of the sections");
  CLI11_PARSE(program, argc, argv);
  if (list) {
    list_sections(chapter);
    return 0;
  }
  if (numbers.empty()) {
    for (std::size_t i = 1; i <= chapter.sections.size(); ++i)
      numbers.push_back(static_cast<int>(i));
  }
  try {
    for (int number : numbers) run_section(chapter, number, directory);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace llm
