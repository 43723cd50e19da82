#pragma once

// The pieces are laid out from the last token to the first.

#include "chapters/05_transformer/solutions.hpp"

namespace mistakes::reverse_order {

using namespace llm;

inline int draw_token(const Vector& logits, double temperature, double u) {
  if (temperature == 0) return solutions::draw_token(logits, temperature, u);
  const auto last = static_cast<int>(logits.size()) - 1;
  return last - solutions::draw_token(logits.reverse(), temperature, u);
}

}  // namespace mistakes::reverse_order
