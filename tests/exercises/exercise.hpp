#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace llm {

/// What a check throws: the sentence that tells the reader which mistake they made.
struct WrongAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

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
