#include "common/foundations/machine.hpp"

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("the fastest run is timed over at least as many runs as asked for") {
  int runs = 0;
  const double seconds = fastest_seconds([&] { ++runs; }, 5);
  CHECK(runs >= 5);
  CHECK(seconds < 0.02);
}

TEST_CASE("the limit of multiply-adds is one that a core of today can have") {
  const double limit = multiply_add_limit();
  CHECK(limit > 1);
  CHECK(limit < 2000);
}
