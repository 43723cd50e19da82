#include "common/sequence/positions.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace llm {

namespace {

/// Throws unless a table (length, width) has a row for each of `count` positions of that width.
void check_positions(const char* name, const MatrixRef& table, Index first_position, Index count,
                     Index width) {
  if (first_position < 0 || first_position + count > table.rows() || table.cols() != width) {
    throw std::invalid_argument(fmt::format(
        "{}: {} rows of {} features from position {} on do not fit a table of positions that is {}",
        name, count, width, first_position, shape_text(table.rows(), table.cols())));
  }
}

}  // namespace

std::vector<double> angular_frequencies(Index width, double base) {
  if (width < 0 || width % 2 != 0) {
    throw std::invalid_argument(
        fmt::format("positions come in pairs of features: a width of {} is not even", width));
  }
  std::vector<double> frequencies;
  for (Index i = 0; i < width / 2; ++i) {
    frequencies.push_back(
        std::pow(base, -2.0 * static_cast<double>(i) / static_cast<double>(width)));
  }
  return frequencies;
}

Matrix sinusoidal_positions(Index length, Index width) {
  const std::vector<double> frequencies = angular_frequencies(width);
  Matrix encodings(length, width);
  for (Index t = 0; t < length; ++t) {
    for (Index i = 0; i < width / 2; ++i) {
      const double angle = static_cast<double>(t) * frequencies[static_cast<std::size_t>(i)];
      encodings(t, 2 * i) = static_cast<Real>(std::sin(angle));
      encodings(t, 2 * i + 1) = static_cast<Real>(std::cos(angle));
    }
  }
  return encodings;
}

void add_positions(MatrixOut rows, const MatrixRef& positions, Index first_position) {
  check_positions("add_positions", positions, first_position, rows.rows(), rows.cols());
  rows += positions.middleRows(first_position, rows.rows());
}

void add_positions_backward(const MatrixRef& sum_gradient, MatrixOut position_gradient,
                            Index first_position) {
  check_positions("add_positions_backward", position_gradient, first_position, sum_gradient.rows(),
                  sum_gradient.cols());
  position_gradient.middleRows(first_position, sum_gradient.rows()) += sum_gradient;
}

}  // namespace llm
