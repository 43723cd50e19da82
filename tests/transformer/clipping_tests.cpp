#include "common/transformer/training/clipping.hpp"

#include <limits>
#include <vector>

#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("a gradient longer than the largest norm is shortened to it, a shorter one is left") {
  for (const int threads : {1, 3}) {
    ThreadTeam team(threads);
    std::vector<Real> gradients = {3, 0, 0, -4, 0};
    CHECK(clip_gradients(gradients, 6, team) == Catch::Approx(5));
    CHECK(gradients == std::vector<Real>{3, 0, 0, -4, 0});
    CHECK(clip_gradients(gradients, 0, team) == Catch::Approx(5));
    CHECK(gradients == std::vector<Real>{3, 0, 0, -4, 0});
    CHECK(clip_gradients(gradients, 1, team) == Catch::Approx(5));
    CHECK(gradients[0] == Catch::Approx(0.6));
    CHECK(gradients[3] == Catch::Approx(-0.8));
  }
}

TEST_CASE("a gradient that is not a number stops the step before anything changes") {
  ThreadTeam team(2);
  for (const Real bad :
       {std::numeric_limits<Real>::quiet_NaN(), std::numeric_limits<Real>::infinity()}) {
    std::vector<Real> gradients = {1, 2, bad, 9};
    CHECK_THROWS_AS(clip_gradients(gradients, 1, team), Diverged);
    CHECK(gradients[3] == 9);
  }
}

TEST_CASE("the norm of a gradient has the same bits on any number of threads") {
  Generator generator(5);
  const Matrix numbers = random_normal(1, 1'500'007, generator);
  ThreadTeam one(1), three(3), seven(7);
  const double norm = global_norm(span_of(numbers), one);
  CHECK(norm == global_norm(span_of(numbers), three));
  CHECK(norm == global_norm(span_of(numbers), seven));
  CHECK(norm == Catch::Approx(numbers.cast<double>().norm()).epsilon(1e-6));
}

TEST_CASE("the norm of few numbers, and of none, is theirs") {
  ThreadTeam team(2);
  const std::vector<Real> three = {2, 3, 6};
  CHECK(global_norm(three, team) == Catch::Approx(7));
  CHECK(global_norm({}, team) == 0);
}
