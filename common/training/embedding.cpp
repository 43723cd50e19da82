#include "common/training/embedding.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace llm {

namespace {

/// The row of a table of `vocabulary` rows that belongs to `token`.
Index embedding_row(int token, Index vocabulary) {
  if (token < 0 || token >= vocabulary) {
    throw std::invalid_argument(
        fmt::format("embed: token {} is not one of the {} rows of the table", token, vocabulary));
  }
  return token;
}

}  // namespace

void embedding_forward(std::span<const int> tokens, const MatrixRef& table, MatrixOut rows) {
  check_shape("embed: rows", rows, static_cast<Index>(tokens.size()), table.cols());
  for (Index t = 0; t < rows.rows(); ++t) {
    rows.row(t) = table.row(embedding_row(tokens[static_cast<std::size_t>(t)], table.rows()));
  }
}

Matrix embed(std::span<const int> tokens, const MatrixRef& table) {
  Matrix rows(static_cast<Index>(tokens.size()), table.cols());
  embedding_forward(tokens, table, rows);
  return rows;
}

void embedding_backward(const MatrixRef& row_gradient, std::span<const int> tokens,
                        MatrixOut table_gradient) {
  check_shape("embedding_backward: row_gradient", row_gradient, static_cast<Index>(tokens.size()),
              table_gradient.cols());
  for (Index t = 0; t < row_gradient.rows(); ++t) {
    const int token = tokens[static_cast<std::size_t>(t)];
    table_gradient.row(embedding_row(token, table_gradient.rows())) += row_gradient.row(t);
  }
}

}  // namespace llm
