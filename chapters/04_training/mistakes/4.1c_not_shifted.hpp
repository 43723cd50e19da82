#pragma once

// The targets are the inputs: each row is asked for the character that it reads.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::not_shifted {

using exercises::Lesson, llm::Index;

inline Lesson lesson_at(std::span<const int> tokens, Index place, Index length) {
  if (place < 0 || place + length + 1 > static_cast<Index>(tokens.size())) {
    throw std::invalid_argument("the text ends before the last target");
  }
  const auto first = tokens.begin() + place;
  return {{first, first + length}, {first, first + length}};
}

}  // namespace mistakes::not_shifted
