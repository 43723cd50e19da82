#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/foundations/exercise.hpp"
#include "common/foundations/matrix.hpp"

namespace llm {

/// What a check throws: the sentence that tells the reader which mistake they made.
struct WrongAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws WrongAnswer with `message` unless `condition` holds.
void expect(bool condition, const std::string& message);

/// Throws WrongAnswer with `message`, and both matrices, unless their shapes agree and their
/// entries are within `tolerance`.
void expect_close(const MatrixRef& answer, const MatrixRef& expected, const std::string& message,
                  double tolerance = 1e-4);

/// A wrong solution that a reader is likely to write, and a part of the message it must meet.
struct Mistake {
  std::string name;
  std::function<void()> check;
  std::string message;
};

/// A code exercise: the same check, bound to the reader's function, to the solution, and to each of
/// the likely mistakes.
struct Exercise {
  std::string id;
  std::string title;
  std::function<void()> check_reader;
  std::function<void()> check_solution;
  std::vector<Mistake> mistakes;
};

/// The exercises of one chapter in the order of the book; tests/<chapter>/exercises.cpp defines it.
std::vector<Exercise> exercises();

}  // namespace llm
