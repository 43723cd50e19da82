#include "chapters/02_sequence/exercises.hpp"

#include <fmt/format.h>

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
#include "chapters/02_sequence/mistakes/2.3c_first_pair.hpp"
#include "chapters/02_sequence/mistakes/2.3c_first_row.hpp"
#include "chapters/02_sequence/mistakes/2.3c_fixed_tolerance.hpp"
#include "chapters/02_sequence/mistakes/2.3c_whole_rows.hpp"
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
  expect(!alike(answer, expected.array().exp()), "These are the weights. Return their logarithms.");
  if (!ones(weights.rowwise().sum())) {
    expect_close(answer, expected, "The exponentials of each row must add up to 1; yours do not.");
  }
  expect_close(answer, expected, "Wrong for the scores 2, 1, -1 and 0, 0, 0.");
}

/// Scores far from 0, in one row.
void check_log_softmax_far_from_zero(const LogSoftmax& log_softmax) {
  const Matrix large = log_softmax(row_of({1002, 1001, 999}));
  expect(large.allFinite(),
         "Your result for the scores 1002, 1001, 999 is not finite, and for 2, 1, -1 it was: the "
         "exponential of 1000 is infinity. Is the largest score of the row taken off before it?");
  expect_close(large, row_of({-0.34901, -1.34901, -3.34901}), "Wrong for 1002, 1001, 999.", 1e-3);
  expect_close(log_softmax(row_of({-1002, -1003, -1005})), row_of({-0.34901, -1.34901, -3.34901}),
               "The largest of a row may be far below 0. Wrong for -1002, -1003, -1005.", 1e-3);
  const Matrix small = log_softmax(row_of({0, -200}));
  expect(
      small.cols() != 2 || std::abs(small(0)) > 1e-4 || small(1) != -infinity,
      "The logarithm of a weight that has become 0 is lost: for the scores 0 and -200 you return "
      "0 and -infinity. Compute the logarithm from the score, without computing the weight.");
  expect_close(small, row_of({0, -200}), "Wrong for the scores 0 and -200.");
}

void check_log_softmax(const LogSoftmax& log_softmax) {
  check_log_softmax_by_hand(log_softmax);
  check_log_softmax_far_from_zero(log_softmax);
  Matrix mixed(2, 2), expected(2, 2);
  mixed << 1000, 1000, 0, 0;
  expected.setConstant(Real(-0.69315));
  const Matrix answer = log_softmax(mixed);
  expect_shape(answer, 2, 2);
  expect(answer.row(1).allFinite(),
         "The row 0, 0 below a row 1000, 1000 is lost, and alone it would not be: take off each "
         "row's own maximum, not that of the whole matrix.");
  expect_close(answer, expected, "Wrong for the rows 1000, 1000 and 0, 0.", 1e-3);
}

// 2.1c

using Merge = std::function<OnlineSoftmax(const OnlineSoftmax&, const OnlineSoftmax&)>;

/// Maximum and sum as a matrix that messages can show.
Matrix as_row(const OnlineSoftmax& seen) {
  return row_of({seen.maximum, seen.sum});
}

/// Halves of which one or both have seen nothing.
void check_merge_with_nothing(const Merge& merge) {
  const OnlineSoftmax one{.maximum = 2, .sum = 1}, empty;
  expect_close(as_row(merge(one, empty)), as_row(one),
               "With nothing on the right the whole is the left half (maximum, sum).");
  expect_close(as_row(merge(empty, one)), as_row(one),
               "With nothing on the left the whole is the right half (maximum, sum).");
  const OnlineSoftmax nothing = merge(empty, empty);
  expect(!std::isnan(nothing.sum),
         "Two empty halves make an empty row, with the sum 0; yours is not a number, which is what "
         "-infinity minus -infinity is.");
  expect(
      nothing.sum == 0 && nothing.maximum == -infinity,
      fmt::format("Two empty halves make an empty row, with the maximum -infinity and the sum 0; "
                  "yours has the maximum {} and the sum {}.",
                  nothing.maximum, nothing.sum));
}

void check_merge(const Merge& merge) {
  // The scores 1 and 3, and the score 2: the sum is e^-2 + 1 and e^0.
  const OnlineSoftmax left{.maximum = 3, .sum = Real(1.135335)}, right{.maximum = 2, .sum = 1};
  const OnlineSoftmax whole = merge(left, right);
  expect(whole.maximum == 3, "The maximum of the whole row is the larger of the two maxima.");
  const auto added = [](const OnlineSoftmax& one) { return std::abs(one.sum - 2.135335) < 1e-4; };
  expect(!added(whole) || !added(merge(right, left)),
         "You add the two sums as they are. They are counted from different maxima: bring both to "
         "the larger one first.");
  expect(!added(whole),
         "You add the right sum as it is, counted from 2, to the left one, counted from 3: bring "
         "both to the larger maximum first.");
  expect(std::abs(whole.sum - 3.853617) > 1e-4,
         "Your factor is upside down: when the maximum grows, the sum must shrink.");
  expect_close(as_row(whole), row_of({3, 1.503214}),
               "Wrong for the scores 1, 3 on the left and 2 on the right (maximum, sum).");
  expect_close(as_row(merge(right, left)), row_of({3, 1.503214}),
               "The halves must be allowed to change places (maximum, sum).");
  expect_close(as_row(merge({.maximum = 1000, .sum = 2}, {.maximum = -1000, .sum = 3})),
               row_of({1000, 2}), "Maxima of 1000 and -1000 (maximum, sum).");
  expect_close(as_row(merge({.maximum = 3, .sum = 1}, {.maximum = 3, .sum = 2})), row_of({3, 3}),
               "Both halves with the maximum 3 (maximum, sum).");
  check_merge_with_nothing(merge);
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
  expect(std::abs(answer(1, 1) - std::sin(1)) > 1e-4 || std::abs(answer(1, 2) - std::sin(1)) > 1e-4,
         "All your hands turn by 1 radian a position. Is the exponent computed in whole numbers, "
         "where 2 / 6 is 0?");
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

/// The same row and angles of 1 and 0.1, with the neighbors (1, 2) and (3, 4) for pairs.
Matrix turned_neighbors() {
  return row_of({std::cos(1) - 2 * std::sin(1), std::sin(1) + 2 * std::cos(1),
                 3 * std::cos(0.1) - 4 * std::sin(0.1), 3 * std::sin(0.1) + 4 * std::cos(0.1)});
}

/// The same row and angles, where each y is computed from an x that has been turned already.
Matrix overwritten_row() {
  const double first = std::cos(1) - 3 * std::sin(1),
               second = 2 * std::cos(0.1) - 4 * std::sin(0.1);
  return row_of({first, second, first * std::sin(1) + 3 * std::cos(1),
                 second * std::sin(0.1) + 4 * std::cos(0.1)});
}

void check_one_position(const Rotate& rotate_halves) {
  const Matrix row = row_of({1, 2, 3, 4});
  const Matrix here = rotate_halves(row, 0, 100);
  expect_shape(here, 1, 4);
  expect(
      !alike(here, turned_row(1, 0.1)),
      "Your row at position 0 is turned as that of position 1 should be: the first row stands at "
      "first_position itself.");
  expect_close(here, row, "At position 0 nothing turns.");
  const Matrix one = rotate_halves(row, 1, 100);
  expect(!alike(one, row), "Position 1 turns nothing: is first_position used?");
  expect(!alike(one, overwritten_row()),
         "Your new y is computed from the new x: x is overwritten before y is computed from it.");
  expect(!alike(one, turned_row(degree, degree / 10)),
         "Position 1 turns the first pair by one degree: the angles are radians.");
  expect(!alike(one, turned_row(-1, -0.1)),
         "Your pairs turn the other way: the sine of x is added to y and that of y taken from x.");
  expect(!alike(one, turned_neighbors()),
         "You pair neighbors, feature 2i with 2i + 1. In split halves the partner of feature i is "
         "feature i + d/2.");
  expect(!alike(one, turned_row(1, 1)),
         "Both your pairs turn by 1 radian. Is the exponent computed in whole numbers, where 2 / 4 "
         "is 0?");
  expect(!alike(one, turned_row(1, 0.01)),
         "Your second pair turns by 1/100 radian, as with the base 10000; the base was 100.");
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

using LayoutOf = std::function<RotaryLayout(const MatrixRef&, const MatrixRef&)>;

/// Rows of six features, turned by their positions from `first_position` on with the base 100 in a
/// layout that is given by the places of the pairs' first features and the way to their partners.
Matrix turned_rows(const Matrix& rows, Index first_position, RotaryLayout layout) {
  const bool adjacent = layout == RotaryLayout::adjacent_pairs;
  Matrix turned = rows;
  for (Index t = 0; t < rows.rows(); ++t) {
    for (Index i = 0; i < 3; ++i) {
      const Index x = adjacent ? 2 * i : i, y = adjacent ? 2 * i + 1 : i + 3;
      const double angle =
          static_cast<double>(first_position + t) * std::pow(100.0, -static_cast<double>(i) / 3);
      const auto sine = static_cast<Real>(std::sin(angle)),
                 cosine = static_cast<Real>(std::cos(angle));
      turned(t, x) = rows(t, x) * cosine - rows(t, y) * sine;
      turned(t, y) = rows(t, x) * sine + rows(t, y) * cosine;
    }
  }
  return turned;
}

/// The name of a layout in C++.
const char* name(RotaryLayout layout) {
  return layout == RotaryLayout::adjacent_pairs ? "adjacent_pairs" : "split_halves";
}

/// Throws unless rows that are turned in either layout get its name.
void expect_both_layouts(const LayoutOf& layout_of, const Matrix& rows, Index first_position,
                         const std::string& message) {
  for (const RotaryLayout layout : {RotaryLayout::adjacent_pairs, RotaryLayout::split_halves}) {
    const RotaryLayout answer = layout_of(rows, turned_rows(rows, first_position, layout));
    expect(answer == layout,
           fmt::format("{}\nYour result is {}, expected {}.", message, name(answer), name(layout)));
  }
}

/// Rows that have all been turned, and whose features are not 0.
void check_layout_of_turned_rows(const LayoutOf& layout_of, const Matrix& rows) {
  using enum RotaryLayout;
  const RotaryLayout adjacent = layout_of(rows, turned_rows(rows, 3, adjacent_pairs));
  const RotaryLayout halves = layout_of(rows, turned_rows(rows, 3, split_halves));
  expect(
      adjacent != halves,
      fmt::format("Rows turned in either layout get the same answer from you, {}. What is the same "
                  "in both layouts, such as the length of a whole row, cannot tell them apart; "
                  "nor can asking whether rounded numbers are exactly equal.",
                  name(adjacent)));
  expect(
      adjacent == adjacent_pairs,
      "Rows that were turned in adjacent pairs are split_halves to you, and those that were turned "
      "in split halves are adjacent_pairs.");
}

void check_layout_of(const LayoutOf& layout_of) {
  Matrix rows(3, 6);
  rows << 1, 2, -3, 4, 5, -6, -2, 1, 3, 5, -4, 2, 3, -1, 2, -5, 1, 4;
  check_layout_of_turned_rows(layout_of, rows);
  expect_both_layouts(layout_of, rows, 0,
                      "Three rows from position 0 on: the first of them has not been turned, and "
                      "fits both layouts. The others do not.");
  expect_both_layouts(layout_of, rows, -2,
                      "Three rows up to position 0: the last of them has not been turned, and fits "
                      "both layouts. The others do not.");
  for (const Index feature : {2, 4}) {
    Matrix mostly_zero = Matrix::Zero(3, 6);
    mostly_zero.col(feature) = rows.col(feature), mostly_zero.col(5) = rows.col(5);
    expect_both_layouts(
        layout_of, mostly_zero, 3,
        fmt::format("Rows that are 0 but for the features {} and 5: a pair of zeros "
                    "fits any layout.",
                    feature));
  }
  for (const Real scale : {Real(1000), Real(0.001)}) {
    expect_both_layouts(
        layout_of, scale * rows, 3,
        fmt::format("The rows of the first check, times {}. Rounding errors grow and "
                    "shrink with the features.",
                    scale));
  }
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
        {"no_shift", bind(check_log_softmax, mistakes::no_shift::log_softmax),
         "exponential of 1000 is infinity"},
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
         "minus -infinity is"}}},
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
       {{"from_one", bind(check_rotate, mistakes::from_one::rotate_halves),
         "as that of position 1"},
        {"overwritten", bind(check_rotate, mistakes::overwritten::rotate_halves), "overwritten"},
        {"degrees", bind(check_rotate, mistakes::degrees::rotate_halves), "angles are radians"},
        {"clockwise", bind(check_rotate, mistakes::clockwise::rotate_halves), "turn the other way"},
        {"neighbors", bind(check_rotate, mistakes::neighbors::rotate_halves), "pair neighbors"}}},
      {"2.3c",
       "Which layout was it",
       bind(check_layout_of, ::exercises::layout_of),
       bind(check_layout_of, solutions::layout_of),
       {{"whole_rows", bind(check_layout_of, mistakes::whole_rows::layout_of),
         "length of a whole row"},
        {"first_row", bind(check_layout_of, mistakes::first_row::layout_of), "from position 0 on"},
        {"first_pair", bind(check_layout_of, mistakes::first_pair::layout_of), "a pair of zeros"},
        {"fixed_tolerance", bind(check_layout_of, mistakes::fixed_tolerance::layout_of),
         "Rounding errors"}}},
  };
}
