#include "tests/exercises/check.hpp"

#include <fmt/format.h>

#include <sstream>

namespace llm {

namespace {

/// A matrix as the lines that a message shows.
std::string matrix_text(const MatrixRef& matrix) {
  std::ostringstream text;
  text << matrix.format(Eigen::IOFormat(4, 0, "  ", "\n", "  "));
  return text.str();
}

}  // namespace

void expect(bool condition, const std::string& message) {
  if (!condition) throw WrongAnswer(message);
}

void expect_close(const MatrixRef& answer, const MatrixRef& expected, const std::string& message,
                  double tolerance) {
  if (answer.rows() != expected.rows() || answer.cols() != expected.cols()) {
    throw WrongAnswer(fmt::format("Your result has the shape {}; {} is expected.\n{}",
                                  shape_text(answer.rows(), answer.cols()),
                                  shape_text(expected.rows(), expected.cols()), message));
  }
  // Compared one by one: a maximum may skip entries that are not numbers.
  if (((answer - expected).array().abs() <= static_cast<Real>(tolerance)).all()) return;
  throw WrongAnswer(fmt::format("{}\nYour result is\n{}\nexpected\n{}", message,
                                matrix_text(answer), matrix_text(expected)));
}

}  // namespace llm
