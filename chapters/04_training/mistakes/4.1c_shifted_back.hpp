#pragma once

// The targets are one place earlier: each row is asked for the character that came before.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::shifted_back {

using exercises::Lesson, llm::Index;

inline Lesson lesson_at(std::span<const int> tokens, Index place, Index length) {
  if (place < 0 || place + length + 1 > static_cast<Index>(tokens.size())) {
    throw std::invalid_argument("the text ends before the last target");
  }
  const auto first = tokens.begin() + place;
  Lesson lesson = {{first, first + length}, {}};
  for (Index i = place; i < place + length; ++i) {
    lesson.targets.push_back(tokens[static_cast<std::size_t>(i > 0 ? i - 1 : 0)]);
  }
  return lesson;
}

}  // namespace mistakes::shifted_back
