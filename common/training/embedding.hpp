#pragma once

#include <span>

#include "common/foundations/matrix.hpp"

namespace llm {

/// Writes row tokens[t] of `table` (vocabulary, d) into row t of `rows` (T, d), for each of the T
/// tokens. Throws std::invalid_argument for a token that is not a row of the table.
void embedding_forward(std::span<const int> tokens, const MatrixRef& table, MatrixOut rows);

/// The same, into a new matrix.
Matrix embed(std::span<const int> tokens, const MatrixRef& table);

/// Adds row t of `row_gradient` (T, d) to row tokens[t] of `table_gradient` (vocabulary, d): a
/// token that occurs three times collects three rows, and one that does not occur collects none.
void embedding_backward(const MatrixRef& row_gradient, std::span<const int> tokens,
                        MatrixOut table_gradient);

}  // namespace llm
