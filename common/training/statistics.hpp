#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// The root of the mean of the squares of all entries: the typical size of one. 0 for no entries.
Real root_mean_square(const MatrixRef& values);

}  // namespace llm
