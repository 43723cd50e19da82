#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/scaling/tokenization/pair_map.hpp"

namespace llm {

/// Two neighbors that become one token.
struct Merge {
  Token left, right, result;

  /// Two merges are equal when all three tokens are.
  bool operator==(const Merge&) const = default;
};

/// What is known of a pair: how early it is merged, and into what.
struct RankedToken {
  std::uint32_t rank = 0;
  Token token = 0;
};

/// The merges by their pair. The lowest rank goes first.
using MergeTable = PairMap<RankedToken>;

/// The table of these merges: merge i has rank i, or ranks[i] where those are given. Of a pair that
/// occurs twice the last one counts.
MergeTable merge_table(std::span<const Merge> merges, std::span<const std::uint32_t> ranks = {});

/// Merges the tokens of one piece, lowest rank first and leftmost first of equals, until no pair of
/// neighbors has a rank. Looks at all pairs before each merge: time n² for n tokens.
void merge_by_scanning(const MergeTable& table, std::vector<Token>& tokens);

/// The same with the pairs in a heap: time n · log n.
void merge_by_heap(const MergeTable& table, std::vector<Token>& tokens);

/// The same by whichever is faster for so many tokens.
void merge_tokens(const MergeTable& table, std::vector<Token>& tokens);

}  // namespace llm
