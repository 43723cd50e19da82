#pragma once

// The other direction: where a head of ours stands in the file.

#include "common/foundations/matrix.hpp"

namespace mistakes::other_direction {

using namespace llm;

inline Index place_of_head(Index head, Index heads, Index key_value_heads) {
  const Index group = heads / key_value_heads;
  return head % group * key_value_heads + head / group;
}

}  // namespace mistakes::other_direction
