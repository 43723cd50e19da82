#include "common/sequence/rotary.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "common/foundations/random.hpp"
#include "common/sequence/positions.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

constexpr RotaryLayout layouts[] = {RotaryLayout::adjacent_pairs, RotaryLayout::split_halves};

/// The dot product of a query at one position and a key at another.
Real score(const Vector& query, Index query_position, const Vector& key, Index key_position,
           const RotaryTable& table, RotaryLayout layout) {
  Matrix turned_query = query, turned_key = key;
  apply_rotary(turned_query, table, query_position, layout);
  apply_rotary(turned_key, table, key_position, layout);
  return turned_query.row(0).dot(turned_key.row(0));
}

}  // namespace

TEST_CASE("rotary positions agree with PyTorch in both layouts") {
  const auto fixture = read_fixture("sequence_rotary");
  const Matrix rows = matrix_from(fixture["rows"]);
  const Index first = fixture["first_position"];
  const RotaryTable table = rotary_table(first + rows.rows(), rows.cols(),
                                         static_cast<Real>(fixture["base"].get<double>()));
  Matrix adjacent = rows, halves = rows;
  apply_rotary(adjacent, table, first, RotaryLayout::adjacent_pairs);
  apply_rotary(halves, table, first, RotaryLayout::split_halves);
  CHECK(largest_difference(adjacent, matrix_from(fixture["adjacent_pairs"])) < 2e-6);
  CHECK(largest_difference(halves, matrix_from(fixture["split_halves"])) < 2e-6);
}

TEST_CASE("a pair (1, 0) at position t points at t radians") {
  const RotaryTable table = rotary_table(8, 2);
  for (Index t = 0; t < 8; ++t) {
    Matrix pair(1, 2);
    pair << 1, 0;
    apply_rotary(pair, table, t);
    CHECK(pair(0, 0) == Catch::Approx(std::cos(static_cast<double>(t))).margin(1e-6));
    CHECK(pair(0, 1) == Catch::Approx(std::sin(static_cast<double>(t))).margin(1e-6));
  }
}

TEST_CASE("a score of rotated rows depends on the distance and not on the place") {
  Generator generator(8);
  const RotaryTable table = rotary_table(300, 16);
  const Vector query = random_normal(1, 16, generator).row(0);
  const Vector key = random_normal(1, 16, generator).row(0);
  for (RotaryLayout layout : layouts) {
    for (Index distance : {0, 1, 9, 100}) {
      const Real expected = score(query, distance, key, 0, table, layout);
      for (Index shift : {1, 50, 199}) {
        INFO("distance " << distance << " moved by " << shift);
        CHECK(score(query, distance + shift, key, shift, table, layout) ==
              Catch::Approx(expected).margin(2e-5));
      }
    }
  }
}

TEST_CASE("a score of rotated rows changes with the distance, and with its sign") {
  const RotaryTable table = rotary_table(10, 4);
  Vector query(4), key(4);
  query << 1, 2, 0, 1;
  key << 0, 1, 1, 1;
  const RotaryLayout layout = RotaryLayout::adjacent_pairs;
  const Real here = score(query, 3, key, 3, table, layout);
  CHECK(here == Catch::Approx(query.dot(key)));
  CHECK(std::abs(score(query, 4, key, 3, table, layout) - here) > 0.05);
  CHECK(std::abs(score(query, 4, key, 3, table, layout) - score(query, 3, key, 4, table, layout)) >
        0.1);
}

TEST_CASE("position 0 turns nothing, and no position changes a length") {
  Generator generator(9);
  const RotaryTable table = rotary_table(100, 8);
  const Matrix rows = random_normal(100, 8, generator);
  for (RotaryLayout layout : layouts) {
    Matrix turned = rows;
    apply_rotary(turned, table, 0, layout);
    CHECK(largest_difference(turned.row(0), rows.row(0)) == 0);
    CHECK((turned.rowwise().norm() - rows.rowwise().norm()).array().abs().maxCoeff() < 1e-5);
  }
}

TEST_CASE("the inverse undoes the rotation") {
  Generator generator(10);
  const RotaryTable table = rotary_table(40, 8);
  const Matrix rows = random_normal(30, 8, generator);
  for (RotaryLayout layout : layouts) {
    Matrix turned = rows;
    apply_rotary(turned, table, 10, layout);
    CHECK(largest_difference(turned, rows) > 0.5);
    apply_rotary_inverse(turned, table, 10, layout);
    CHECK(largest_difference(turned, rows) < 1e-5);
  }
}

TEST_CASE("rows from a first position on are the rows that a longer sequence has there") {
  Generator generator(11);
  const RotaryTable table = rotary_table(12, 4);
  const Matrix rows = random_normal(12, 4, generator);
  Matrix all = rows, last = rows.bottomRows(5);
  apply_rotary(all, table);
  apply_rotary(last, table, 7);
  CHECK(largest_difference(last, all.bottomRows(5)) == 0);
}

TEST_CASE("one head's columns turn and the other heads stay") {
  Generator generator(12);
  const RotaryTable table = rotary_table(5, 4);
  const Matrix before = random_normal(5, 12, generator);
  Matrix rows = before;
  apply_rotary(rows.middleCols(4, 4), table);
  CHECK(largest_difference(rows.leftCols(4), before.leftCols(4)) == 0);
  CHECK(largest_difference(rows.rightCols(4), before.rightCols(4)) == 0);
  CHECK(largest_difference(rows.middleCols(4, 4), before.middleCols(4, 4)) > 0.1);
}

TEST_CASE("weights converted from one layout to the other give the same scores") {
  Generator generator(13);
  const Index heads = 2, width = 6, length = 7;
  const Matrix inputs = random_normal(length, 5, generator);
  const Matrix query_weights = random_normal(heads * width, 5, generator);
  const Matrix key_weights = random_normal(heads * width, 5, generator);
  const RotaryTable table = rotary_table(length, width);
  const auto head_scores = [&](const Matrix& for_queries, const Matrix& for_keys, Index head,
                               RotaryLayout layout) {
    Matrix queries = (inputs * for_queries.transpose()).middleCols(head * width, width);
    Matrix keys = (inputs * for_keys.transpose()).middleCols(head * width, width);
    apply_rotary(queries, table, 0, layout);
    apply_rotary(keys, table, 0, layout);
    return Matrix(queries * keys.transpose());
  };
  const auto [from, to] = layouts;
  const Matrix converted_queries = convert_rotary_weights(query_weights, heads, from, to);
  const Matrix converted_keys = convert_rotary_weights(key_weights, heads, from, to);
  for (Index head = 0; head < heads; ++head) {
    const Matrix expected = head_scores(query_weights, key_weights, head, from);
    CHECK(largest_difference(head_scores(converted_queries, converted_keys, head, to), expected) <
          1e-4);
    CHECK(largest_difference(head_scores(query_weights, key_weights, head, to), expected) > 0.1);
  }
}

TEST_CASE("converting weights there and back changes nothing, and 0 1 2 3 becomes 0 2 1 3") {
  Matrix weights(8, 1), expected(8, 1);
  weights << 0, 1, 2, 3, 4, 5, 6, 7;
  expected << 0, 2, 1, 3, 4, 6, 5, 7;
  const auto [adjacent, halves] = layouts;
  const Matrix converted = convert_rotary_weights(weights, 2, adjacent, halves);
  CHECK(largest_difference(converted, expected) == 0);
  CHECK(largest_difference(convert_rotary_weights(converted, 2, halves, adjacent), weights) == 0);
  CHECK(largest_difference(convert_rotary_weights(weights, 2, halves, halves), weights) == 0);
}

TEST_CASE("interpolation by 4 puts position 4t where t was") {
  const RotaryTable plain = rotary_table(8, 6), stretched = interpolated_rotary_table(32, 6, 4);
  for (Index t = 0; t < 8; ++t) {
    CHECK(largest_difference(stretched.cosines.row(4 * t), plain.cosines.row(t)) < 1e-6);
    CHECK(largest_difference(stretched.sines.row(4 * t), plain.sines.row(t)) < 1e-6);
  }
}

TEST_CASE("a scaled base slows the slowest hand by the factor and the fastest not at all") {
  const std::vector<double> plain = angular_frequencies(16, 10000);
  const std::vector<double> scaled = angular_frequencies(16, scaled_rotary_base(10000, 4, 16));
  CHECK(scaled.front() == plain.front());
  CHECK(plain.back() / scaled.back() == Catch::Approx(4).epsilon(1e-5));
  CHECK(scaled_rotary_base(100, 3, 4) == Catch::Approx(900));
}

TEST_CASE("what does not fit a rotary table is refused with both shapes") {
  const RotaryTable table = rotary_table(6, 4);
  Matrix rows = Matrix::Zero(3, 4), wide = Matrix::Zero(3, 8);
  CHECK_NOTHROW(apply_rotary(rows, table, 3));
  CHECK_THROWS_WITH(apply_rotary(rows, table, 4),
                    "apply_rotary: rows that are (3, 4), from position 4 on, do not fit a table "
                    "that is (6, 2)");
  CHECK_THROWS_AS(apply_rotary_inverse(wide, table), std::invalid_argument);
  CHECK_THROWS_AS(apply_rotary(rows, table, -1), std::invalid_argument);
  CHECK_THROWS_AS(rotary_table(6, 5), std::invalid_argument);
  CHECK_THROWS_AS(interpolated_rotary_table(6, 4, 0), std::invalid_argument);
  CHECK_THROWS_AS(interpolated_rotary_table(6, 4, -1), std::invalid_argument);
  CHECK_THROWS_AS(scaled_rotary_base(10000, 2, 2), std::invalid_argument);
  CHECK_THROWS_AS(scaled_rotary_base(10000, 2, 5), std::invalid_argument);
  const RotaryTable uneven{table.cosines, Matrix::Zero(6, 3)};
  CHECK_THROWS_WITH(apply_rotary(rows, uneven),
                    "apply_rotary: table.sines is (6, 3), expected (6, 2)");
  const RotaryTable cut{table.cosines, Matrix::Zero(5, 2)};
  CHECK_THROWS_WITH(apply_rotary(rows, cut),
                    "apply_rotary: table.sines is (5, 2), expected (6, 2)");
  CHECK_THROWS_WITH(
      convert_rotary_weights(Matrix::Zero(6, 2), 2, layouts[0], layouts[1]),
      "convert_rotary_weights: weights that are (6, 2) do not split into 2 heads of an even width");
  for (const Index heads : {0, -1}) {
    CHECK_THROWS_WITH(convert_rotary_weights(Matrix::Zero(2, 6), heads, layouts[0], layouts[1]),
                      Catch::Contains("do not split into " + std::to_string(heads) + " heads"));
  }
}
