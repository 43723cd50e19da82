#include "common/transformer/text/batches.hpp"

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

TEST_CASE("a batch is filled from places that the text has, in rows that it has") {
  const std::vector<Token> tokens = counting(10);
  TokenBatch batch(2, 4);
  CHECK_NOTHROW(fill_sequence(tokens, 5, 1, batch));
  CHECK(batch.targets[7] == 9);
  CHECK_THROWS_AS(fill_sequence(tokens, 6, 1, batch), std::invalid_argument);
  CHECK_THROWS_AS(fill_sequence(tokens, -1, 1, batch), std::invalid_argument);
  CHECK_THROWS_AS(fill_sequence(tokens, 0, 2, batch), std::invalid_argument);
  CHECK_THROWS_AS(fill_sequence(tokens, 0, -1, batch), std::invalid_argument);
  CHECK_THROWS_WITH(draw_batch(counting(4), 1, 0, batch), Catch::Contains("4 tokens is too short"));
  CHECK_NOTHROW(draw_batch(counting(5), 1, 0, batch));
}

TEST_CASE("a batch without sequences or tokens, and a share beyond the whole, are refused") {
  CHECK_THROWS_WITH(TokenBatch(0, 4), Catch::Contains("0 sequences of 4 tokens"));
  CHECK_THROWS_AS(TokenBatch(4, -1), std::invalid_argument);
  CHECK_THROWS_WITH(split_tokens(counting(100), 8, 1.5), Catch::Contains("a share of 1.5"));
  CHECK_THROWS_AS(split_tokens(counting(100), 8, -0.1), std::invalid_argument);
}
