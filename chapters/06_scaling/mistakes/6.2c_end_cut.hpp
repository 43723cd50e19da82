#pragma once

// The spaces at the end are cut as if a word came.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::end_cut {

using namespace llm;
using exercises::TokenMerge;

inline std::vector<std::string> cut_before_words(const std::string& text) {
  std::vector<std::string> pieces = solutions::cut_before_words(text);
  if (pieces.empty() || pieces.back().size() < 2 || pieces.back().back() != ' ') return pieces;
  pieces.back().pop_back();
  pieces.emplace_back(" ");
  return pieces;
}

}  // namespace mistakes::end_cut
