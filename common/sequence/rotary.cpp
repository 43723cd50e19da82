#include "common/sequence/rotary.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "common/sequence/positions.hpp"

namespace llm {

namespace {

/// Where the two features of pair i lie: at i * step, and `partner` features further on.
struct PairPlaces {
  Index step, partner;
};

/// The places of the pairs in a layout.
PairPlaces pair_places(RotaryLayout layout, Index width) {
  if (layout == RotaryLayout::adjacent_pairs) return {.step = 2, .partner = 1};
  return {.step = 1, .partner = width / 2};
}

/// Throws unless the table has an angle for each pair of features of each row.
void check_table(const RotaryTable& table, const MatrixRef& rows, Index first_position) {
  if (first_position < 0 || first_position + rows.rows() > table.cosines.rows() ||
      rows.cols() != 2 * table.cosines.cols()) {
    throw std::invalid_argument(fmt::format(
        "apply_rotary: rows that are {}, from position {} on, do not fit a table that is {}",
        shape_text(rows.rows(), rows.cols()), first_position,
        shape_text(table.cosines.rows(), table.cosines.cols())));
  }
  check_shape("apply_rotary: table.sines", table.sines, table.cosines.rows(), table.cosines.cols());
}

/// Turns the pairs of one row by the angles of its position, forward (direction 1) or back (-1).
void rotate_row(VectorOut row, const VectorRef& cosines, const VectorRef& sines, PairPlaces places,
                Real direction) {
  for (Index i = 0; i < cosines.size(); ++i) {
    Real& x = row(i * places.step);
    Real& y = row(i * places.step + places.partner);
    const Real cosine = cosines(i), sine = direction * sines(i);
    const Real old_x = x, old_y = y;
    x = cosine * old_x - sine * old_y;
    y = sine * old_x + cosine * old_y;
  }
}

/// Turns each row by its position. A branch for each layout: a loop whose steps the compiler knows
/// becomes instructions that work on whole registers.
void rotate_pairs(MatrixOut rows, const RotaryTable& table, Index first_position,
                  RotaryLayout layout, Real direction) {
  using enum RotaryLayout;
  check_table(table, rows, first_position);
  const Index width = rows.cols();
  for (Index t = 0; t < rows.rows(); ++t) {
    const auto cosines = table.cosines.row(first_position + t);
    const auto sines = table.sines.row(first_position + t);
    if (layout == adjacent_pairs) {
      rotate_row(rows.row(t), cosines, sines, pair_places(adjacent_pairs, width), direction);
    } else {
      rotate_row(rows.row(t), cosines, sines, pair_places(split_halves, width), direction);
    }
  }
}

}  // namespace

RotaryTable rotary_table(Index length, Index width, Real base) {
  return interpolated_rotary_table(length, width, 1, base);
}

RotaryTable interpolated_rotary_table(Index length, Index width, Real factor, Real base) {
  if (!(factor > 0)) {
    throw std::invalid_argument(
        fmt::format("interpolated_rotary_table: a factor of {} is not positive", factor));
  }
  const std::vector<double> frequencies = angular_frequencies(width, base);
  RotaryTable table{Matrix(length, width / 2), Matrix(length, width / 2)};
  for (Index t = 0; t < length; ++t) {
    const double position = static_cast<double>(t) / factor;
    for (Index i = 0; i < width / 2; ++i) {
      const double angle = position * frequencies[static_cast<std::size_t>(i)];
      table.cosines(t, i) = static_cast<Real>(std::cos(angle));
      table.sines(t, i) = static_cast<Real>(std::sin(angle));
    }
  }
  return table;
}

Real scaled_rotary_base(Real base, Real factor, Index width) {
  if (width < 4 || width % 2 != 0) {
    throw std::invalid_argument(
        fmt::format("scaled_rotary_base: a width of {} is not even, or less than 4", width));
  }
  const auto features = static_cast<double>(width);
  return static_cast<Real>(base * std::pow(factor, features / (features - 2)));
}

void apply_rotary(MatrixOut rows, const RotaryTable& table, Index first_position,
                  RotaryLayout layout) {
  rotate_pairs(rows, table, first_position, layout, 1);
}

void apply_rotary_inverse(MatrixOut rows, const RotaryTable& table, Index first_position,
                          RotaryLayout layout) {
  rotate_pairs(rows, table, first_position, layout, -1);
}

Matrix convert_rotary_weights(const MatrixRef& weights, Index heads, RotaryLayout from,
                              RotaryLayout to) {
  if (heads < 1 || weights.rows() % (2 * heads) != 0) {
    throw std::invalid_argument(
        fmt::format("convert_rotary_weights: weights that are {} do not split into {} heads of an "
                    "even width",
                    shape_text(weights.rows(), weights.cols()), heads));
  }
  const Index width = weights.rows() / heads;
  const PairPlaces source = pair_places(from, width), target = pair_places(to, width);
  Matrix converted(weights.rows(), weights.cols());
  for (Index head = 0; head < heads; ++head) {
    for (Index i = 0; i < width / 2; ++i) {
      const Index old_row = head * width + i * source.step;
      const Index new_row = head * width + i * target.step;
      converted.row(new_row) = weights.row(old_row);
      converted.row(new_row + target.partner) = weights.row(old_row + source.partner);
    }
  }
  return converted;
}

}  // namespace llm
