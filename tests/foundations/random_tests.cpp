#include "common/foundations/random.hpp"

#include <cmath>
#include <vector>

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("the same seed gives the same matrix") {
  Generator first(7), second(7);
  CHECK(random_normal(3, 4, first) == random_normal(3, 4, second));
}

TEST_CASE(
    "a uniform number is the upper bits of the generator's word, as the standard defines it") {
  // [rand.predef]: the 10000th word of a default mt19937_64 is 9981545732273789042.
  Generator generator;
  generator.discard(9999);
  CHECK(uniform(generator) == static_cast<double>(9981545732273789042U >> 11U) / (1ULL << 53U));
}

TEST_CASE("uniform numbers fill the range from 0 to 1 evenly") {
  Generator generator(4);
  std::vector<int> counts(10, 0);
  for (int i = 0; i < 10000; ++i) ++counts.at(static_cast<std::size_t>(10 * uniform(generator)));
  for (int count : counts) CHECK(count == Catch::Approx(1000).margin(150));
}

TEST_CASE("normal numbers lie within one deviation and within two as often as they should") {
  Generator generator(5);
  int within_one = 0, within_two = 0;
  for (int i = 0; i < 20000; ++i) {
    const double number = std::abs(normal(generator));
    within_one += number < 1;
    within_two += number < 2;
  }
  CHECK(within_one / 20000.0 == Catch::Approx(0.6827).margin(0.012));
  CHECK(within_two / 20000.0 == Catch::Approx(0.9545).margin(0.006));
}

TEST_CASE("normal numbers have the mean and the deviation asked for") {
  Generator generator(1);
  const Matrix numbers = random_normal(200, 200, generator, 3);
  CHECK(numbers.mean() == Catch::Approx(0).margin(0.05));
  CHECK(numbers.array().square().mean() == Catch::Approx(9).epsilon(0.03));
}

TEST_CASE("uniform indices reach each of their values and no other") {
  Generator generator(2);
  std::vector<int> counts(5, 0);
  for (int i = 0; i < 1000; ++i) ++counts.at(static_cast<std::size_t>(uniform_index(5, generator)));
  for (int count : counts) CHECK(count > 150);
  CHECK_THROWS_WITH(uniform_index(0, generator), "uniform_index: there is nothing to choose from");
}
