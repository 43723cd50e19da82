#include <random>
#include <string>

#include "common/scaling/tokenization/byte_pair_training.hpp"
#include "common/scaling/tokenization/merges.hpp"
#include "tests/catch.hpp"

using namespace llm;

namespace {

/// Merges among the tokens 0, 1 and 2, and what they make.
const std::vector<Merge> few = {{0, 1, 3}, {1, 2, 4}, {3, 3, 5}, {3, 2, 6}, {5, 6, 7}};

std::vector<Token> merged(std::vector<Token> tokens) {
  merge_tokens(merge_table(few), tokens);
  return tokens;
}

}  // namespace

TEST_CASE("the pair of the lowest rank is merged first, not the first pair or the longest token") {
  CHECK(merged({0, 1, 2}) == std::vector<Token>{6});  // 01 before 12
  CHECK(merged({1, 2, 2}) == std::vector<Token>{4, 2});
  CHECK(merged({0, 1, 0, 1, 2}) == std::vector<Token>{5, 2});  // 33 before 32
}

TEST_CASE("of equal pairs the leftmost is merged first") {
  std::vector<Token> tokens = {1, 1, 1};
  const std::vector<Merge> twice = {{1, 1, 2}};
  merge_tokens(merge_table(twice), tokens);
  CHECK(tokens == std::vector<Token>{2, 1});
}

TEST_CASE("a piece of no token and of one stays as it is") {
  CHECK(merged({}).empty());
  CHECK(merged({2}) == std::vector<Token>{2});
}

TEST_CASE("merging by scanning and by a heap are the same") {
  std::mt19937 random(1);
  const BytePairTokenizer tokenizer = train_byte_pairs(
      "abababcabcaabbccabccbaacbabbabcbacbcabcbcbaaabcbcabccba", 300, Pattern::whole);
  for (int run = 0; run < 2000; ++run) {
    std::vector<Token> tokens(random() % 100);
    for (Token& token : tokens) token = tokenizer.byte_tokens['a' + random() % 3];
    std::vector<Token> others = tokens;
    merge_by_scanning(tokenizer.table, tokens);
    merge_by_heap(tokenizer.table, others);
    REQUIRE(tokens == others);
  }
}

TEST_CASE("a million letters without a space are merged in no time") {
  const BytePairTokenizer tokenizer = train_byte_pairs(std::string(1000, 'a'), 264);
  CHECK(tokenizer.encode(std::string(1 << 20, 'a')).size() == (1 << 20) >> 8);
}

TEST_CASE("a table finds each of many pairs and no other") {
  PairMap<int> map;
  for (Token left = 0; left < 300; ++left) {
    for (Token right = 0; right < 100; ++right) map.at_or_new(left, right) = left * 1000 + right;
  }
  CHECK(map.size() == 30'000);
  bool all_found = true;
  for (Token left = 0; left < 300; ++left) {
    for (Token right = 0; right < 100; ++right) {
      const int* found = map.find(left, right);
      all_found = all_found && found != nullptr && *found == left * 1000 + right;
    }
  }
  CHECK(all_found);
  CHECK(map.find(5, 100) == nullptr);
  CHECK(map.find(300, 5) == nullptr);
  int count = 0;
  map.for_each([&](Token left, Token right, int value) { count += value == left * 1000 + right; });
  CHECK(count == 30'000);
}
