#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "common/foundations/matrix.hpp"

/// The matrices of a file in tests/fixtures, by name.
struct Fixture {
  explicit Fixture(const std::string& name) {
    std::ifstream file(std::string(LLM_FIXTURES "/") + name);
    if (!file) throw std::runtime_error(name + " is not in " LLM_FIXTURES);
    data = nlohmann::json::parse(file);
  }

  llm::Matrix operator[](const std::string& name) const {
    const nlohmann::json& rows = data.at(name);
    llm::Matrix matrix(static_cast<llm::Index>(rows.size()),
                       static_cast<llm::Index>(rows.at(0).size()));
    for (llm::Index i = 0; i < matrix.rows(); ++i) {
      for (llm::Index j = 0; j < matrix.cols(); ++j) {
        const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
        matrix(i, j) = rows[row].at(column).get<llm::Real>();
      }
    }
    return matrix;
  }

  nlohmann::json data;
};

/// The largest difference between two matrices of one shape, entry by entry.
inline double largest_difference(const llm::MatrixRef& a, const llm::MatrixRef& b) {
  llm::check_shape("largest_difference", a, b.rows(), b.cols());
  return (a - b).cwiseAbs().maxCoeff();
}
