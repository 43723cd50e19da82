#include "common/training/statistics.hpp"

#include <cmath>

namespace llm {

Real root_mean_square(const MatrixRef& values) {
  if (values.size() == 0) return 0;
  return std::sqrt(values.squaredNorm() / static_cast<Real>(values.size()));
}

}  // namespace llm
