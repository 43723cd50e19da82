#include "common/foundations/matrix.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace llm {

std::string shape_text(Index rows, Index columns) {
  return fmt::format("({}, {})", rows, columns);
}

void check_shape(const char* name, const MatrixRef& matrix, Index rows, Index columns) {
  if (matrix.rows() != rows || matrix.cols() != columns) {
    throw std::invalid_argument(fmt::format("{} is {}, expected {}", name,
                                            shape_text(matrix.rows(), matrix.cols()),
                                            shape_text(rows, columns)));
  }
}

}  // namespace llm
