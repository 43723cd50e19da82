#pragma once

// The numbers of surrogates are taken for characters.

#include "chapters/06_scaling/solutions.hpp"

namespace mistakes::surrogates {

using namespace llm;
using exercises::TokenMerge;

inline bool is_utf8(const std::string& bytes) {
  std::string others = bytes;
  for (std::size_t i = 0; i + 1 < others.size(); ++i) {
    const bool is_surrogate = others[i] == '\xED' && (others[i + 1] & 0x60) == 0x20;
    if (is_surrogate) others[i] = '\xEE';
  }
  return solutions::is_utf8(others);
}

}  // namespace mistakes::surrogates
