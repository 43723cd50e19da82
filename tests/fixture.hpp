#pragma once

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "common/foundations/matrix.hpp"

/// A file of tests/fixtures, without its ending: what one of the scripts there has written. Its
/// entries keep their order.
inline nlohmann::ordered_json read_fixture(const std::string& name) {
  const std::string path = std::string(LLM_FIXTURES "/") + name + ".json";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return nlohmann::ordered_json::parse(file);
}

/// A matrix from a list of rows; a plain list of numbers is one row, null is -infinity.
inline llm::Matrix matrix_from(const nlohmann::ordered_json& rows) {
  if (!rows.at(0).is_array()) return matrix_from(nlohmann::ordered_json::array({rows}));
  llm::Matrix matrix(static_cast<llm::Index>(rows.size()),
                     static_cast<llm::Index>(rows.at(0).size()));
  for (llm::Index i = 0; i < matrix.rows(); ++i) {
    for (llm::Index j = 0; j < matrix.cols(); ++j) {
      const auto& entry = rows.at(static_cast<std::size_t>(i)).at(static_cast<std::size_t>(j));
      matrix(i, j) = entry.is_null() ? -std::numeric_limits<llm::Real>::infinity()
                                     : static_cast<llm::Real>(entry.get<double>());
    }
  }
  return matrix;
}

/// The largest difference between two matrices of one shape, entry by entry. It is infinite where
/// an entry is no number, since a maximum over such entries may overlook them.
inline double largest_difference(const llm::MatrixRef& ours, const llm::MatrixRef& expected) {
  llm::check_shape("largest_difference: ours", ours, expected.rows(), expected.cols());
  if (expected.size() == 0) return 0;
  const llm::Matrix difference = ours - expected;
  if (!difference.allFinite()) return std::numeric_limits<double>::infinity();
  return static_cast<double>(difference.cwiseAbs().maxCoeff());
}

/// As largest_difference, with each entry's difference in units of its expected value, or of
/// `smallest` where that is smaller: what is small is compared as sharply as what is large.
inline double relative_difference(const llm::MatrixRef& ours, const llm::MatrixRef& expected,
                                  llm::Real smallest) {
  const llm::Matrix units = expected.cwiseAbs().cwiseMax(smallest);
  return largest_difference(ours.cwiseQuotient(units), expected.cwiseQuotient(units));
}
