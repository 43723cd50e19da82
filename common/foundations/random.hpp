#pragma once

#include <cstdint>
#include <random>

#include "common/foundations/matrix.hpp"

namespace llm {

/// The source of every random number: the same seed gives the same numbers on every machine.
using Generator = std::mt19937_64;

/// A number from [0, 1), uniform: the upper 53 bits of the generator's next word.
double uniform(Generator& generator);

/// A number from the normal distribution of mean 0 and standard deviation 1
/// (Box & Muller 1958, "A Note on the Generation of Random Normal Deviates").
double normal(Generator& generator);

/// An index from 0 to count - 1, each equally likely.
Index uniform_index(Index count, Generator& generator);

/// A (rows, columns) matrix of independent normal numbers with the given standard deviation.
Matrix random_normal(Index rows, Index columns, Generator& generator, Real deviation = 1);

}  // namespace llm
