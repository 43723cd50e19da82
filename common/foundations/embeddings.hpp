#pragma once

#include <vector>

#include "common/foundations/matrix.hpp"
#include "common/foundations/random.hpp"

namespace llm {

/// The cosine of the angle between two vectors of the same size: 1 for the same direction, 0 for
/// a right angle. A vector of length 0 has no direction: its similarity to any other is 0.
Real cosine_similarity(const VectorRef& a, const VectorRef& b);

/// A row of a table, and its cosine similarity to the vector that was asked for.
struct Neighbor {
  Index row;
  Real similarity;
};

/// The `count` rows of `table` (V, d) that are most similar to `query` (d), the most similar first.
std::vector<Neighbor> nearest_rows(const MatrixRef& table, const VectorRef& query, Index count);

/// The left singular vectors of a matrix that belong to its largest singular values, and those
/// values, largest first: `vectors` is (V, k), `values` is (k).
struct SingularVectors {
  Matrix vectors;
  Vector values;
};

/// The first `count` singular vectors of `table` (V, C), by repeated multiplication from a random
/// start (Halko, Martinsson & Tropp 2011, "Finding Structure with Randomness"). Throws
/// std::invalid_argument unless 1 <= count <= min(V, C).
SingularVectors leading_singular_vectors(const MatrixRef& table, Index count, Generator& generator);

/// Shortens each row of `table` (V, C) to `width` numbers: singular vectors, each times the square
/// root of its singular value. Returns (V, width).
Matrix svd_embeddings(const MatrixRef& table, Index width, Generator& generator);

}  // namespace llm
