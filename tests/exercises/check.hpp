#pragma once

#include <string>

#include "common/foundations/matrix.hpp"
#include "common/harness/exercise.hpp"
#include "tests/exercises/exercise.hpp"

namespace llm {

/// Throws WrongAnswer with `message` unless `condition` holds.
void expect(bool condition, const std::string& message);

/// Throws WrongAnswer with `message`, and both matrices, unless their shapes agree and their
/// entries are within `tolerance`. Many wrong answers come here, so `message` says what was asked,
/// or what must hold of the result; it names a mistake only where no other mistake can reach it.
void expect_close(const MatrixRef& answer, const MatrixRef& expected, const std::string& message,
                  double tolerance = 1e-4);

}  // namespace llm
