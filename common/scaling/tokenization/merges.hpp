#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/transformer/model/config.hpp"

namespace llm {

/// Two neighbors that become one token.
struct Merge {
  Token left, right, result;

  /// Two merges are equal when all three tokens are.
  bool operator==(const Merge&) const = default;
};

/// What is known of a pair: how early it is merged, and into what. The lowest rank goes first.
struct RankedToken {
  std::uint32_t rank;
  Token token;
};

/// The merges by their pair, in a table of open addressing.
class MergeTable {
 public:
  MergeTable() : MergeTable(std::span<const Merge>()) {}

  /// Merge i has rank i. Throws std::invalid_argument for a negative token.
  explicit MergeTable(std::span<const Merge> merges);

  /// Merge i has rank ranks[i].
  MergeTable(std::span<const Merge> merges, std::span<const std::uint32_t> ranks);

  /// The rank and result of a pair; nullptr for one that is never merged.
  const RankedToken* find(Token left, Token right) const;

 private:
  struct Slot {
    std::uint64_t pair;
    RankedToken merged;
  };
  std::vector<Slot> slots;
  std::size_t mask;
};

/// Merges the tokens of one piece, lowest rank first and leftmost first of equals, until no pair of
/// neighbors has a rank. Time n · log n for n tokens.
void merge_tokens(const MergeTable& table, std::vector<Token>& tokens);

}  // namespace llm
