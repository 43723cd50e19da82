#pragma once

// Takes the maximum of the whole matrix off every row: rows of small scores lose everything.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::one_maximum {

using namespace llm;

inline Matrix log_softmax(const MatrixRef& scores) {
  Matrix logarithms(scores.rows(), scores.cols());
  for (Index i = 0; i < scores.rows(); ++i) {
    Real sum = 0;
    for (Index j = 0; j < scores.cols(); ++j) sum += std::exp(scores(i, j) - scores.maxCoeff());
    logarithms.row(i) = scores.row(i).array() - scores.maxCoeff() - std::log(sum);
  }
  return logarithms;
}

}  // namespace mistakes::one_maximum
