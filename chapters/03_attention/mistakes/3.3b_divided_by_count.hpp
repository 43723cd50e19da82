#pragma once

// The head is divided by the number of heads of keys and values, not by the size of a group.

#include "common/foundations/matrix.hpp"

namespace mistakes::divided_by_count {

using namespace llm;

inline Index shared_head(Index head, Index heads, Index key_value_heads) {
  static_cast<void>(heads);
  return head / key_value_heads;
}

}  // namespace mistakes::divided_by_count
