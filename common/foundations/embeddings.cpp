#include "common/foundations/embeddings.hpp"

#include <fmt/format.h>

#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <stdexcept>

namespace llm {

namespace {

/// An orthonormal basis of the columns of a matrix (V, k): k columns of length 1 at right angles.
Matrix orthonormal_columns(const MatrixRef& matrix) {
  const Eigen::HouseholderQR<Matrix> decomposition(matrix);
  return decomposition.householderQ() * Matrix::Identity(matrix.rows(), matrix.cols());
}

}  // namespace

Real cosine_similarity(const VectorRef& a, const VectorRef& b) {
  check_shape("cosine_similarity: b", b, 1, a.size());
  const Real lengths = a.norm() * b.norm();
  return lengths > 0 ? a.dot(b) / lengths : 0;
}

std::vector<Neighbor> nearest_rows(const MatrixRef& table, const VectorRef& query, Index count) {
  std::vector<Neighbor> neighbors;
  for (Index row = 0; row < table.rows(); ++row) {
    neighbors.push_back({row, cosine_similarity(table.row(row), query)});
  }
  const auto kept = std::clamp<Index>(count, 0, table.rows());
  std::partial_sort(neighbors.begin(), neighbors.begin() + kept, neighbors.end(),
                    [](const Neighbor& a, const Neighbor& b) {
                      return a.similarity != b.similarity ? a.similarity > b.similarity
                                                          : a.row < b.row;
                    });
  neighbors.resize(static_cast<std::size_t>(kept));
  return neighbors;
}

SingularVectors leading_singular_vectors(const MatrixRef& table, Index count,
                                         Generator& generator) {
  const Index most = std::min(table.rows(), table.cols());
  if (count < 1 || count > most) {
    throw std::invalid_argument(
        fmt::format("leading_singular_vectors: {} of a {} matrix; it has {}", count,
                    shape_text(table.rows(), table.cols()), most));
  }
  // A few columns more than asked for, so that the last ones asked for are sharp too.
  const Index columns = std::min(count + 8, most);
  Matrix basis = orthonormal_columns(table * random_normal(table.cols(), columns, generator));
  for (int round = 0; round < 3; ++round) {
    const Matrix other_side = orthonormal_columns(table.transpose() * basis);  // (C, k + 8)
    basis = orthonormal_columns(table * other_side);                           // (V, k + 8)
  }
  const Matrix small = table.transpose() * basis;  // (C, k + 8)
  const Eigen::JacobiSVD<Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>> exact(
      small, Eigen::ComputeThinV);
  return {basis * exact.matrixV().leftCols(count), exact.singularValues().head(count)};
}

Matrix svd_embeddings(const MatrixRef& table, Index width, Generator& generator) {
  const SingularVectors leading = leading_singular_vectors(table, width, generator);
  return leading.vectors * leading.values.cwiseSqrt().asDiagonal();
}

}  // namespace llm
