#include "common/foundations/random.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace llm {

double uniform(Generator& generator) {
  return static_cast<double>(generator() >> 11) * 0x1.0p-53;
}

double normal(Generator& generator) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform(generator)));
  return radius * std::cos(2.0 * std::numbers::pi * uniform(generator));
}

Index uniform_index(Index count, Generator& generator) {
  if (count < 1) throw std::invalid_argument("uniform_index: there is nothing to choose from");
  return static_cast<Index>(uniform(generator) * static_cast<double>(count));
}

Matrix random_normal(Index rows, Index columns, Generator& generator, Real deviation) {
  Matrix matrix(rows, columns);
  for (Real& entry : matrix.reshaped()) entry = deviation * static_cast<Real>(normal(generator));
  return matrix;
}

}  // namespace llm
