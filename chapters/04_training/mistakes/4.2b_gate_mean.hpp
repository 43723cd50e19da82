#pragma once

// The gradient of the gate is the mean over all entries, where it should be their sum.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::gate_mean {

using exercises::GateGradients;
using llm::MatrixRef, llm::Real;

inline GateGradients gated_backward(const MatrixRef& output_gradient, const MatrixRef& update,
                                    Real gate) {
  return {output_gradient, gate * output_gradient, output_gradient.cwiseProduct(update).mean()};
}

}  // namespace mistakes::gate_mean
