#pragma once

// The bytes that a last character lacks are not missed.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::cut_at_end {

using namespace llm;
using exercises::TokenMerge;

inline bool is_utf8(const std::string& bytes) {
  for (const char* more : {"", "\x80", "\xBF\xBF", "\xBF\xBF\xBF"}) {
    if (solutions::is_utf8(bytes + more)) return true;
  }
  return false;
}

}  // namespace mistakes::cut_at_end
