#pragma once

// The compiler includes this file before any other in the exercises: a check of Eigen's that fails
// (sizes that do not agree, an index out of range) throws instead of ending the program.

#include <stdexcept>

#define eigen_assert(condition)                                             \
  do {                                                                      \
    if (!(condition)) throw std::logic_error("Eigen's check: " #condition); \
  } while (false)
