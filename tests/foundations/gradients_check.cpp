#include <cmath>
#include <limits>
#include <vector>

#include "common/foundations/gradient_check.hpp"
#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("finite differences find the slopes of a cube and leave the parameters as they were") {
  std::vector<Real> places = {1, -2, Real(0.5)};
  const std::vector<Real> before = places;
  int calls = 0;
  const auto loss = [&] {
    ++calls;
    return std::pow(places[0], 3) + 10 * std::pow(places[1], 3) + 7 * places[2];
  };
  const std::vector<double> slopes = finite_differences(loss, places);
  REQUIRE(slopes.size() == 3);
  CHECK(slopes[0] == Catch::Approx(3).epsilon(1e-8));
  CHECK(slopes[1] == Catch::Approx(120).epsilon(1e-8));
  CHECK(slopes[2] == Catch::Approx(7).epsilon(1e-8));
  CHECK(places == before);
  CHECK(calls == 6);
}

TEST_CASE("finite differences of a cube are off by the square of the step") {
  std::vector<Real> place = {2};
  const auto loss = [&] { return std::pow(place[0], 3); };
  // ((2 + h)³ - (2 - h)³) / 2h = 12 + h²
  CHECK(finite_differences(loss, place, 0.1)[0] == Catch::Approx(12.01).epsilon(1e-9));
  CHECK(finite_differences(loss, place)[0] == Catch::Approx(12).epsilon(1e-9));
}

TEST_CASE("the error of a gradient is its largest one, in units of the largest slope") {
  const std::vector<Real> gradient = {1, -3, 10};
  CHECK(gradient_error(gradient, std::vector<double>{1, -3, 10}) == 0);
  CHECK(gradient_error(gradient, std::vector<double>{1.5, -3, -10}) == Catch::Approx(2));
  CHECK(gradient_error(gradient, std::vector<double>{1.5, -4, 10}) == Catch::Approx(0.1));
  CHECK(gradient_error(gradient, std::vector<double>{1, -20, 10}) == Catch::Approx(17.0 / 20));
}

TEST_CASE("slopes that are all next to nothing are measured in units of a millionth") {
  CHECK(gradient_error(std::vector<Real>{2e-7}, std::vector<double>{1e-7}) == Catch::Approx(0.1));
  CHECK(gradient_error(std::vector<Real>{3e-6}, std::vector<double>{2e-6}) == Catch::Approx(0.5));
}

TEST_CASE("a gradient that is no number, or infinite, is infinitely wrong wherever it stands") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> slopes = {1, 2, 3};
  for (std::size_t place = 0; place < 3; ++place) {
    for (const double strange : {nan, infinity, -infinity}) {
      std::vector<Real> gradient = {1, 2, 3};
      gradient[place] = static_cast<Real>(strange);
      CHECK(gradient_error(gradient, slopes) == infinity);
      std::vector<double> expected = slopes;
      expected[place] = strange;
      CHECK(gradient_error(std::vector<Real>{1, 2, 3}, expected) == infinity);
    }
  }
}

TEST_CASE("gradients of two sizes are not compared") {
  CHECK_THROWS_WITH(gradient_error(std::vector<Real>{1}, std::vector<double>{1, 2}),
                    "gradient_error: 1 derivatives against 2");
}
