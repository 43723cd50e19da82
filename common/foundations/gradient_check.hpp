#pragma once

#include <functional>
#include <span>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace llm {

/// The derivative of `loss` with respect to each of `parameters`, by central differences: each
/// parameter is moved by `step` to either side and put back. Sharp in double precision (1e-9), and
/// rough in single precision, where `step` must be 1e-3 to 1e-2.
std::vector<double> finite_differences(const std::function<double()>& loss,
                                       std::span<Real> parameters, double step = 1e-5);

/// The largest |gradient - expected| in units of the largest |expected| (or of 1e-6, where all of
/// them are smaller): 1e-7 and less is agreement in double precision. Infinite where one of them is
/// no number.
double gradient_error(std::span<const Real> gradient, std::span<const double> expected);

}  // namespace llm
