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

Matrix embed(std::span<const int> tokens, const MatrixRef& table) {
  Matrix rows(static_cast<Index>(tokens.size()), table.cols());
  for (Index t = 0; t < rows.rows(); ++t) {
    rows.row(t) = table.row(embedding_row(tokens[static_cast<std::size_t>(t)], table.rows()));
  }
  return rows;
}

void embed_backward(const MatrixRef& output_gradient, std::span<const int> tokens,
                    MatrixOut table_gradient) {
  check_shape("embed_backward: output_gradient", output_gradient, static_cast<Index>(tokens.size()),
              table_gradient.cols());
  for (Index t = 0; t < output_gradient.rows(); ++t) {
    const int token = tokens[static_cast<std::size_t>(t)];
    table_gradient.row(embedding_row(token, table_gradient.rows())) += output_gradient.row(t);
  }
}

}  // namespace llm
