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
  return {{first + 1, first + 1 + length}, {first, first + length}};
}

}  // namespace mistakes::shifted_back
