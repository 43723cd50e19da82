#pragma once

// The first layer's weights come first.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::wrong_order {

using namespace llm;
using exercises::MergedLayer;

inline MergedLayer merge_layers(const Matrix& first_weights, const Vector& first_bias,
                                const Matrix& second_weights, const Vector& second_bias) {
  return {first_weights * second_weights, first_bias * second_weights.transpose() + second_bias};
}

}  // namespace mistakes::wrong_order
