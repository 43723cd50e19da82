#include "common/foundations/random.hpp"

#include <vector>

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("the same seed gives the same matrix") {
  Generator first(7), second(7);
  CHECK(random_normal(3, 4, first) == random_normal(3, 4, second));
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
