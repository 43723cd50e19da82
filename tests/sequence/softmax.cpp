#include "common/sequence/softmax.hpp"

#include <cmath>
#include <vector>

#include "common/foundations/random.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {
constexpr Real infinity = std::numeric_limits<Real>::infinity();
}

TEST_CASE("softmax weights are positive and each row sums to 1") {
  Generator generator(1);
  const Matrix weights = softmax_rows(random_normal(7, 11, generator, 4));
  CHECK(weights.minCoeff() > 0);
  CHECK((weights.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-6);
}

TEST_CASE("softmax of 1, 2, 3 is what the hand finds") {
  Matrix scores(1, 3), expected(1, 3);
  scores << 1, 2, 3;
  expected << Real(0.0900306), Real(0.2447285), Real(0.6652410);
  CHECK(largest_difference(softmax_rows(scores), expected) < 1e-6);
}

TEST_CASE("adding one number to all scores of a row leaves its weights alone") {
  Generator generator(2);
  const Matrix scores = random_normal(4, 6, generator, 2);
  const Matrix weights = softmax_rows(scores);
  for (Real shift : {Real(-1000), Real(-3), Real(0.5), Real(1000)}) {
    INFO("shift " << shift);
    CHECK(largest_difference(softmax_rows((scores.array() + shift).matrix()), weights) < 1e-4);
  }
}

TEST_CASE("the odds between two options depend on nothing but the difference of their scores") {
  Matrix scores(2, 3);
  scores << 2, 1, 0, 7, 6, -3;
  const Matrix weights = softmax_rows(scores);
  CHECK(weights(0, 0) / weights(0, 1) == Catch::Approx(std::exp(1.0)).epsilon(1e-5));
  CHECK(weights(1, 0) / weights(1, 1) == Catch::Approx(std::exp(1.0)).epsilon(1e-5));
}

TEST_CASE("a single option has the weight 1, and its score is the log-sum-exp") {
  CHECK(softmax_rows(Matrix::Constant(2, 1, 5)) == Matrix::Ones(2, 1));
  CHECK(log_sum_exp(Vector::Constant(1, -3)) == -3);
}

TEST_CASE("softmax survives scores whose exponentials a float cannot hold") {
  Matrix scores(2, 3);
  scores << 1000, 1001, 1002, -1000, -1001, -1002;
  const Matrix weights = softmax_rows(scores);
  CHECK(weights.allFinite());
  CHECK(weights(0, 2) == Catch::Approx(0.665241).epsilon(1e-5));
  CHECK(weights(1, 0) == Catch::Approx(0.665241).epsilon(1e-5));
}

TEST_CASE("a score of -infinity gets a weight of exactly 0") {
  for (Index width : {3, 8, 19}) {
    Matrix scores = Matrix::Constant(1, width, 2);
    scores(0, 1) = -infinity;
    const Matrix weights = softmax_rows(scores);
    INFO("width " << width);
    CHECK(weights(0, 1) == 0);
    CHECK(weights(0, 0) == Catch::Approx(1.0 / static_cast<double>(width - 1)));
  }
}

TEST_CASE("a row of nothing but -infinity becomes zeros") {
  const Matrix weights = softmax_rows(Matrix::Constant(2, 5, -infinity));
  CHECK((weights.array() == 0).all());
}

TEST_CASE("a softmax over no scores is empty") {
  CHECK(softmax_rows(Matrix(3, 0)).cols() == 0);
  CHECK(softmax_rows(Matrix(0, 3)).rows() == 0);
}

TEST_CASE("one row in place: the weights of the scaled scores, and their log-sum-exp") {
  Vector row(3), expected(3);
  row << 2, 4, 6;  // times one half: 1, 2, 3
  expected << Real(0.0900306), Real(0.2447285), Real(0.6652410);
  CHECK(softmax_row_in_place(row, Real(0.5)) == Catch::Approx(3.4076059));
  CHECK(largest_difference(row, expected) < 1e-6);
  Vector forbidden = Vector::Constant(2, -infinity), none;
  CHECK(softmax_row_in_place(forbidden) == -infinity);
  CHECK(forbidden == Vector::Zero(2));
  CHECK(softmax_row_in_place(none) == -infinity);
}

TEST_CASE("softmax in place works on some columns of a larger matrix and leaves the rest alone") {
  Generator generator(3);
  Matrix scores = random_normal(3, 8, generator);
  const Matrix before = scores;
  softmax_rows_in_place(scores.middleCols(2, 4));
  CHECK(largest_difference(scores.middleCols(2, 4), softmax_rows(before.middleCols(2, 4))) < 1e-6);
  CHECK(largest_difference(scores.leftCols(2), before.leftCols(2)) == 0);
  CHECK(largest_difference(scores.rightCols(2), before.rightCols(2)) == 0);
}

TEST_CASE("softmax, its gradient and log-sum-exp agree with PyTorch") {
  const auto fixture = read_fixture("sequence_softmax");
  const Matrix scores = matrix_from(fixture["scores"]);
  const Matrix weights = softmax_rows(scores);
  CHECK(largest_difference(weights, matrix_from(fixture["weights"])) < 2e-6);
  const Matrix gradient = softmax_rows_backward(matrix_from(fixture["weight_gradient"]), weights);
  CHECK(largest_difference(gradient, matrix_from(fixture["score_gradient"])) < 2e-6);
  for (Index i = 0; i < scores.rows(); ++i) {
    const double expected = fixture["log_sum_exp"][static_cast<std::size_t>(i)];
    CHECK(log_sum_exp(scores.row(i)) == Catch::Approx(expected).epsilon(1e-5));
  }
}

TEST_CASE("a softmax gradient of the wrong shape is refused with both shapes") {
  CHECK_THROWS_WITH(softmax_rows_backward(Matrix::Zero(2, 3), Matrix::Zero(2, 4)),
                    "softmax_rows_backward: weight_gradient is (2, 3), expected (2, 4)");
}

TEST_CASE("log_sum_exp lies between the maximum and the maximum plus the logarithm of the count") {
  Generator generator(4);
  for (int trial = 0; trial < 20; ++trial) {
    const Vector scores = random_normal(1, 9, generator, 5).row(0);
    const Real result = log_sum_exp(scores);
    CHECK(result >= scores.maxCoeff());
    CHECK(result <= scores.maxCoeff() + std::log(Real(9)) + 1e-5);
  }
}

TEST_CASE("log_sum_exp does not overflow, and is -infinity where there is nothing to add") {
  CHECK(log_sum_exp(Vector::Constant(4, 1000)) == Catch::Approx(1000 + std::log(4.0)));
  CHECK(log_sum_exp(Vector::Constant(4, -1000)) == Catch::Approx(-1000 + std::log(4.0)));
  CHECK(log_sum_exp(Vector::Constant(4, -infinity)) == -infinity);
  CHECK(log_sum_exp(Vector()) == -infinity);
}

TEST_CASE("one pass finds the maximum and the sum that two passes find") {
  Generator generator(5);
  const Vector scores = random_normal(1, 50, generator, 6).row(0);
  OnlineSoftmax seen;
  for (Real score : scores) CHECK(seen.add(score) <= 1);
  CHECK(seen.maximum == scores.maxCoeff());
  CHECK(seen.maximum + std::log(seen.sum) == Catch::Approx(log_sum_exp(scores)).epsilon(1e-5));
}

TEST_CASE("the online mean is the mean with softmax weights, in whatever order the scores come") {
  Generator generator(6);
  Vector scores = random_normal(1, 33, generator, 8).row(0);
  scores(0) = scores(7) = -infinity;
  const Matrix values = random_normal(33, 4, generator);
  const Vector expected = softmax_rows(scores) * values;
  CHECK(largest_difference(online_weighted_mean(scores, values), expected) < 1e-5);
  const Vector reversed = online_weighted_mean(scores.reverse(), values.colwise().reverse());
  CHECK(largest_difference(reversed, expected) < 1e-5);
}

TEST_CASE("the online mean survives large scores, and is zero where every score is -infinity") {
  Matrix values(2, 1);
  values << 1, 3;
  CHECK(online_weighted_mean(Vector::Constant(2, 5000), values)(0) == Catch::Approx(2));
  CHECK(online_weighted_mean(Vector::Constant(2, -infinity), values)(0) == 0);
  CHECK_THROWS_WITH(online_weighted_mean(Vector::Zero(3), values),
                    "online_weighted_mean: values is (2, 1), expected (3, 1)");
}
