#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// c = a b: (m, k)(k, n) -> (m, n), on one thread. c must not overlap a or b. The order in which
/// the k products of an entry are added does not depend on m or n, so neither do the digits.
void multiply(const MatrixRef& a, const MatrixRef& b, MatrixOut c);

/// c = a bᵀ: (m, k)(n, k) -> (m, n).
void multiply_transposed(const MatrixRef& a, const MatrixRef& b, MatrixOut c);

/// Each row of c = that row of a bᵀ, plus bias (n): a linear layer.
void multiply_transposed_bias(const MatrixRef& a, const MatrixRef& b, const VectorRef& bias,
                              MatrixOut c);

/// c += aᵀ b: (k, m)(k, n) -> (m, n). The gradient of a weight is one.
void transposed_multiply_add(const MatrixRef& a, const MatrixRef& b, MatrixOut c);

/// The pieces that a product is cut into on this machine: a tile of the result, whose sums stay in
/// registers, and a block of the second matrix, which is copied into panels as wide as a tile.
struct ProductPieces {
  Index tile_rows, tile_columns, block_depth, block_columns;
};

/// The sizes that the products of this file were compiled with.
ProductPieces product_pieces();

}  // namespace llm
