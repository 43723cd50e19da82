#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// The cosine and the sine of the angle of each clock hand at each position, (length, width / 2):
/// row t, column i belong to hand i at position t.
struct RotaryTable {
  Matrix cosines, sines;
};

/// The table for positions 0 to length - 1 of a head of `width` features, which must be even
/// (Su et al. 2021, "RoFormer"). Hand i turns by base^(-2i/width) radians a position.
RotaryTable rotary_table(Index length, Index width, Real base = 10000);

/// The table with every position divided by `factor`, so that `factor` times as many positions turn
/// the hands no further than they turned in training (Chen et al. 2023, "Extending Context Window
/// of Large Language Models via Positional Interpolation").
RotaryTable interpolated_rotary_table(Index length, Index width, Real factor, Real base = 10000);

/// The base with which the slowest hand of a head of `width` features turns `factor` times slower,
/// while the fastest keeps its speed: base * factor^(width / (width - 2)). The width must be even
/// and at least 4.
Real scaled_rotary_base(Real base, Real factor, Index width);

/// Which features make a pair: 2i and 2i + 1 (the paper, llama2.c), or i and i + width / 2
/// (GPT-NeoX and Hugging Face's Llama).
enum class RotaryLayout { adjacent_pairs, split_halves };

/// Turns each pair of features of row t of `rows` (T, width), the queries or the keys of one head,
/// by the angle of position first_position + t. A position beyond the table is an error.
void apply_rotary(MatrixOut rows, const RotaryTable& table, Index first_position = 0,
                  RotaryLayout layout = RotaryLayout::adjacent_pairs);

/// Turns the pairs back. It is also the backward of apply_rotary: given the gradient of the rotated
/// rows (T, width), it makes it the gradient of the rows before, in place.
void apply_rotary_inverse(MatrixOut rows, const RotaryTable& table, Index first_position = 0,
                          RotaryLayout layout = RotaryLayout::adjacent_pairs);

/// The weights (heads * d_h, d_in) that give queries or keys for the layout `to` where `weights`
/// gave them for the layout `from`: each head's rows, reordered. Takes a bias as a column (heads *
/// d_h, 1) as well. The width of a head, d_h, must be even.
Matrix convert_rotary_weights(const MatrixRef& weights, Index heads, RotaryLayout from,
                              RotaryLayout to);

}  // namespace llm
