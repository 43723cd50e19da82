#include "common/foundations/embeddings.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <cmath>

#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

TEST_CASE("cosine similarity knows angles and no lengths") {
  Vector a(2), b(2);
  a << 3, 4;
  b << 4, 3;
  CHECK(cosine_similarity(a, b) == Catch::Approx(24.0 / 25.0));
  CHECK(cosine_similarity(a, -7 * a) == Catch::Approx(-1));
  CHECK(cosine_similarity(a, Vector::Zero(2)) == 0);
  CHECK_THROWS_WITH(cosine_similarity(a, Vector::Zero(3)),
                    "cosine_similarity: b is (1, 3), expected (1, 2)");
}

TEST_CASE("the nearest row to a row is itself") {
  Generator generator(1);
  const Matrix table = random_normal(20, 5, generator);
  const auto neighbors = nearest_rows(table, table.row(7), 3);
  REQUIRE(neighbors.size() == 3);
  CHECK(neighbors[0].row == 7);
  CHECK(neighbors[0].similarity == Catch::Approx(1));
  CHECK(neighbors[1].similarity >= neighbors[2].similarity);
  CHECK(nearest_rows(table, table.row(0), 50).size() == 20);
}

TEST_CASE("rows are near by their direction, whatever their length, and equals in their order") {
  Matrix table(5, 2);
  table << 8, 8, 0, 3, 1, 1, -5, -5, 0, 1;
  Vector query(2);
  query << 0, 2;
  const auto neighbors = nearest_rows(table, query, 5);
  REQUIRE(neighbors.size() == 5);
  const std::vector<Index> rows = {1, 4, 0, 2, 3};
  const std::vector<double> similarities = {1, 1, std::sqrt(0.5), std::sqrt(0.5), -std::sqrt(0.5)};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(neighbors[i].row == rows[i]);
    CHECK(neighbors[i].similarity == Catch::Approx(similarities[i]));
  }
  CHECK(nearest_rows(table, query, 2).size() == 2);
  CHECK(nearest_rows(table, query, -1).empty());
}

TEST_CASE("the leading singular vectors of a product of known factors are those factors") {
  // Three columns at right angles on either side, with the singular values 9, 4 and 1.
  Generator generator(2);
  const auto orthonormal = [&](Index rows) {
    const Eigen::HouseholderQR<Matrix> decomposition(random_normal(rows, 3, generator));
    return Matrix(decomposition.householderQ() * Matrix::Identity(rows, 3));
  };
  const Matrix left = orthonormal(12), right = orthonormal(10);
  Vector values(3);
  values << 9, 4, 1;
  const Matrix table = left * values.asDiagonal() * right.transpose();

  const SingularVectors found = leading_singular_vectors(table, 3, generator);
  CHECK(largest_difference(found.values, values) < 1e-4);
  for (Index i = 0; i < 3; ++i) {
    CHECK(std::abs(found.vectors.col(i).dot(left.col(i))) == Catch::Approx(1).epsilon(1e-4));
  }
}

TEST_CASE("the dot products of embeddings of full width give a symmetric table back") {
  Generator generator(3);
  const Matrix half = random_normal(6, 6, generator);
  const Matrix table = half * half.transpose();
  const Matrix embeddings = svd_embeddings(table, 6, generator);
  CHECK(largest_difference(embeddings * embeddings.transpose(), table) < 1e-3);
}

TEST_CASE("the first singular vectors are those that an exact decomposition has") {
  // Singular values that halve from one to the next: 16, 8, 4, ...
  Generator generator(5);
  Matrix table = random_normal(30, 20, generator);
  const auto options = Eigen::ComputeThinU | Eigen::ComputeThinV;
  const Eigen::JacobiSVD<Eigen::MatrixXf> directions(table.cast<float>(), options);
  Eigen::VectorXf values(20);
  for (Index i = 0; i < 20; ++i) values(i) = std::ldexp(16.0f, -static_cast<int>(i));
  table = directions.matrixU() * values.asDiagonal() * directions.matrixV().transpose();
  const SingularVectors found = leading_singular_vectors(table, 3, generator);
  REQUIRE(found.vectors.rows() == 30);
  REQUIRE(found.vectors.cols() == 3);
  CHECK(largest_difference(found.values, values.head(3).transpose()) < 1e-4);
  for (Index i = 0; i < 3; ++i) {
    const float cosine = found.vectors.col(i).dot(directions.matrixU().col(i));
    CHECK(std::abs(cosine) == Catch::Approx(1).epsilon(1e-5));
  }
  const Matrix embeddings = svd_embeddings(table, 3, generator);
  CHECK(largest_difference(embeddings.colwise().squaredNorm(), found.values) < 1e-4);
}

TEST_CASE("more singular vectors than a matrix has are refused with its shape") {
  Generator generator(4);
  CHECK_THROWS_WITH(leading_singular_vectors(Matrix::Zero(4, 3), 4, generator),
                    "leading_singular_vectors: 4 of a (4, 3) matrix; it has 3");
  CHECK_THROWS(leading_singular_vectors(Matrix::Zero(4, 3), 0, generator));
}
