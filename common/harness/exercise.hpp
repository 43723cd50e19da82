#pragma once

#include <stdexcept>
#include <string>

namespace llm {

/// What the body of an exercise throws until the reader writes their own.
struct NotDone : std::logic_error {
  /// `exercise` is its number, "3.2a".
  explicit NotDone(const std::string& exercise)
      : std::logic_error("exercise " + exercise + " is not done yet"), id(exercise) {}

  std::string id;
};

}  // namespace llm
