#include "common/foundations/product.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace llm {

namespace {

/// Bytes in a vector register: AVX has 32, every other x86-64 or ARM 16.
#ifdef __AVX__
constexpr int register_bytes = 32;
#else
constexpr int register_bytes = 16;
#endif

/// Numbers that one instruction adds or multiplies at once: with AVX eight floats or four doubles.
using Lanes [[gnu::vector_size(register_bytes)]] = Real;

/// The same numbers anywhere in memory, at an address that need not be a multiple of their size.
using LanesInMemory
    [[gnu::vector_size(register_bytes), gnu::aligned(alignof(Real)), gnu::may_alias]] = Real;

constexpr int lanes = register_bytes / sizeof(Real);

/// Reads `lanes` numbers from here on.
Lanes load(const Real* place) {
  return *reinterpret_cast<const LanesInMemory*>(place);
}

/// Writes `lanes` numbers from here on.
void store(Lanes numbers, Real* place) {
  *reinterpret_cast<LanesInMemory*>(place) = numbers;
}

/// A tile of the result is as large as 12 of the 16 vector registers of AVX2.
constexpr Index tile_rows = 6, tile_columns = 2 * lanes;

/// A block of b is rearranged into 256 KB, which stay in the second-level cache.
constexpr Index block_depth = 256, block_columns = 16 * tile_columns;

/// A matrix as the kernel sees it: entry (i, j) lies at data[i · row_stride + j · column_stride].
/// Swapping the strides transposes it; with strides of 0 one number stands for a whole matrix.
struct Operand {
  const Real* data;
  Index row_stride, column_stride;

  const Real* at(Index row, Index column) const {
    return data + row * row_stride + column * column_stride;
  }
};

/// The matrix as it lies in memory.
Operand as_is(const MatrixRef& matrix) {
  return {matrix.data(), matrix.outerStride(), 1};
}

/// The matrix read by columns: its transpose, without a copy.
Operand transposed(const MatrixRef& matrix) {
  return {matrix.data(), 1, matrix.outerStride()};
}

/// One tile: c (rows, tile_columns) = start + a (rows, depth) · panel (depth, tile_columns). The
/// sums stay in registers from the first product to the last.
template <int rows>
void tile_product(Operand a, const Real* panel, Index depth, Operand start, Real* c,
                  Index c_stride) {
  Lanes sums[rows][2];
#pragma GCC unroll 6
  for (int row = 0; row < rows; ++row) {
    for (int half = 0; half < 2; ++half) {
      sums[row][half] = load(start.at(row, half * lanes));
    }
  }
  for (Index k = 0; k < depth; ++k, panel += tile_columns) {
    const Lanes left = load(panel), right = load(panel + lanes);
#pragma GCC unroll 6
    for (int row = 0; row < rows; ++row) {
      const Real factor = *a.at(row, k);
      sums[row][0] += factor * left;
      sums[row][1] += factor * right;
    }
  }
#pragma GCC unroll 6
  for (int row = 0; row < rows; ++row) {
    for (int half = 0; half < 2; ++half) {
      store(sums[row][half], c + row * c_stride + half * lanes);
    }
  }
}

/// A function that computes one tile of some height.
using TileProduct = void (*)(Operand, const Real*, Index, Operand, Real*, Index);

/// The tile for each number of rows, so that the last rows of a matrix need no padding.
constexpr std::array<TileProduct, tile_rows> tile_products = {tile_product<1>, tile_product<2>,
                                                              tile_product<3>, tile_product<4>,
                                                              tile_product<5>, tile_product<6>};

/// A tile at the right edge: computed whole beside c, of which only `columns` columns are written.
void edge_product(Index rows, Index columns, Operand a, const Real* panel, Index depth,
                  Operand start, Real* c, Index c_stride) {
  Real tile[tile_rows * tile_columns] = {};
  for (Index row = 0; row < rows; ++row) {
    for (Index column = 0; column < columns; ++column) {
      tile[row * tile_columns + column] = *start.at(row, column);
    }
  }
  tile_products[static_cast<std::size_t>(rows - 1)](a, panel, depth, {tile, tile_columns, 1}, tile,
                                                    tile_columns);
  for (Index row = 0; row < rows; ++row) {
    std::copy_n(tile + row * tile_columns, columns, c + row * c_stride);
  }
}

/// Takes the first (half 0) or the second half (half 1) of two vectors in turn: a0 b0 a1 b1 …
template <int half, int... lane>
Lanes interleave(Lanes a, Lanes b, std::integer_sequence<int, lane...>) {
  return __builtin_shufflevector(a, b, (half * lanes / 2 + lane / 2 + lane % 2 * lanes)...);
}

/// Transposes a square of `lanes` rows. As with a deck of cards, cutting it in half and riffling
/// the halves together, log2(lanes) times, brings what stood in a column into a row.
void transpose(Lanes (&rows)[lanes]) {
  constexpr auto all = std::make_integer_sequence<int, lanes>();
#pragma GCC unroll 3
  for (int round = 1; round < lanes; round *= 2) {
    Lanes riffled[lanes];
#pragma GCC unroll 8
    for (int row = 0; row < lanes / 2; ++row) {
      riffled[2 * row] = interleave<0>(rows[row], rows[row + lanes / 2], all);
      riffled[2 * row + 1] = interleave<1>(rows[row], rows[row + lanes / 2], all);
    }
    std::copy_n(riffled, lanes, rows);
  }
}

/// A panel: `width` columns of b (depth, width), stored row by row, tile_columns numbers each. This
/// is the slow and general way; what it does not write stays as it is.
void pack_numbers(Operand b, Index first, Index depth, Index width, Real* panel) {
  for (Index k = first; k < depth; ++k) {
    for (Index column = 0; column < width; ++column) {
      panel[k * tile_columns + column] = *b.at(k, column);
    }
  }
}

/// A whole panel of a b whose rows lie in memory one number after the other.
void pack_rows(Operand b, Index depth, Real* panel) {
  for (Index k = 0; k < depth; ++k, panel += tile_columns) {
    store(load(b.at(k, 0)), panel);
    store(load(b.at(k, lanes)), panel + lanes);
  }
}

/// A whole panel of a b whose columns lie in memory one number after the other: a square of them at
/// a time is transposed in registers.
void pack_columns(Operand b, Index depth, Real* panel) {
  Index k = 0;
  for (; k + lanes <= depth; k += lanes) {
    for (Index column = 0; column < tile_columns; column += lanes) {
      Lanes square[lanes];
      for (int i = 0; i < lanes; ++i) square[i] = load(b.at(k, column + i));
      transpose(square);
      for (int i = 0; i < lanes; ++i) store(square[i], panel + (k + i) * tile_columns + column);
    }
  }
  pack_numbers(b, k, depth, tile_columns, panel);
}

/// Rearranges b (depth, columns) into panels of tile_columns columns, in the order in which the
/// tiles read them. Columns that b does not have are zeros.
void pack(Operand b, Index depth, Index columns, Real* panels) {
  for (Index first = 0; first < columns; first += tile_columns, panels += depth * tile_columns) {
    const Operand panel = {b.at(0, first), b.row_stride, b.column_stride};
    const Index width = std::min(tile_columns, columns - first);
    if (width < tile_columns) {
      std::fill_n(panels, depth * tile_columns, Real(0));
      pack_numbers(panel, 0, depth, width, panels);
    } else if (b.column_stride == 1) {
      pack_rows(panel, depth, panels);
    } else {
      pack_columns(panel, depth, panels);
    }
  }
}

/// Copies the tile_rows rows of a (tile_rows, depth) so that the numbers that are needed together
/// lie side by side.
Operand pack_tile(Operand a, Index depth, Real* copy) {
  for (Index k = 0; k < depth; ++k) std::copy_n(a.at(0, k), tile_rows, copy + k * tile_rows);
  return {copy, 1, tile_rows};
}

/// c (m, columns) = start + a (m, depth) · the packed block of b (depth, columns).
void block_product(Index m, Index columns, Index depth, Operand a, const Real* panels,
                   Operand start, Real* c, Index c_stride) {
  // A transposed a is read from as many places as it is deep: once, if there are many panels.
  const bool scattered = a.column_stride > 1 && columns > 4 * tile_columns;
  Real copy[tile_rows * block_depth];
  for (Index row = 0; row < m; row += tile_rows) {
    const Index rows = std::min(tile_rows, m - row);
    const TileProduct tile = tile_products[static_cast<std::size_t>(rows - 1)];
    Operand tile_a = {a.at(row, 0), a.row_stride, a.column_stride};
    if (scattered && rows == tile_rows) tile_a = pack_tile(tile_a, depth, copy);
    for (Index column = 0; column < columns; column += tile_columns) {
      const Operand tile_start = {start.at(row, column), start.row_stride, start.column_stride};
      Real* tile_c = c + row * c_stride + column;
      const Index width = std::min(tile_columns, columns - column);
      if (width == tile_columns) {
        tile(tile_a, panels + column * depth, depth, tile_start, tile_c, c_stride);
      } else {
        edge_product(rows, width, tile_a, panels + column * depth, depth, tile_start, tile_c,
                     c_stride);
      }
    }
  }
}

/// c (m, n) = start + a b with a (m, k) and b (k, n), a block of b at a time.
void product_by_blocks(Operand a, Operand b, Index k, Operand start, MatrixOut c) {
  thread_local Vector panels(block_depth * block_columns);  // once for each thread, then kept
  for (Index column = 0; column < c.cols(); column += block_columns) {
    const Index columns = std::min(block_columns, c.cols() - column);
    Operand block_start = {start.at(0, column), start.row_stride, start.column_stride};
    Real* block_c = c.data() + column;
    // Once at least: a sum of no products is what it started from.
    for (Index first = 0; first == 0 || first < k; first += block_depth) {
      const Index depth = std::min(block_depth, k - first);
      if (depth > 0) {
        pack({b.at(first, column), b.row_stride, b.column_stride}, depth, columns, panels.data());
      }
      block_product(c.rows(), columns, depth, {a.at(0, first), a.row_stride, a.column_stride},
                    panels.data(), block_start, block_c, c.outerStride());
      block_start = {block_c, c.outerStride(), 1};
    }
  }
}

/// Up to so many rows of a are multiplied without packing b.
constexpr Index few_rows = 4;

/// `lanes` columns of c: c (rows, lanes) = start + a (rows, k) · b (k, lanes), where the columns of
/// b lie in memory one number after the other. A square of them at a time is transposed in
/// registers and used there, so that b is read once, in order, from `lanes` places side by side.
template <int rows>
void strip_product(Operand a, Operand b, Index k, Operand start, Real* c, Index c_stride) {
  Lanes sums[rows];
  for (int row = 0; row < rows; ++row) sums[row] = load(start.at(row, 0));
  Index first = 0;
  for (; first + lanes <= k; first += lanes) {
    Lanes square[lanes];
#pragma GCC unroll 16
    for (int i = 0; i < lanes; ++i) {
      square[i] = load(b.at(first, i));
      __builtin_prefetch(b.at(first, i + lanes));  // the next strip's
    }
    transpose(square);
#pragma GCC unroll 16
    for (int i = 0; i < lanes; ++i) {
      for (int row = 0; row < rows; ++row) sums[row] += *a.at(row, first + i) * square[i];
    }
  }
  for (; first < k; ++first) {
    Real numbers[lanes];
    for (int i = 0; i < lanes; ++i) numbers[i] = *b.at(first, i);
    for (int row = 0; row < rows; ++row) sums[row] += *a.at(row, first) * load(numbers);
  }
  for (int row = 0; row < rows; ++row) store(sums[row], c + row * c_stride);
}

/// A function that computes one strip for some number of rows.
using StripProduct = void (*)(Operand, Operand, Index, Operand, Real*, Index);

/// The strip for each number of rows.
constexpr std::array<StripProduct, few_rows> strip_products = {strip_product<1>, strip_product<2>,
                                                               strip_product<3>, strip_product<4>};

/// c (m, n) = start + a b for at most few_rows rows and a b whose columns lie in memory one number
/// after the other. The columns that do not fill a strip are left to product_by_blocks.
void product_by_strips(Operand a, Operand b, Index k, Operand start, MatrixOut c) {
  const StripProduct strip = strip_products[static_cast<std::size_t>(c.rows() - 1)];
  Index column = 0;
  for (; column + lanes <= c.cols(); column += lanes) {
    strip(a, {b.at(0, column), b.row_stride, b.column_stride}, k,
          {start.at(0, column), start.row_stride, start.column_stride}, c.data() + column,
          c.outerStride());
  }
  if (column == c.cols()) return;
  product_by_blocks(a, {b.at(0, column), b.row_stride, b.column_stride}, k,
                    {start.at(0, column), start.row_stride, start.column_stride},
                    c.rightCols(c.cols() - column));
}

/// c (m, n) = start + a b, in the way that suits the shapes. Both ways add the k products of an
/// entry in the same order.
void product(Operand a, Operand b, Index k, Operand start, MatrixOut c) {
  if (k == 0) {
    for (Index row = 0; row < c.rows(); ++row) {
      for (Index column = 0; column < c.cols(); ++column) c(row, column) = *start.at(row, column);
    }
  } else if (c.rows() > 0 && c.rows() <= few_rows && b.row_stride == 1) {
    product_by_strips(a, b, k, start, c);
  } else {
    product_by_blocks(a, b, k, start, c);
  }
}

/// What a product starts from when it adds to nothing: zeros, as wide as a tile, which every tile,
/// strip and entry reads from its first number on.
constexpr Real zeros[tile_columns] = {};
constexpr Operand nothing = {zeros, 0, 0};

}  // namespace

void multiply(const MatrixRef& a, const MatrixRef& b, MatrixOut c) {
  check_shape("multiply: b", b, a.cols(), c.cols());
  check_shape("multiply: c", c, a.rows(), b.cols());
  product(as_is(a), as_is(b), a.cols(), nothing, c);
}

void multiply_transposed(const MatrixRef& a, const MatrixRef& b, MatrixOut c) {
  check_shape("multiply_transposed: b", b, c.cols(), a.cols());
  check_shape("multiply_transposed: c", c, a.rows(), b.rows());
  product(as_is(a), transposed(b), a.cols(), nothing, c);
}

void multiply_transposed_bias(const MatrixRef& a, const MatrixRef& b, const VectorRef& bias,
                              MatrixOut c) {
  check_shape("multiply_transposed_bias: b", b, c.cols(), a.cols());
  check_shape("multiply_transposed_bias: bias", bias, 1, c.cols());
  check_shape("multiply_transposed_bias: c", c, a.rows(), b.rows());
  product(as_is(a), transposed(b), a.cols(), {bias.data(), 0, 1}, c);
}

void transposed_multiply_add(const MatrixRef& a, const MatrixRef& b, MatrixOut c) {
  check_shape("transposed_multiply_add: b", b, a.rows(), c.cols());
  check_shape("transposed_multiply_add: c", c, a.cols(), b.cols());
  product(transposed(a), as_is(b), a.rows(), as_is(c), c);
}

ProductPieces product_pieces() {
  return {tile_rows, tile_columns, block_depth, block_columns};
}

}  // namespace llm
