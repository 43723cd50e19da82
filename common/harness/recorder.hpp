#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace llm {

/// A line of a source file: where the book shows what a statement printed.
struct Place {
  const char* file;
  int line;
};

/// The place of the statement that calls; used only as a default argument.
constexpr Place here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  return {file, line};
}

/// A format string that knows the place of the statement it stands in.
template <class... Arguments>
struct PlacedFormat {
  template <class Text>
  consteval PlacedFormat(const Text& text, const char* file = __builtin_FILE(),
                         int line = __builtin_LINE())
      : format(text), place{file, line} {}

  fmt::format_string<Arguments...> format;
  Place place;
};

/// Prints one line, or several, and hands it to the book when the run is recorded.
void print_text(std::string_view text, Place place = here());

/// As print_text, for lines that hold timings: the only ones that differ between two runs.
void print_timing_text(std::string_view text, Place place = here());

/// Prints a formatted line: print("width {:3}   entropy {:.2f}", width, entropy).
template <class... Arguments>
void print(PlacedFormat<std::type_identity_t<Arguments>...> format, Arguments&&... arguments) {
  print_text(fmt::format(format.format, std::forward<Arguments>(arguments)...), format.place);
}

/// As print, for lines that hold timings.
template <class... Arguments>
void print_timing(PlacedFormat<std::type_identity_t<Arguments>...> format,
                  Arguments&&... arguments) {
  print_timing_text(fmt::format(format.format, std::forward<Arguments>(arguments)...),
                    format.place);
}

/// Prints a matrix under its title, one row a line, with `decimals` digits after the point.
/// `row_labels`, one a row, stand before the rows, and `column_labels` above the columns.
void show(std::string_view title, const MatrixRef& matrix, int decimals = 2,
          const std::vector<std::string>& row_labels = {},
          const std::vector<std::string>& column_labels = {}, Place place = here());

/// Keeps a number under a name, so that a sentence of the book can cite it. `text` is how it reads.
void record_value(const std::string& name, double value, const std::string& text);

/// Keeps a number formatted: record("entropy", "{:.2f}", entropy).
template <class Value>
void record(const std::string& name, fmt::format_string<const Value&> format, const Value& value) {
  record_value(name, static_cast<double>(value), fmt::format(format, value));
}

/// Keeps one column of numbers for a figure of the book.
void record_data(const std::string& figure, const std::string& column,
                 const std::vector<double>& numbers);

/// Keeps one column of labels for a figure.
void record_data(const std::string& figure, const std::string& column,
                 const std::vector<std::string>& labels);

/// Keeps a matrix for a figure, a list of rows.
void record_data(const std::string& figure, const std::string& column, const MatrixRef& matrix);

/// A section of a chapter: its title, and the function that runs its experiments.
struct Section {
  std::string title;
  std::function<void()> run;
};

/// A chapter of the book: its number, its title, and its sections in order.
struct Chapter {
  int number;
  std::string title;
  std::vector<Section> sections;
};

/// The main function of a chapter's program. Without arguments it runs every section; with numbers,
/// those sections; --list prints their titles; --record DIR writes DIR/SECTION.json for the book.
int run_chapter(int argc, char** argv, const Chapter& chapter);

}  // namespace llm
