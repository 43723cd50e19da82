#pragma once

// The softmax runs down the columns, over the options of different words.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::down_the_columns {

using namespace llm;

inline Matrix log_softmax(const MatrixRef& scores) {
  Matrix logarithms(scores.rows(), scores.cols());
  for (Index j = 0; j < scores.cols(); ++j) {
    const auto shifted = scores.col(j).array() - scores.col(j).maxCoeff();
    logarithms.col(j) = shifted - std::log(shifted.exp().sum());
  }
  return logarithms;
}

}  // namespace mistakes::down_the_columns
