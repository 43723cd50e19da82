#pragma once

#include <span>

#include "common/foundations/matrix.hpp"

namespace llm {

/// Row tokens[t] of `table` (vocabulary, d), for each of the T tokens: (T, d).
/// Throws std::invalid_argument for a token that is not a row of the table.
Matrix embed(std::span<const int> tokens, const MatrixRef& table);

/// Adds row t of `output_gradient` (T, d) to row tokens[t] of `table_gradient` (vocabulary, d): a
/// token that occurs three times collects three rows, and one that does not occur collects none.
void embed_backward(const MatrixRef& output_gradient, std::span<const int> tokens,
                    MatrixOut table_gradient);

}  // namespace llm
