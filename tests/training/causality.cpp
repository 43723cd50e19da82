#include "common/training/causality.hpp"

#include <vector>

#include "tests/catch.hpp"

using namespace llm;

namespace {

/// Row t is the sum of the tokens from 0 to t + ahead.
TokenModel running_sum(Index ahead) {
  return [ahead](std::span<const int> tokens) {
    const Index length = static_cast<Index>(tokens.size());
    Matrix sums = Matrix::Zero(length, 1);
    for (Index t = 0; t < length; ++t) {
      for (Index s = 0; s <= std::min(length - 1, t + ahead); ++s) {
        sums(t, 0) += static_cast<Real>(tokens[static_cast<std::size_t>(s)]);
      }
    }
    return sums;
  };
}

const std::vector<int> sentence = {2, 0, 1, 1};

}  // namespace

TEST_CASE("a model that sums what it has read so far leaks nothing") {
  CHECK(future_leak(running_sum(0), sentence, 3) == 0);
  CHECK(future_leak(running_sum(-1), sentence, 3) == 0);
}

TEST_CASE("a model that reads one token ahead leaks by as much as that token can change") {
  CHECK(future_leak(running_sum(1), sentence, 3) == 2);
}

TEST_CASE("a leak at one position only is found") {
  const TokenModel peeks_once = [](std::span<const int> tokens) {
    Matrix rows = Matrix::Zero(static_cast<Index>(tokens.size()), 1);
    rows(1, 0) = static_cast<Real>(tokens[3]);
    return rows;
  };
  CHECK(future_leak(peeks_once, sentence, 3) == 1);
}

TEST_CASE("a leak of the second token into the first row is found, down as well as up") {
  const TokenModel peeks_at_second = [](std::span<const int> tokens) {
    Matrix rows = Matrix::Zero(static_cast<Index>(tokens.size()), 1);
    rows(0, 0) = static_cast<Real>(tokens[1]);
    return rows;
  };
  CHECK(future_leak(peeks_at_second, std::vector<int>{0, 2, 1, 1}, 3) == 2);
  CHECK(future_leak(peeks_at_second, std::vector<int>{0, 0, 1, 1}, 3) == 2);
}

TEST_CASE("one token is changed at a time") {
  CHECK(future_leak(running_sum(3), std::vector<int>{1, 1, 1, 1}, 3) == 1);
}

TEST_CASE("a single token has no future to leak") {
  CHECK(future_leak(running_sum(1), std::vector<int>{1}, 3) == 0);
}
