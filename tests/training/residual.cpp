#include "common/training/residual.hpp"

#include "common/foundations/random.hpp"
#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("a layer that writes nothing leaves the stream alone, both ways") {
  Generator generator(1);
  const Matrix before = random_normal(3, 4, generator);
  Matrix stream = before;
  residual_forward(stream, Matrix::Zero(3, 4), stream);
  CHECK(stream == before);
  residual_backward(stream, Matrix::Zero(3, 4), stream);
  CHECK(stream == before);
}

TEST_CASE("the stream is the sum of what was written to it") {
  Matrix stream = Matrix::Constant(2, 2, 1);
  residual_forward(stream, Matrix::Constant(2, 2, 10), stream);
  residual_forward(Matrix::Constant(2, 2, 100), stream, stream);
  CHECK(stream == Matrix::Constant(2, 2, 111));
}

TEST_CASE("a part of a stream can be written to") {
  Matrix stream = Matrix::Zero(3, 4);
  residual_forward(stream.middleRows(1, 1), Matrix::Ones(1, 4), stream.middleRows(1, 1));
  CHECK(stream.row(0).isZero());
  CHECK(stream.row(1) == Matrix::Ones(1, 4));
  CHECK(stream.row(2).isZero());
}

TEST_CASE("a residual of another shape is refused, with both shapes in the message") {
  Matrix stream = Matrix::Zero(2, 3);
  CHECK_THROWS_WITH(residual_forward(stream, Matrix::Zero(3, 2), stream),
                    Catch::Contains("(3, 2)") && Catch::Contains("(2, 3)"));
  Matrix narrow(2, 2);
  CHECK_THROWS_AS(residual_forward(stream, stream, narrow), std::invalid_argument);
  CHECK_THROWS_AS(residual_backward(stream, narrow, stream), std::invalid_argument);
  CHECK_THROWS_AS(residual_backward(stream, stream, narrow), std::invalid_argument);
}
