#include "common/training/embedding.hpp"

#include <vector>

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("embedding copies the row of each token, in the tokens' order") {
  Matrix table(3, 2);
  table << 0, 1, 10, 11, 20, 21;
  Matrix expected(4, 2);
  expected << 20, 21, 0, 1, 20, 21, 10, 11;
  CHECK(embed(std::vector<int>{2, 0, 2, 1}, table) == expected);
}

TEST_CASE("rows are written where they are wanted, and only where they fit") {
  Matrix table(3, 2), rows = Matrix::Zero(3, 2), expected(3, 2);
  table << 0, 1, 10, 11, 20, 21;
  expected << 0, 0, 10, 11, 20, 21;
  const std::vector<int> tokens = {1, 2};
  embedding_forward(tokens, table, rows.bottomRows(2));
  CHECK(rows == expected);
  CHECK_THROWS_WITH(embedding_forward(tokens, table, rows),
                    "embed: rows is (3, 2), expected (2, 2)");
}

TEST_CASE("no tokens embed as no rows") {
  const Matrix rows = embed({}, Matrix::Ones(3, 2));
  CHECK(rows.rows() == 0);
  CHECK(rows.cols() == 2);
}

TEST_CASE("a token outside the table is named") {
  const Matrix table = Matrix::Ones(3, 2);
  CHECK_THROWS_WITH(embed(std::vector<int>{0, 3}, table),
                    "embed: token 3 is not one of the 3 rows of the table");
  CHECK_THROWS_WITH(embed(std::vector<int>{-1}, table),
                    "embed: token -1 is not one of the 3 rows of the table");
  Matrix gradient = Matrix::Zero(3, 2);
  CHECK_THROWS_WITH(embedding_backward(Matrix::Ones(1, 2), std::vector<int>{3}, gradient),
                    "embed: token 3 is not one of the 3 rows of the table");
}

TEST_CASE("a token that occurs twice collects two gradients, added to what was there") {
  Matrix output_gradient(3, 2);
  output_gradient << 1, 2, 10, 20, 100, 200;
  Matrix table_gradient = Matrix::Constant(3, 2, 1000);
  embedding_backward(output_gradient, std::vector<int>{2, 0, 2}, table_gradient);
  Matrix expected(3, 2);
  expected << 1010, 1020, 1000, 1000, 1101, 1202;
  CHECK(table_gradient == expected);
}

TEST_CASE("the embedding's gradient needs one row for each token") {
  Matrix table_gradient = Matrix::Zero(3, 2);
  CHECK_THROWS_AS(embedding_backward(Matrix::Ones(2, 2), std::vector<int>{0}, table_gradient),
                  std::invalid_argument);
  CHECK_THROWS_AS(embedding_backward(Matrix::Ones(1, 3), std::vector<int>{0}, table_gradient),
                  std::invalid_argument);
}
