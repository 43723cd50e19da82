#include "common/transformer/generation/sampler.hpp"

#include <cmath>
#include <limits>

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("greedy sampling takes the highest logit, and the first of equals") {
  Vector logits(4);
  logits << 1, 3, 3, 2;
  CHECK(greedy_token(logits) == 1);
  Generator generator(1);
  CHECK(sample_token(logits, 0, generator) == 1);
}

TEST_CASE("sampling draws each token as often as the softmax says") {
  Vector logits(3);
  logits << 0, std::log(Real(2)), std::log(Real(5));
  Generator generator(2);
  Vector counts = Vector::Zero(3);
  for (int i = 0; i < 8000; ++i) counts(sample_token(logits, 1, generator)) += 1;
  CHECK(counts(0) / 8000 == Catch::Approx(1.0 / 8).margin(0.015));
  CHECK(counts(1) / 8000 == Catch::Approx(2.0 / 8).margin(0.015));
  CHECK(counts(2) / 8000 == Catch::Approx(5.0 / 8).margin(0.015));
}

TEST_CASE("a temperature of one half squares the odds") {
  Vector logits(2);
  logits << 0, std::log(Real(3));
  Generator generator(3);
  double ones = 0;
  for (int i = 0; i < 8000; ++i) ones += sample_token(logits, 0.5, generator);
  CHECK(ones / 8000 == Catch::Approx(0.9).margin(0.015));
}

TEST_CASE("a temperature of two takes the root of the odds") {
  Vector logits(2);
  logits << std::log(Real(9)), 0;
  Generator generator(5);
  double zeros = 0;
  for (int i = 0; i < 8000; ++i) zeros += sample_token(logits, 2, generator) == 0;
  CHECK(zeros / 8000 == Catch::Approx(0.75).margin(0.015));
}

TEST_CASE("huge logits and a logit of minus infinity are safe, a negative temperature is refused") {
  Vector logits(3);
  logits << -std::numeric_limits<Real>::infinity(), 10000, 9000;
  Generator generator(4);
  for (int i = 0; i < 100; ++i) CHECK(sample_token(logits, 1, generator) == 1);
  CHECK_THROWS_AS(sample_token(logits, -1, generator), std::invalid_argument);
  CHECK_THROWS_AS(sample_token(logits, std::nan(""), generator), std::invalid_argument);
}
