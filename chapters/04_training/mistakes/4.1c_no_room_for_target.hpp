#pragma once

// Checks that the inputs fit into the text, and forgets that the last target stands one place after
// them.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::no_room_for_target {

using exercises::Lesson, llm::Index;

inline Lesson lesson_at(std::span<const int> tokens, Index place, Index length) {
  if (place < 0 || place + length > static_cast<Index>(tokens.size())) {
    throw std::invalid_argument("the text ends before the last target");
  }
  Lesson lesson;
  for (Index t = place; t < place + length; ++t) {
    const Index next = std::min(t + 1, static_cast<Index>(tokens.size()) - 1);
    lesson.inputs.push_back(tokens[static_cast<std::size_t>(t)]);
    lesson.targets.push_back(tokens[static_cast<std::size_t>(next)]);
  }
  return lesson;
}

}  // namespace mistakes::no_room_for_target
