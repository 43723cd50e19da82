#pragma once

// The heads are dealt out in turn, so that neighbors never share.

#include "common/foundations/matrix.hpp"

namespace mistakes::dealt_in_turn {

using namespace llm;

inline Index shared_head(Index head, Index heads, Index key_value_heads) {
  static_cast<void>(heads);
  return head % key_value_heads;
}

}  // namespace mistakes::dealt_in_turn
