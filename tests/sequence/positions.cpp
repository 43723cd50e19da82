#include "common/sequence/positions.hpp"

#include <cmath>

#include "common/foundations/random.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

TEST_CASE("sinusoidal encodings agree with PyTorch") {
  const Matrix expected = matrix_from(read_fixture("sequence_sinusoidal")["encodings"]);
  CHECK(largest_difference(sinusoidal_positions(9, 6), expected) < 1e-6);
}

TEST_CASE("position 0 is sines of 0 and cosines of 1, and position 1 turns the first hand by 1") {
  const Matrix encodings = sinusoidal_positions(2, 4);
  Matrix expected(2, 4);
  expected << 0, 1, 0, 1, Real(std::sin(1.0)), Real(std::cos(1.0)), Real(std::sin(0.01)),
      Real(std::cos(0.01));
  CHECK(largest_difference(encodings, expected) < 1e-7);
}

TEST_CASE("every encoding has the length sqrt(width / 2)") {
  const Matrix encodings = sinusoidal_positions(50, 32);
  CHECK((encodings.rowwise().norm().array() - 4).abs().maxCoeff() < 1e-5);
}

TEST_CASE("the dot product of two encodings depends only on their distance") {
  const Matrix encodings = sinusoidal_positions(200, 64);
  for (Index distance : {0, 1, 5, 40}) {
    const Real expected = encodings.row(0).dot(encodings.row(distance));
    for (Index start : {3, 77, 150}) {
      INFO("distance " << distance << " from position " << start);
      CHECK(encodings.row(start).dot(encodings.row(start + distance)) ==
            Catch::Approx(expected).margin(1e-4));
    }
  }
}

TEST_CASE("frequencies fall from 1 by a constant factor") {
  const std::vector<double> frequencies = angular_frequencies(8, 10000);
  REQUIRE(frequencies.size() == 4);
  CHECK(frequencies[0] == 1);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(frequencies[i] / frequencies[i - 1] == Catch::Approx(0.1));
  }
}

TEST_CASE("an odd or negative width has no pairs, and a width of 0 has none to turn") {
  CHECK(angular_frequencies(0).empty());
  CHECK_THROWS_WITH(angular_frequencies(-2),
                    "positions come in pairs of features: a width of -2 is not even");
  CHECK_THROWS_WITH(sinusoidal_positions(4, 5),
                    "positions come in pairs of features: a width of 5 is not even");
}

TEST_CASE("positions are added from the first position on") {
  Generator generator(7);
  const Matrix table = random_normal(6, 4, generator);
  const Matrix before = random_normal(3, 4, generator);
  Matrix rows = before;
  add_positions(rows, table, 2);
  CHECK(rows == before + table.middleRows(2, 3));
  add_positions(rows, table);
  CHECK(largest_difference(rows, before + table.middleRows(2, 3) + table.topRows(3)) < 1e-6);
}

TEST_CASE("a position beyond the table is refused with both shapes") {
  const Matrix table = Matrix::Zero(6, 4);
  Matrix rows = Matrix::Zero(3, 4), narrow = Matrix::Zero(3, 2);
  CHECK_NOTHROW(add_positions(rows, table, 3));
  CHECK_THROWS_WITH(add_positions(rows, table, 4),
                    "add_positions: 3 rows of 4 features from position 4 on do not fit a table of "
                    "positions that is (6, 4)");
  CHECK_THROWS_AS(add_positions(rows, table, -1), std::invalid_argument);
  CHECK_THROWS_AS(add_positions(narrow, table), std::invalid_argument);
  Matrix gradient = table;
  CHECK_NOTHROW(add_positions_backward(rows, gradient, 3));
  CHECK_THROWS_WITH(add_positions_backward(rows, gradient, 4),
                    "add_positions_backward: 3 rows of 4 features from position 4 on do not fit a "
                    "table of positions that is (6, 4)");
  CHECK_THROWS_AS(add_positions_backward(rows, gradient, -1), std::invalid_argument);
  CHECK_THROWS_AS(add_positions_backward(narrow, gradient), std::invalid_argument);
}
