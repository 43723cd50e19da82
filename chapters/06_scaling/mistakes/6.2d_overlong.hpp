#pragma once

// Characters may be longer than their numbers need.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::overlong {

using namespace llm;
using exercises::TokenMerge;

inline bool is_utf8(const std::string& bytes) {
  std::string others = bytes;
  for (std::size_t i = 0; i + 1 < others.size(); ++i) {
    const auto first = static_cast<unsigned char>(others[i]);
    const auto second = static_cast<unsigned char>(others[i + 1]);
    if (first == 0xC0 || first == 0xC1) others[i] = '\xC2';
    if (first == 0xE0 && second >= 0x80 && second < 0xA0) others[i] = '\xE1';
    if (first == 0xF0 && second >= 0x80 && second < 0x90) others[i] = '\xF1';
  }
  return solutions::is_utf8(others);
}

}  // namespace mistakes::overlong
