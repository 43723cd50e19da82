#include "common/transformer/training/adamw.hpp"

#include <cmath>

#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "tests/catch.hpp"

using namespace llm;

namespace {

/// A weight of three numbers, which decays, and a bias of two, which does not.
const std::vector<Parameter> layout = {{"weight", 0, 1, 3, ParameterRole::table},
                                       {"bias", 3, 1, 2, ParameterRole::row}};

/// Adam as its authors write it, on one number, in double precision.
struct PlainAdam {
  double parameter, mean = 0, mean_square = 0;

  void step(double gradient, double rate, double decay, int count) {
    mean = 0.9 * mean + 0.1 * gradient;
    mean_square = 0.99 * mean_square + 0.01 * gradient * gradient;
    const double corrected = mean / (1 - std::pow(0.9, count));
    const double corrected_square = mean_square / (1 - std::pow(0.99, count));
    parameter -= rate * decay * parameter;
    parameter -= rate * corrected / (std::sqrt(corrected_square) + 1e-8);
  }
};

}  // namespace

TEST_CASE("AdamW moves as its paper says, and decays weights only") {
  ThreadTeam team(2);
  AdamW adamw(layout, {.weight_decay = 0.5});
  std::vector<Real> parameters = {1, -2, 3, 4, -5}, gradients(5);
  std::vector<PlainAdam> expected = {{1}, {-2}, {3}, {4}, {-5}};
  for (int count = 1; count <= 20; ++count) {
    for (std::size_t i = 0; i < 5; ++i) {
      gradients[i] = static_cast<Real>(std::sin(count * (1.0 + static_cast<double>(i))));
      expected[i].step(static_cast<double>(gradients[i]), 0.01, i < 3 ? 0.5 : 0, count);
    }
    adamw.step(parameters, gradients, 0.01, team);
  }
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(static_cast<double>(parameters[i]) == Catch::Approx(expected[i].parameter).epsilon(1e-5));
  }
}

TEST_CASE("AdamW trains the parameters of its layout, wherever they lie, and no others") {
  ThreadTeam team(2);
  const std::vector<Parameter> whole = {{"first", 0, 2, 3, ParameterRole::table},
                                        {"second", 6, 1, 4, ParameterRole::row},
                                        {"third", 10, 1, 5, ParameterRole::table},
                                        {"fourth", 15, 2, 2, ParameterRole::row}};
  Generator generator(8);
  const Matrix start = random_normal(1, 19, generator), slopes = random_normal(1, 19, generator);
  Matrix expected = start;
  AdamW all(whole, {});
  for (int i = 0; i < 3; ++i) all.step(span_of(expected), span_of(slopes), 0.1, team);
  const std::vector<std::vector<Parameter>> choices = {
      {whole[0], whole[2]}, {whole[1]}, {whole[3], whole[1]}, {}};
  for (const std::vector<Parameter>& chosen : choices) {
    Matrix numbers = start, correct = start;
    AdamW some(chosen, {});
    for (int i = 0; i < 3; ++i) some.step(span_of(numbers), span_of(slopes), 0.1, team);
    for (const Parameter& parameter : chosen) {
      correct.middleCols(parameter.offset, parameter.size()) =
          expected.middleCols(parameter.offset, parameter.size());
    }
    CHECK(numbers == correct);
  }
}

TEST_CASE("a step refuses spans that do not hold its layout") {
  ThreadTeam team(1);
  AdamW adamw(layout, {});
  std::vector<Real> four(4), five(5), six(6);
  CHECK_THROWS_WITH(adamw.step(four, four, 0.1, team),
                    "AdamW: 4 parameters and 4 gradients, expected the same number of both, and at "
                    "least 5");
  CHECK_THROWS_AS(adamw.step(five, six, 0.1, team), std::invalid_argument);
  CHECK(adamw.steps == 0);
}

TEST_CASE("a step has the same bits on any number of threads") {
  const std::vector<Parameter> uneven = {{"first", 0, 1, 5003, ParameterRole::table},
                                         {"second", 5003, 7, 431, ParameterRole::row}};
  Generator generator(6);
  const Matrix start = random_normal(1, 5003 + 7 * 431, generator);
  const Matrix slopes = random_normal(1, start.size(), generator);
  const auto after_three_steps = [&](int threads) {
    ThreadTeam team(threads);
    AdamW adamw(uneven, {});
    Matrix numbers = start;
    for (int step = 0; step < 3; ++step) {
      adamw.step(span_of(numbers), span_of(slopes), 0.1, team);
    }
    return numbers;
  };
  const Matrix alone = after_three_steps(1);
  for (const int threads : {2, 3, 7}) CHECK(after_three_steps(threads) == alone);
}
