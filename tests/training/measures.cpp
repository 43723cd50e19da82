#include <cmath>
#include <limits>
#include <vector>

#include "common/foundations/random.hpp"
#include "common/training/initialization.hpp"
#include "common/training/statistics.hpp"
#include "common/training/surprise.hpp"
#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("the root mean square of 3, 4 and zeros is worked out by hand") {
  Matrix values(2, 2);
  values << 3, 0, 0, -4;
  CHECK(root_mean_square(values) == Catch::Approx(2.5));
  CHECK(root_mean_square(Matrix::Constant(1, 1, -7)) == Catch::Approx(7));
  CHECK(root_mean_square(Matrix(0, 4)) == 0);
}

TEST_CASE("the root mean square of normal numbers is their deviation") {
  Generator generator(2);
  CHECK(root_mean_square(random_normal(200, 50, generator, 3)) == Catch::Approx(3).epsilon(0.03));
}

TEST_CASE("additions of the depth-scaled deviation add up to the deviation") {
  CHECK(residual_deviation(Real(0.02), 1) == Real(0.02));
  CHECK(residual_deviation(Real(0.02), 24) == Catch::Approx(0.02 / std::sqrt(24.0)));
  Generator generator(3);
  Matrix stream = Matrix::Zero(100, 50);
  for (int layer = 0; layer < 16; ++layer) {
    stream += random_normal(100, 50, generator, residual_deviation(1, 16));
  }
  CHECK(root_mean_square(stream) == Catch::Approx(1).epsilon(0.05));
}

TEST_CASE("a stream without additions has no depth to scale by") {
  CHECK_THROWS_WITH(residual_deviation(1, 0), "residual_deviation: 0 additions to the stream");
}

TEST_CASE("surprise is 0 for a sure prediction and ln V for an even one") {
  const Matrix even = Matrix::Constant(3, 8, Real(1) / 8);
  CHECK(next_token_surprise(even, std::vector<int>{0, 7, 3}) == Catch::Approx(std::log(8.0)));
  const Matrix sure = Matrix::Identity(3, 3);
  CHECK(next_token_surprise(sure, std::vector<int>{0, 1, 2}) == 0);
}

TEST_CASE("surprise is the mean over the rows") {
  Matrix probabilities(2, 2);
  probabilities << Real(0.5), Real(0.5), Real(0.75), Real(0.25);
  CHECK(next_token_surprise(probabilities, std::vector<int>{0, 1}) ==
        Catch::Approx((std::log(2.0) + std::log(4.0)) / 2));
}

TEST_CASE("a probability of zero surprises as the smallest positive number does") {
  constexpr Real smallest = std::numeric_limits<Real>::min();
  Matrix probabilities(1, 2), expected(1, 2);
  probabilities << 1, 0;
  expected << 0, -1 / smallest;
  const std::vector<int> targets = {1};
  CHECK(next_token_surprise(probabilities, targets) == Catch::Approx(-std::log(smallest)));
  CHECK(next_token_surprise_backward(probabilities, targets) == expected);
}

TEST_CASE("surprise refuses targets that are not columns, and none at all") {
  const Matrix probabilities = Matrix::Constant(1, 2, Real(0.5));
  CHECK_THROWS_WITH(next_token_surprise(probabilities, std::vector<int>{2}),
                    "next_token_surprise: target 2 is not one of 2");
  CHECK_THROWS_AS(next_token_surprise(probabilities, std::vector<int>{-1}), std::invalid_argument);
  CHECK_THROWS_AS(next_token_surprise(Matrix(0, 2), {}), std::invalid_argument);
  CHECK_THROWS_AS(next_token_surprise_backward(probabilities, std::vector<int>{0, 1}),
                  std::invalid_argument);
}
