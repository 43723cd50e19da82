#pragma once

// A word takes all spaces before it along.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::all_spaces {

using namespace llm;
using exercises::TokenMerge;

inline std::vector<std::string> cut_before_words(const std::string& text) {
  std::vector<std::string> pieces;
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t word = std::min(text.find_first_not_of(' ', place), text.size());
    const std::size_t end = std::min(text.find(' ', word), text.size());
    pieces.push_back(text.substr(place, end - place));
    place = end;
  }
  return pieces;
}

}  // namespace mistakes::all_spaces
