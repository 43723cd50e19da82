#include "common/foundations/product.hpp"

#include "common/foundations/random.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

struct Shape {
  Index m, n, k;
};

/// Sizes around a tile (6 × 16) and around a block (256 deep, 256 wide), and a single number.
const std::vector<Shape> shapes = {{1, 1, 1},    {5, 15, 3},   {6, 16, 8},     {7, 17, 9},
                                   {12, 65, 64}, {3, 300, 40}, {20, 257, 300}, {64, 30, 513},
                                   {1, 70, 67},  {2, 8, 300},  {4, 33, 16},    {5, 64, 300}};

}  // namespace

TEST_CASE("the packed product agrees with Eigen's at sizes around a tile and a block") {
  Generator generator(1);
  for (const auto& [m, n, k] : shapes) {
    INFO("m " << m << ", n " << n << ", k " << k);
    const Matrix a = random_normal(m, k, generator), b = random_normal(k, n, generator);
    const Matrix a_transposed = a.transpose(), b_transposed = b.transpose();
    const Matrix expected = a * b, before = random_normal(m, n, generator);
    const Vector bias = random_normal(1, n, generator);
    Matrix c(m, n);
    multiply(a, b, c);
    CHECK(largest_difference(c, expected) < 2e-4);
    multiply_transposed(a, b_transposed, c);
    CHECK(largest_difference(c, expected) < 2e-4);
    multiply_transposed_bias(a, b_transposed, bias, c);
    CHECK(largest_difference(c, expected.rowwise() + bias) < 2e-4);
    c = before;
    transposed_multiply_add(a_transposed, b, c);
    CHECK(largest_difference(c, before + expected) < 2e-4);
  }
}

TEST_CASE("a product reads and writes columns of larger matrices without touching the others") {
  Generator generator(2);
  const Matrix wide = random_normal(10, 40, generator), b = random_normal(12, 20, generator);
  Matrix target = Matrix::Constant(10, 50, 7);
  multiply(wide.middleCols(5, 12), b, target.middleCols(9, 20));
  CHECK(largest_difference(target.middleCols(9, 20), wide.middleCols(5, 12) * b) < 1e-4);
  CHECK((target.leftCols(9).array() == 7).all());
  CHECK((target.rightCols(21).array() == 7).all());
}

TEST_CASE("the digits of a row do not depend on the rows beside it") {
  Generator generator(3);
  const Matrix a = random_normal(23, 300, generator), b = random_normal(300, 70, generator);
  Matrix whole(23, 70), part(4, 70);
  multiply(a, b, whole);
  multiply(a.middleRows(9, 4), b, part);
  CHECK(part == whole.middleRows(9, 4));
}

TEST_CASE("one row, some rows and many rows of a product have the same digits") {
  Generator generator(4);
  const Matrix a = random_normal(9, 301, generator), b = random_normal(45, 301, generator);
  const Vector bias = random_normal(1, 45, generator);
  Matrix whole(9, 45);
  multiply_transposed_bias(a, b, bias, whole);
  for (Index rows = 1; rows <= 9; ++rows) {
    INFO(rows << " rows");
    Matrix part(rows, 45);
    multiply_transposed_bias(a.topRows(rows), b, bias, part);
    CHECK(part == whole.topRows(rows));
  }
}

TEST_CASE("a product over nothing is what it started from") {
  Matrix c = Matrix::Constant(2, 3, 7);
  multiply(Matrix(2, 0), Matrix(0, 3), c);
  CHECK(c == Matrix::Zero(2, 3));
  Vector bias(3);
  bias << 1, 2, 3;
  multiply_transposed_bias(Matrix(2, 0), Matrix(3, 0), bias, c);
  CHECK(c == Vector(bias).replicate(2, 1));
  transposed_multiply_add(Matrix(0, 2), Matrix(0, 3), c);
  CHECK(c == Vector(bias).replicate(2, 1));
}

TEST_CASE("a product of shapes that do not match names both") {
  Matrix a(2, 3), b(4, 5), c(2, 5);
  CHECK_THROWS_WITH(multiply(a, b, c), "multiply: b is (4, 5), expected (3, 5)");
  CHECK_THROWS_WITH(multiply_transposed(a, b, c),
                    "multiply_transposed: b is (4, 5), expected (5, 3)");
  CHECK_THROWS_WITH(transposed_multiply_add(a, b, c),
                    "transposed_multiply_add: b is (4, 5), expected (2, 5)");
}

TEST_CASE("a tile keeps twelve registers of sums, and a block is whole panels of at most 256 KB") {
  const ProductPieces pieces = product_pieces();
  const Index bytes = static_cast<Index>(sizeof(Real)) * pieces.block_depth * pieces.block_columns;
  CHECK(pieces.tile_rows * 2 == 12);
  CHECK(pieces.block_columns % pieces.tile_columns == 0);
  CHECK(bytes <= 256 * 1024);
}
