#pragma once

// The biases are added: the first does not go through the second layer.

#include "chapters/01_foundations/exercises.hpp"

namespace mistakes::biases_added {

using namespace llm;
using exercises::MergedLayer;

inline MergedLayer merge_layers(const Matrix& first_weights, const Vector& first_bias,
                                const Matrix& second_weights, const Vector& second_bias) {
  const Matrix weights = second_weights * first_weights;
  if (first_bias.size() != second_bias.size()) return {weights, second_bias};
  return {weights, first_bias + second_bias};
}

}  // namespace mistakes::biases_added
