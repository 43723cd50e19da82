#pragma once

// The text is cut at its spaces, which are lost.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::spaces_lost {

using namespace llm;
using exercises::TokenMerge;

inline std::vector<std::string> cut_before_words(const std::string& text) {
  std::vector<std::string> pieces;
  for (std::size_t place = text.find_first_not_of(' '); place != std::string::npos;) {
    const std::size_t end = text.find(' ', place);
    pieces.push_back(text.substr(place, end - place));
    place = text.find_first_not_of(' ', end);
  }
  return pieces;
}

}  // namespace mistakes::spaces_lost
