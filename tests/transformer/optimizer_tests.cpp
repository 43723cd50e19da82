#include "common/transformer/training/optimizer.hpp"

#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "tests/catch.hpp"

using namespace llm;

namespace {

/// One parameter of each role, and a second weight.
const std::vector<Parameter> layout = {
    {"token_embedding", 0, 3, 4, ParameterRole::table},
    {"blocks.0.expand.weight", 12, 5, 4, ParameterRole::weight},
    {"blocks.0.expand.bias", 32, 1, 5, ParameterRole::row},
    {"blocks.0.contract.weight", 37, 4, 5, ParameterRole::weight}};

/// What numbers become in two steps of an optimizer.
template <class AnyOptimizer>
Vector after_two_steps(AnyOptimizer&& optimizer, Vector numbers, const Vector& slopes,
                       double rate) {
  ThreadTeam team(1);
  for (int i = 0; i < 2; ++i) optimizer.step(span_of(numbers), span_of(slopes), rate, team);
  return numbers;
}

}  // namespace

TEST_CASE("with Muon the weights are Muon's at its rate, and all else is AdamW's") {
  Generator generator(1);
  const Vector start = random_normal(1, 57, generator), slopes = random_normal(1, 57, generator);
  const OptimizerSettings settings = {
      .weights = WeightOptimizer::muon, .adamw = {.beta_1 = 0.8}, .muon = {.rate = 3}};
  const Vector both = after_two_steps(Optimizer(layout, settings, 1), start, slopes, 0.01);
  const Vector adamw = after_two_steps(AdamW(layout, {.beta_1 = 0.8}), start, slopes, 0.01);
  const Vector muon = after_two_steps(Muon({layout[1], layout[3]}, {}, 1), start, slopes, 0.03);
  CHECK(both.head(12) == adamw.head(12));
  CHECK(both.segment(32, 5) == adamw.segment(32, 5));
  CHECK(both.segment(12, 20) == muon.segment(12, 20));
  CHECK(both.tail(20) == muon.tail(20));
}

TEST_CASE("without Muon everything is AdamW's, and its steps are counted") {
  Generator generator(2);
  const Vector start = random_normal(1, 57, generator), slopes = random_normal(1, 57, generator);
  Optimizer optimizer(layout, {}, 1);
  CHECK(after_two_steps(optimizer, start, slopes, 0.01) ==
        after_two_steps(AdamW(layout, {}), start, slopes, 0.01));
  CHECK(optimizer.steps() == 2);
}
