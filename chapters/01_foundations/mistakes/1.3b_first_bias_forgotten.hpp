#pragma once

// The bias of the first layer is forgotten.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::first_bias_forgotten {

using namespace llm;
using exercises::MergedLayer;

inline MergedLayer merge_layers(const Matrix& first_weights, const Vector&,
                                const Matrix& second_weights, const Vector& second_bias) {
  return {second_weights * first_weights, second_bias};
}

}  // namespace mistakes::first_bias_forgotten
