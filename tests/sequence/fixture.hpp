#pragma once

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "common/foundations/matrix.hpp"

/// What generate_sequence.py wrote to tests/fixtures/sequence_<name>.json.
inline nlohmann::json read_fixture(const std::string& name) {
  const std::string path = std::string(LLM_FIXTURES) + "/sequence_" + name + ".json";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return nlohmann::json::parse(file);
}

/// A matrix from a list of rows; null stands for -infinity.
inline llm::Matrix matrix_from(const nlohmann::json& rows) {
  llm::Matrix matrix(static_cast<llm::Index>(rows.size()),
                     static_cast<llm::Index>(rows.at(0).size()));
  for (llm::Index i = 0; i < matrix.rows(); ++i) {
    for (llm::Index j = 0; j < matrix.cols(); ++j) {
      const auto& entry = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      matrix(i, j) = entry.is_null() ? -std::numeric_limits<llm::Real>::infinity()
                                     : static_cast<llm::Real>(entry.get<double>());
    }
  }
  return matrix;
}

/// The largest difference between two matrices of one shape.
inline double largest_difference(const llm::MatrixRef& a, const llm::MatrixRef& b) {
  llm::check_shape("largest_difference: b", b, a.rows(), a.cols());
  return (a - b).array().abs().maxCoeff();
}
