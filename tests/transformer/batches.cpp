#include "common/transformer/batches.hpp"

#include <numeric>
#include <set>

#include "tests/catch.hpp"

using namespace llm;

namespace {

/// The tokens 0, 1, 2, …
std::vector<Token> counting(std::size_t count) {
  std::vector<Token> tokens(count);
  std::iota(tokens.begin(), tokens.end(), 0);
  return tokens;
}

}  // namespace

TEST_CASE("each target is the token after its input") {
  TokenBatch batch(3, 5);
  draw_batch(counting(100), 7, 0, batch);
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    CHECK(batch.targets[i] == batch.inputs[i] + 1);
    if (i % 5 != 0) CHECK(batch.inputs[i] == batch.inputs[i - 1] + 1);
  }
}

TEST_CASE("a sequence is filled from its place, and the others stay as they are") {
  TokenBatch batch(3, 2);
  CHECK(batch.inputs == std::vector<Token>(6, 0));
  fill_sequence(counting(100), 40, 1, batch);
  CHECK(batch.inputs == std::vector<Token>{0, 0, 40, 41, 0, 0});
  CHECK(batch.targets == std::vector<Token>{0, 0, 41, 42, 0, 0});
}

TEST_CASE("a batch depends on the seed and on its number, and on nothing that was drawn before") {
  const std::vector<Token> tokens = counting(1000);
  TokenBatch first(2, 4), again(2, 4), other(2, 4);
  draw_batch(tokens, 7, 3, first);
  draw_batch(tokens, 7, 4, other);
  CHECK(other.inputs != first.inputs);
  draw_batch(tokens, 8, 3, other);
  CHECK(other.inputs != first.inputs);
  draw_batch(tokens, 7, 3, again);
  CHECK(again.inputs == first.inputs);
}

TEST_CASE("every place of the text is drawn sooner or later, the first and the last included") {
  std::set<Token> starts;
  TokenBatch batch(1, 4);
  for (Index number = 0; number < 200; ++number) {
    draw_batch(counting(8), 1, number, batch);
    starts.insert(batch.inputs[0]);
  }
  CHECK(starts == std::set<Token>{0, 1, 2, 3});
}

TEST_CASE("the split keeps the order, and refuses a text too short for a context") {
  const TokenSplit split = split_tokens(counting(100), 8);
  CHECK(split.training == counting(90));
  CHECK(split.validation == std::vector<Token>{90, 91, 92, 93, 94, 95, 96, 97, 98, 99});
  CHECK(split_tokens(counting(100), 8, 0.25).training == counting(25));
  CHECK_NOTHROW(split_tokens(counting(90), 8));
  CHECK_THROWS_WITH(split_tokens(counting(89), 9), Catch::Contains("too short for a context of 9"));
  CHECK_THROWS_WITH(split_tokens({}, 8), Catch::Contains("the text has 0 tokens"));
}
