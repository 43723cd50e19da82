#include "common/scaling/tokenization/merges.hpp"

#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>

namespace llm {

namespace {

constexpr std::uint32_t no_rank = std::numeric_limits<std::uint32_t>::max();

/// From here on the heap is faster.
constexpr std::size_t long_piece = 64;

/// A token of a piece in which merges go on, and where its neighbors are.
struct Link {
  Token token;
  std::size_t before, behind;
};

/// A pair that may be merged: its rank, the place of its left token, and what it was when it was
/// found.
struct Candidate {
  std::uint32_t rank;
  std::size_t place;
  Token left, right, result;

  /// Whether the other one goes first.
  bool operator<(const Candidate& other) const {
    return std::tie(other.rank, other.place) < std::tie(rank, place);
  }
};

}  // namespace

MergeTable merge_table(std::span<const Merge> merges, std::span<const std::uint32_t> ranks) {
  MergeTable table;
  for (std::size_t i = 0; i < merges.size(); ++i) {
    table.at_or_new(merges[i].left, merges[i].right) = {
        ranks.empty() ? static_cast<std::uint32_t>(i) : ranks[i], merges[i].result};
  }
  return table;
}

void merge_by_scanning(const MergeTable& table, std::vector<Token>& tokens) {
  const auto known = [&](std::size_t i) -> RankedToken {
    if (i + 1 >= tokens.size()) return {no_rank, 0};
    const RankedToken* found = table.find(tokens[i], tokens[i + 1]);
    return found == nullptr ? RankedToken{no_rank, 0} : *found;
  };
  std::vector<RankedToken> pairs(tokens.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = known(i);
  while (!pairs.empty()) {
    const auto best = std::min_element(
        pairs.begin(), pairs.end(),
        [](const RankedToken& one, const RankedToken& other) { return one.rank < other.rank; });
    if (best->rank == no_rank) return;
    const auto i = static_cast<std::size_t>(best - pairs.begin());
    tokens[i] = best->token;
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    pairs.erase(best);
    pairs[i] = known(i);
    if (i > 0) pairs[i - 1] = known(i - 1);
  }
}

void merge_by_heap(const MergeTable& table, std::vector<Token>& tokens) {
  const std::size_t end = tokens.size();
  std::vector<Link> links(end);
  for (std::size_t i = 0; i < end; ++i) links[i] = {tokens[i], i - 1, i + 1};
  std::priority_queue<Candidate> heap;
  const auto add = [&](std::size_t place) {
    if (place >= end || links[place].behind >= end) return;
    const Token left = links[place].token, right = links[links[place].behind].token;
    if (const RankedToken* found = table.find(left, right)) {
      heap.push({found->rank, place, left, right, found->token});
    }
  };
  for (std::size_t i = 0; i < end; ++i) add(i);
  while (!heap.empty()) {
    const Candidate best = heap.top();
    heap.pop();
    Link& left = links[best.place];
    if (left.token != best.left || left.behind >= end) continue;
    Link& right = links[left.behind];
    if (right.token != best.right) continue;
    left.token = best.result;
    right.token = -1;
    left.behind = right.behind;
    if (left.behind < end) links[left.behind].before = best.place;
    add(best.place);
    add(left.before);
  }
  tokens.clear();
  for (std::size_t i = 0; i < end; i = links[i].behind) tokens.push_back(links[i].token);
}

void merge_tokens(const MergeTable& table, std::vector<Token>& tokens) {
  if (tokens.size() < long_piece) {
    merge_by_scanning(table, tokens);
  } else {
    merge_by_heap(table, tokens);
  }
}

}  // namespace llm
