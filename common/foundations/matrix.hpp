#pragma once

#include <Eigen/Core>
#include <string>

#ifndef LLM_REAL
#define LLM_REAL float
#endif

namespace llm {

/// The type of every weight, activation and gradient: float, and double in the gradient tests.
using Real = LLM_REAL;

/// Rows are positions (or examples), columns are features; a row lies contiguously in memory.
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// One row: the features of one word.
using Vector = Eigen::Matrix<Real, 1, Eigen::Dynamic, Eigen::RowMajor>;

/// A matrix to read: a Matrix, some of its rows, or some of its columns, without a copy.
using MatrixRef = Eigen::Ref<const Matrix, 0, Eigen::OuterStride<>>;

/// A matrix to write: the same views as MatrixRef, into memory that someone else owns.
using MatrixOut = Eigen::Ref<Matrix, 0, Eigen::OuterStride<>>;

/// A row to read.
using VectorRef = Eigen::Ref<const Vector>;

/// A row to write.
using VectorOut = Eigen::Ref<Vector>;

/// An index or a size, signed as Eigen's are.
using Index = Eigen::Index;

/// The shape of a matrix as text, "(3, 4)", for messages.
std::string shape_text(Index rows, Index columns);

/// Throws std::invalid_argument, naming both shapes, unless `matrix` is (rows, columns).
void check_shape(const char* name, const MatrixRef& matrix, Index rows, Index columns);

}  // namespace llm
