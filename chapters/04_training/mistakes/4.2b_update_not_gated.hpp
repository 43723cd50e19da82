#pragma once

// The gradient of the update is passed on as if there were no gate.

#include "chapters/04_training/solutions.hpp"

namespace mistakes::update_not_gated {

using exercises::GateGradients;
using llm::MatrixRef, llm::Real;

inline GateGradients gated_backward(const MatrixRef& output_gradient, const MatrixRef& update,
                                    Real /*gate*/) {
  return {output_gradient, output_gradient, output_gradient.cwiseProduct(update).sum()};
}

}  // namespace mistakes::update_not_gated
