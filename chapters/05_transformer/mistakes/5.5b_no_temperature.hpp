#pragma once

// The temperature is used at 0 only.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::no_temperature {

using namespace llm;

inline int draw_token(const Vector& logits, double temperature, double u) {
  return solutions::draw_token(logits, temperature == 0 ? 0 : 1, u);
}

}  // namespace mistakes::no_temperature
