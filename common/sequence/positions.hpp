#pragma once

#include <vector>

#include "common/foundations/matrix.hpp"

namespace llm {

/// The angular velocities of the width / 2 clock hands that stamp a position into `width` features,
/// in radians per position: 1, base^(-2/width), base^(-4/width), ... Doubles, because they are
/// multiplied by positions of a hundred thousand and more. The width must be even.
std::vector<double> angular_frequencies(Index width, double base = 10000);

/// The sinusoidal encodings of positions 0 to length - 1, (length, width): feature 2i holds the
/// sine and feature 2i + 1 the cosine of the angle of hand i (Vaswani et al. 2017). The width must
/// be even.
Matrix sinusoidal_positions(Index length, Index width);

/// Adds to row t of `rows` (T, d) the encoding of position first_position + t, a row of the table
/// `positions` (length, d), whether computed or learned. A position beyond the table is an error.
void add_positions(MatrixOut rows, const MatrixRef& positions, Index first_position = 0);

/// The backward of add_positions for a learned table: the gradient of its sum (T, d) is ADDED to
/// the table's gradient (length, d), at the rows that were read. The gradient of `rows` is that of
/// the sum, unchanged.
void add_positions_backward(const MatrixRef& sum_gradient, MatrixOut position_gradient,
                            Index first_position = 0);

}  // namespace llm
