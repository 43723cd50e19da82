#pragma once

// The gate is applied to the stream as well, which it does not stand on.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::highway_gated {

using exercises::GateGradients;
using llm::MatrixRef, llm::Real;

inline GateGradients gated_backward(const MatrixRef& output_gradient, const MatrixRef& update,
                                    Real gate) {
  return {gate * output_gradient, gate * output_gradient,
          output_gradient.cwiseProduct(update).sum()};
}

}  // namespace mistakes::highway_gated
