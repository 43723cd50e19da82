#pragma once

// Numbers beyond 0x10FFFF are taken for characters.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::too_large {

using namespace llm;
using exercises::TokenMerge;

inline bool is_utf8(const std::string& bytes) {
  std::string others = bytes;
  for (std::size_t i = 0; i < others.size(); ++i) {
    const auto first = static_cast<unsigned char>(others[i]);
    if (first >= 0xF4 && first <= 0xF7) others[i] = '\xF1';
  }
  return solutions::is_utf8(others);
}

}  // namespace mistakes::too_large
