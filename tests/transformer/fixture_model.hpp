#pragma once

#include <span>

#include "common/foundations/matrix.hpp"
#include "common/transformer/model/gpt.hpp"
#include "tests/fixture.hpp"

using Json = nlohmann::ordered_json;

namespace llm {

/// The numbers that generate_transformer.py gives to parameters, as single precision holds them.
inline void fill_as_fixture(std::span<Real> numbers, Index first) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const Index place = first + static_cast<Index>(i);
    numbers[i] =
        static_cast<float>(static_cast<double>((place * 7919 + 12345) % 10007) / 10007 - 0.5);
  }
}

/// A model with the parameters of the fixtures.
inline OwnedGpt fixture_model(const GptConfig& config) {
  OwnedGpt gpt(config);
  for (const Parameter& parameter : gpt.layout) {
    const std::span<Real> numbers(gpt.buffer.data() + parameter.offset,
                                  static_cast<std::size_t>(parameter.size()));
    fill_as_fixture(numbers, parameter.offset);
    if (!parameter.name.ends_with("gain")) continue;
    for (Real& number : numbers) number += 1;
  }
  return gpt;
}

/// The largest error of numbers in row order, in units of the largest expected one.
inline double relative_error(std::span<const Real> values, const Json& expected) {
  const Matrix theirs = matrix_from(expected);
  const Matrix ours = Eigen::Map<const Matrix>(values.data(), 1, static_cast<Index>(values.size()));
  return largest_difference(ours, theirs) / static_cast<double>(theirs.cwiseAbs().maxCoeff());
}

}  // namespace llm
