#include "chapters/02_sequence/exercises.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "chapters/02_sequence/mistakes/2.1b_down_the_columns.hpp"
#include "chapters/02_sequence/mistakes/2.1b_logarithm_of_weights.hpp"
#include "chapters/02_sequence/mistakes/2.1b_no_shift.hpp"
#include "chapters/02_sequence/mistakes/2.1b_one_maximum.hpp"
#include "chapters/02_sequence/mistakes/2.1c_factor_upside_down.hpp"
#include "chapters/02_sequence/mistakes/2.1c_nothing_minus_nothing.hpp"
#include "chapters/02_sequence/mistakes/2.1c_sums_added.hpp"
#include "chapters/02_sequence/mistakes/2.2b_degrees.hpp"
#include "chapters/02_sequence/mistakes/2.2b_from_one.hpp"
#include "chapters/02_sequence/mistakes/2.2b_half_the_exponent.hpp"
#include "chapters/02_sequence/mistakes/2.2b_interleaved.hpp"
#include "chapters/02_sequence/mistakes/2.2c_backward.hpp"
#include "chapters/02_sequence/mistakes/2.2c_degrees.hpp"
#include "chapters/02_sequence/mistakes/2.2c_one_speed.hpp"
#include "chapters/02_sequence/mistakes/2.3b_clockwise.hpp"
#include "chapters/02_sequence/mistakes/2.3b_degrees.hpp"
#include "chapters/02_sequence/mistakes/2.3b_from_one.hpp"
#include "chapters/02_sequence/mistakes/2.3b_neighbors.hpp"
#include "chapters/02_sequence/mistakes/2.3b_overwritten.hpp"
#include "chapters/02_sequence/mistakes/2.3c_across_heads.hpp"
#include "chapters/02_sequence/mistakes/2.3c_other_way.hpp"
#include "chapters/02_sequence/mistakes/2.3c_rows.hpp"
#include "chapters/02_sequence/solutions.hpp"
#include "tests/exercises/check.hpp"

using namespace llm;

namespace {

constexpr Real infinity = std::numeric_limits<Real>::infinity();
constexpr double degree = std::numbers::pi / 180;

/// Whether two matrices have one shape and nearly the same entries.
bool alike(const MatrixRef& a, const MatrixRef& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && (a - b).array().abs().maxCoeff() < 1e-4;
}

/// A matrix of one row.
Matrix row_of(std::initializer_list<double> entries) {
  Matrix row(1, static_cast<Index>(entries.size()));
  Index j = 0;
  for (double entry : entries) row(0, j++) = static_cast<Real>(entry);
  return row;
}

/// Throws unless the answer has the shape that the statement names.
void expect_shape(const MatrixRef& answer, Index rows, Index columns) {
  expect(answer.rows() == rows && answer.cols() == columns,
         "Your result is " + shape_text(answer.rows(), answer.cols()) + ", expected " +
             shape_text(rows, columns) + ".");
}

// 2.1b

using LogSoftmax = std::function<Matrix(const MatrixRef&)>;

void check_log_softmax_by_hand(const LogSoftmax& log_softmax) {
  Matrix scores(2, 3), expected(2, 3);
  scores << 2, 1, -1, 0, 0, 0;
  expected << Real(-0.34901), Real(-1.34901), Real(-3.34901), Real(-1.09861), Real(-1.09861),
      Real(-1.09861);
  const Matrix answer = log_softmax(scores);
  expect_shape(answer, 2, 3);
  const Matrix weights = answer.array().exp();
  const auto ones = [](const auto& sums) { return (sums.array() - 1).abs().maxCoeff() < 1e-4; };
  expect(ones(weights.rowwise().sum()) || !ones(weights.colwise().sum()),
         "The exponentials of your columns add up to 1, those of your rows do not: does your "
         "softmax run down the columns?");
  expect(!ones(answer.rowwise().sum()),
         "Your rows add up to 1: these are the weights. Return their logarithms.");
  expect(ones(weights.rowwise().sum()),
         "The exponentials of each row must add up to 1. Is the logarithm of the row's sum taken "
         "off every score, and the maximum taken off as often as it is added?");
  expect_close(answer, expected, "Wrong for the scores 2, 1, -1 and 0, 0, 0.");
}

void check_log_softmax(const LogSoftmax& log_softmax) {
  check_log_softmax_by_hand(log_softmax);
  const Matrix large = log_softmax(row_of({1002, 1001, 999}));
  expect(large.allFinite(),
         "Scores of 1000 overflow: take the largest score of the row off before the exponential.");
  expect_close(large, row_of({-0.34901, -1.34901, -3.34901}), "Wrong for 1002, 1001, 999.", 1e-3);
  const Matrix small = log_softmax(row_of({0, -200}));
  expect(small.allFinite(),
         "The logarithm of a weight that has become 0 is lost. Compute the logarithm from the "
         "score, without computing the weight.");
  expect_close(small, row_of({0, -200}), "Wrong for the scores 0 and -200.");
  Matrix mixed(2, 2), expected(2, 2);
  mixed << 1000, 1000, 0, 0;
  expected.setConstant(Real(-0.69315));
  const Matrix answer = log_softmax(mixed);
  expect(answer.row(1).allFinite(),
         "A row of small scores below a row of large ones is lost: take off each row's own "
         "maximum, not that of the whole matrix.");
  expect_close(answer, expected, "Wrong for the rows 1000, 1000 and 0, 0.", 1e-3);
}

// 2.1c

using Merge = std::function<OnlineSoftmax(const OnlineSoftmax&, const OnlineSoftmax&)>;

/// Maximum and sum as a matrix that messages can show.
Matrix as_row(const OnlineSoftmax& seen) {
  return row_of({seen.maximum, seen.sum});
}

void check_merge(const Merge& merge) {
  // The scores 1 and 3, and the score 2: the sum is e^-2 + 1 and e^0.
  const OnlineSoftmax left{.maximum = 3, .sum = Real(1.135335)}, right{.maximum = 2, .sum = 1};
  const OnlineSoftmax empty;
  const OnlineSoftmax whole = merge(left, right);
  expect(whole.maximum == 3, "The maximum of the whole row is the larger of the two maxima.");
  expect(std::abs(whole.sum - 2.135335) > 1e-4,
         "You add the two sums as they are. They are counted from different maxima: bring both to "
         "the larger one first.");
  expect(std::abs(whole.sum - 3.853617) > 1e-4,
         "Your factor is upside down: when the maximum grows, the sum must shrink.");
  expect_close(as_row(whole), row_of({3, 1.503214}),
               "Wrong for the scores 1, 3 on the left and 2 on the right (maximum, sum).");
  expect_close(as_row(merge(right, left)), row_of({3, 1.503214}),
               "The halves must be allowed to change places (maximum, sum).");
  expect_close(as_row(merge({.maximum = 1000, .sum = 2}, {.maximum = -1000, .sum = 3})),
               row_of({1000, 2}), "Maxima of 1000 and -1000 (maximum, sum).");
  expect_close(as_row(merge(left, empty)), as_row(left),
               "With nothing on the right the whole is the left half (maximum, sum).");
  expect_close(as_row(merge(empty, right)), as_row(right),
               "With nothing on the left the whole is the right half (maximum, sum).");
  const OnlineSoftmax nothing = merge(empty, empty);
  expect(nothing.sum == 0 && nothing.maximum == -infinity,
         "Two empty halves make an empty row, with the maximum -infinity and the sum 0: -infinity "
         "minus -infinity is not a number.");
}

// 2.2b

using Sinusoids = std::function<Matrix(Index, Index)>;

void check_sinusoids(const Sinusoids& sinusoids) {
  const std::array<double, 3> speeds = {1, 0.0464158883, 0.0021544347};
  Matrix expected(5, 6);
  for (Index t = 0; t < 5; ++t) {
    for (Index i = 0; i < 3; ++i) {
      const double angle = static_cast<double>(t) * speeds[static_cast<std::size_t>(i)];
      expected(t, i) = static_cast<Real>(std::sin(angle));
      expected(t, i + 3) = static_cast<Real>(std::cos(angle));
    }
  }
  const Matrix answer = sinusoids(5, 6);
  expect_shape(answer, 5, 6);
  expect(!alike(answer.row(0), row_of({0, 1, 0, 1, 0, 1})),
         "Your sines and cosines stand side by side. Here all sines come first, then all cosines.");
  expect(!alike(answer.row(0), row_of({1, 1, 1, 0, 0, 0})),
         "Your cosines are on the left: the sines come first.");
  expect(!alike(answer.row(0), expected.row(1)),
         "Your first row is that of position 1: the positions begin at 0.");
  expect_close(answer.row(0), expected.row(0), "Row 0: at position 0 all angles are 0.");
  expect(std::abs(answer(1, 0) - std::sin(degree)) > 1e-4,
         "Position 1 turns your first hand by one degree: the angles are radians, and so are the "
         "arguments of std::sin.");
  expect(std::abs(answer(1, 1) - std::sin(std::sqrt(speeds[1]))) > 1e-4,
         "Your second hand is too fast: the exponent is -2i/d, where i is the number of the pair.");
  expect_close(answer, expected, "Wrong for 5 positions of 6 features.");
}

// 2.2c

using Shift = std::function<Vector(const VectorRef&, Index)>;

/// The stamp of a position with 4 features: two hands, at 1 and 0.01 radians a position.
Matrix stamp(double position) {
  return row_of(
      {std::sin(position), std::cos(position), std::sin(position / 100), std::cos(position / 100)});
}

void check_shift(const Shift& shift_encoding) {
  const auto shifted = [&](double from, Index shift) {
    const Vector answer = shift_encoding(stamp(from).row(0), shift);
    expect_shape(answer, 1, 4);
    return answer;
  };
  expect_close(shifted(3, 0), stamp(3), "A shift of 0 must change nothing.");
  const Vector one = shifted(3, 1);
  expect(!alike(one, stamp(2)),
         "A shift of 1 makes the stamp of position 3 that of position 2: your hands turn backward. "
         "The first feature of a pair is the sine, the second the cosine.");
  expect(std::abs(one(2) - std::sin(1.03)) > 1e-4,
         "Your second pair turns as fast as the first: hand i turns by 10000^(-2i/d) a position.");
  expect(!alike(one, stamp(3 + degree)),
         "A shift of 1 turns your first hand by one degree: the angles are radians.");
  expect_close(one, stamp(4), "A shift of 1 must make the stamp of position 4 from that of 3.");
  expect_close(shifted(7, 5), stamp(12),
               "A shift of 5 must make the stamp of position 12 from that of 7.");
  expect_close(shifted(7, -5), stamp(2), "A shift of -5 must make the stamp of 2 from that of 7.");
  expect_close(shifted(0, 300), stamp(300), "A shift of 300 from position 0.");
}

// 2.3b

using Rotate = std::function<Matrix(const MatrixRef&, Index, Real)>;

/// The row 1, 2, 3, 4 with its halves' pairs (1, 3) and (2, 4) turned by two angles.
Matrix turned_row(double first, double second) {
  const auto turned = [](double x, double y, double angle) {
    return std::pair(x * std::cos(angle) - y * std::sin(angle),
                     x * std::sin(angle) + y * std::cos(angle));
  };
  const auto [a, c] = turned(1, 3, first);
  const auto [b, d] = turned(2, 4, second);
  return row_of({a, b, c, d});
}

void check_one_position(const Rotate& rotate_halves) {
  const Matrix row = row_of({1, 2, 3, 4});
  const Matrix here = rotate_halves(row, 0, 100);
  expect_shape(here, 1, 4);
  expect_close(here, row, "At position 0 nothing turns. Do you count positions from 1?");
  const Matrix one = rotate_halves(row, 1, 100);
  expect(!alike(one, row), "Position 1 turns nothing: is first_position used?");
  expect(std::abs(one.norm() - row.norm()) < 1e-4,
         "A rotation keeps the length of the row, yours does not: is x overwritten before y is "
         "computed from it?");
  expect(!alike(one, turned_row(degree, degree / 10)),
         "Position 1 turns the first pair by one degree: the angles are radians.");
  expect(!alike(one, turned_row(-1, -0.1)),
         "Your pairs turn the other way: the sine of x is added to y and that of y taken from x.");
  expect(std::abs(one.leftCols(2).norm() - row.leftCols(2).norm()) > 1e-4,
         "You pair neighbors, feature 2i with 2i + 1. In split halves the partner of feature i is "
         "feature i + d/2.");
  expect_close(one, turned_row(1, 0.1), "The row 1, 2, 3, 4 at position 1 with the base 100.");
}

void check_rotate(const Rotate& rotate_halves) {
  check_one_position(rotate_halves);
  Matrix rows(3, 4), expected(3, 4);
  for (Index t = 0; t < 3; ++t) {
    const auto position = static_cast<double>(5 + t);
    rows.row(t) = row_of({1, 2, 3, 4});
    expected.row(t) = turned_row(position, position / 100);
  }
  expect_close(rotate_halves(rows, 5, 10000), expected,
               "Three rows at positions 5, 6 and 7 with the base 10000.");
}

// 2.3c

using Convert = std::function<Matrix(const MatrixRef&, Index)>;

/// The columns of `matrix` in another order.
Matrix columns_in_order(const Matrix& matrix, const std::array<Index, 12>& order) {
  Matrix result = matrix;
  for (Index j = 0; j < 12; ++j) result.col(j) = matrix.col(order[static_cast<std::size_t>(j)]);
  return result;
}

void check_convert(const Convert& to_split_halves) {
  Matrix weights(12, 12);
  for (Index i = 0; i < 12; ++i) {
    for (Index j = 0; j < 12; ++j) weights(i, j) = static_cast<Real>(100 * i + j);
  }
  const Matrix expected = columns_in_order(weights, {0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11});
  expect_shape(to_split_halves(weights.topRows(3), 2), 3, 12);
  const Matrix answer = to_split_halves(weights, 2);
  expect(!alike(answer, weights), "Your weights are what they were before.");
  const Matrix sorted = answer.array() - answer.col(0).replicate(1, 12).array();
  expect(!alike(sorted, weights.row(0).replicate(12, 1)),
         "You reorder the rows, which belong to the inputs. A column makes a feature: reorder the "
         "columns.");
  expect(!alike(answer, columns_in_order(weights, {0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11})),
         "You reorder all columns at once, and move features from one head to another. Reorder "
         "within each head.");
  expect(!alike(answer, columns_in_order(weights, {0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11})),
         "You convert the other way, from split halves to adjacent pairs.");
  expect_close(answer, expected, "Two heads of 6 features; entry (i, j) is 100 i + j.");
  expect_close(to_split_halves(weights.leftCols(6).topRows(2), 1), expected.topLeftCorner(2, 6),
               "One head of 6 features.");
}

}  // namespace

std::vector<Exercise> llm::exercises() {
  const auto bind = [](auto check, auto function) { return [=] { check(function); }; };
  return {
      {"2.1b",
       "The logarithm of softmax",
       bind(check_log_softmax, ::exercises::log_softmax),
       bind(check_log_softmax, solutions::log_softmax),
       {{"down_the_columns", bind(check_log_softmax, mistakes::down_the_columns::log_softmax),
         "run down the columns"},
        {"no_shift", bind(check_log_softmax, mistakes::no_shift::log_softmax), "1000 overflow"},
        {"logarithm_of_weights",
         bind(check_log_softmax, mistakes::logarithm_of_weights::log_softmax), "has become 0"},
        {"one_maximum", bind(check_log_softmax, mistakes::one_maximum::log_softmax),
         "each row's own maximum"}}},
      {"2.1c",
       "Two halves of a row",
       bind(check_merge, ::exercises::merge),
       bind(check_merge, solutions::merge),
       {{"sums_added", bind(check_merge, mistakes::sums_added::merge), "sums as they are"},
        {"factor_upside_down", bind(check_merge, mistakes::factor_upside_down::merge),
         "upside down"},
        {"nothing_minus_nothing", bind(check_merge, mistakes::nothing_minus_nothing::merge),
         "Two empty halves"}}},
      {"2.2b",
       "Sines first, then cosines",
       bind(check_sinusoids, ::exercises::sinusoids_in_halves),
       bind(check_sinusoids, solutions::sinusoids_in_halves),
       {{"interleaved", bind(check_sinusoids, mistakes::interleaved::sinusoids_in_halves),
         "stand side by side"},
        {"from_one", bind(check_sinusoids, mistakes::from_one::sinusoids_in_halves),
         "positions begin at 0"},
        {"degrees", bind(check_sinusoids, mistakes::degrees::sinusoids_in_halves),
         "angles are radians"},
        {"half_the_exponent",
         bind(check_sinusoids, mistakes::half_the_exponent::sinusoids_in_halves), "-2i/d"}}},
      {"2.2c",
       "Moving a stamp",
       bind(check_shift, ::exercises::shift_encoding),
       bind(check_shift, solutions::shift_encoding),
       {{"backward", bind(check_shift, mistakes::backward::shift_encoding), "turn backward"},
        {"one_speed", bind(check_shift, mistakes::one_speed::shift_encoding),
         "as fast as the first"},
        {"degrees", bind(check_shift, mistakes::degrees::shift_encoding), "angles are radians"}}},
      {"2.3b",
       "Rotation in split halves",
       bind(check_rotate, ::exercises::rotate_halves),
       bind(check_rotate, solutions::rotate_halves),
       {{"from_one", bind(check_rotate, mistakes::from_one::rotate_halves), "positions from 1"},
        {"overwritten", bind(check_rotate, mistakes::overwritten::rotate_halves), "overwritten"},
        {"degrees", bind(check_rotate, mistakes::degrees::rotate_halves), "angles are radians"},
        {"clockwise", bind(check_rotate, mistakes::clockwise::rotate_halves), "turn the other way"},
        {"neighbors", bind(check_rotate, mistakes::neighbors::rotate_halves), "pair neighbors"}}},
      {"2.3c",
       "Weights for the other layout",
       bind(check_convert, ::exercises::to_split_halves),
       bind(check_convert, solutions::to_split_halves),
       {{"rows", bind(check_convert, mistakes::rows::to_split_halves), "reorder the rows"},
        {"across_heads", bind(check_convert, mistakes::across_heads::to_split_halves),
         "from one head to another"},
        {"other_way", bind(check_convert, mistakes::other_way::to_split_halves), "other way"}}},
  };
}
