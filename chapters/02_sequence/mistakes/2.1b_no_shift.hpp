#pragma once

// The formula as it stands: exponentials of large scores are infinite.

#include <cmath>

#include "common/foundations/matrix.hpp"

namespace mistakes::no_shift {

using namespace llm;

inline Matrix log_softmax(const MatrixRef& scores) {
  Matrix logarithms(scores.rows(), scores.cols());
  for (Index i = 0; i < scores.rows(); ++i) {
    Real sum = 0;
    for (Index j = 0; j < scores.cols(); ++j) sum += std::exp(scores(i, j));
    logarithms.row(i) = scores.row(i).array() - std::log(sum);
  }
  return logarithms;
}

}  // namespace mistakes::no_shift
