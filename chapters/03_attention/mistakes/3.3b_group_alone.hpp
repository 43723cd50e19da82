#pragma once

// The head of keys and values, and not the place of the query head.

#include "common/foundations/matrix.hpp"

namespace mistakes::group_alone {

using namespace llm;

inline Index place_of_head(Index head, Index heads, Index key_value_heads) {
  static_cast<void>(heads);
  return head % key_value_heads;
}

}  // namespace mistakes::group_alone
