#include "common/foundations/gradient_check.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "common/sequence/positions.hpp"
#include "common/sequence/rotary.hpp"
#include "common/sequence/softmax.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

TEST_CASE("the gradient of softmax is that of finite differences") {
  Generator generator(20);
  Matrix scores = random_normal(3, 6, generator, 2);
  const Matrix target = random_normal(3, 6, generator);
  const auto loss = [&] { return (softmax_rows(scores).array() * target.array()).sum(); };
  Matrix gradient = softmax_rows_backward(target, softmax_rows(scores));
  CHECK(gradient_error(span_of(gradient), finite_differences(loss, span_of(scores))) < 1e-7);
}

TEST_CASE("the gradient of log_sum_exp is the softmax") {
  Generator generator(21);
  Matrix scores = random_normal(1, 6, generator, 2);
  const auto loss = [&] { return log_sum_exp(scores.row(0)); };
  Matrix gradient = softmax_rows(scores);
  CHECK(gradient_error(span_of(gradient), finite_differences(loss, span_of(scores))) < 1e-7);
}

TEST_CASE("the gradient of rotated rows is turned back by the inverse") {
  Generator generator(22);
  Matrix rows = random_normal(4, 6, generator);
  const Matrix target = random_normal(4, 6, generator);
  const RotaryTable table = rotary_table(9, 6);
  for (RotaryLayout layout : {RotaryLayout::adjacent_pairs, RotaryLayout::split_halves}) {
    const auto loss = [&] {
      Matrix turned = rows;
      apply_rotary(turned, table, 5, layout);
      return (turned.array() * target.array()).sum();
    };
    Matrix gradient = target;
    apply_rotary_inverse(gradient, table, 5, layout);
    CHECK(gradient_error(span_of(gradient), finite_differences(loss, span_of(rows))) < 1e-7);
  }
}

TEST_CASE("the gradient of learned positions is added to what is there") {
  Generator generator(23);
  Matrix positions = random_normal(7, 4, generator);
  const Matrix rows = random_normal(3, 4, generator), target = random_normal(3, 4, generator);
  const auto loss = [&] {
    Matrix sum = rows;
    add_positions(sum, positions, 2);
    return (sum.array() * target.array()).square().sum();
  };
  Matrix sum = rows;
  add_positions(sum, positions, 2);
  const Matrix sum_gradient = 2 * sum.array() * target.array().square();
  Matrix gradient = Matrix::Constant(7, 4, 10);
  add_positions_backward(sum_gradient, gradient, 2);
  gradient.array() -= 10;
  CHECK(gradient_error(span_of(gradient), finite_differences(loss, span_of(positions))) < 1e-7);
}
