#pragma once

// A space goes with the word before it.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::space_behind {

using namespace llm;
using exercises::TokenMerge;

inline std::vector<std::string> cut_before_words(const std::string& text) {
  std::string reversed(text.rbegin(), text.rend());
  std::vector<std::string> pieces = solutions::cut_before_words(reversed);
  std::reverse(pieces.begin(), pieces.end());
  for (std::string& piece : pieces) std::reverse(piece.begin(), piece.end());
  return pieces;
}

}  // namespace mistakes::space_behind
