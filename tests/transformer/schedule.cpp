#include "common/transformer/training/schedule.hpp"

#include <cmath>

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("the learning rate rises in a line, peaks, and falls along half a cosine") {
  const Schedule schedule{.peak = 1, .final = 0.1, .warm_up = 4, .steps = 104};
  CHECK(learning_rate(schedule, 0) == Catch::Approx(0.25));
  CHECK(learning_rate(schedule, 3) == Catch::Approx(1));
  CHECK(learning_rate(schedule, 4) == Catch::Approx(1));
  CHECK(learning_rate(schedule, 29) == Catch::Approx(0.55 + 0.45 * std::sqrt(0.5)));
  CHECK(learning_rate(schedule, 54) == Catch::Approx(0.55));
  CHECK(learning_rate(schedule, 104) == Catch::Approx(0.1));
  CHECK(learning_rate(schedule, 1000) == Catch::Approx(0.1));
}

TEST_CASE("a schedule that is all warm-up ends at its final rate") {
  const Schedule schedule{.peak = 1, .final = 0.1, .warm_up = 10, .steps = 10};
  CHECK(learning_rate(schedule, 9) == Catch::Approx(1));
  CHECK(learning_rate(schedule, 10) == Catch::Approx(1));
  CHECK(learning_rate(schedule, 11) == Catch::Approx(0.1));
}

TEST_CASE("a schedule without warm-up starts at its peak") {
  const Schedule schedule{.peak = 2, .final = 0, .warm_up = 0, .steps = 10};
  CHECK(learning_rate(schedule, 0) == Catch::Approx(2));
}
