// Double precision: the backward passes against central differences.

#include "common/attention/attention.hpp"
#include "common/attention/masks.hpp"
#include "common/attention/multi_head.hpp"
#include "common/foundations/gradient_check.hpp"
#include "common/foundations/spans.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

/// The sum of the products of the entries: a loss whose derivative by `outputs` is `direction`.
double dot(const Matrix& outputs, const Matrix& direction) {
  return outputs.cwiseProduct(direction).sum();
}

/// The error of a gradient of `loss` by the entries of `inputs`.
double error_of(Matrix gradient, const std::function<double()>& loss, Matrix& inputs) {
  return gradient_error(span_of(gradient), finite_differences(loss, span_of(inputs)));
}

}  // namespace

TEST_CASE("the gradient of attention is the slope of attention, with and without a mask") {
  Generator generator(1);
  Matrix half_empty = causal_mask(4);
  half_empty.row(2).setConstant(forbidden());
  for (const Matrix& mask :
       {Matrix(Matrix::Zero(4, 4)), causal_mask(4), half_empty, sliding_window_mask(4, 2)}) {
    Matrix queries = random_normal(4, 3, generator), keys = random_normal(4, 3, generator),
           values = random_normal(4, 5, generator);
    const Matrix direction = random_normal(4, 5, generator);
    const auto loss = [&] {
      return dot(scaled_dot_product_attention(queries, keys, values, mask).outputs, direction);
    };
    const AttentionGradients gradients = scaled_dot_product_attention_backward(
        direction, queries, keys, values,
        scaled_dot_product_attention(queries, keys, values, mask).weights);
    CHECK(error_of(gradients.queries, loss, queries) < 1e-7);
    CHECK(error_of(gradients.keys, loss, keys) < 1e-7);
    CHECK(error_of(gradients.values, loss, values) < 1e-7);
  }
}

TEST_CASE("the gradient of multi-head attention is its slope, for shapes drawn at random") {
  Generator generator(2);
  for (int trial = 0; trial < 8; ++trial) {
    const Index key_value_heads = 1 + uniform_index(3, generator);
    const Index heads = key_value_heads * (1 + uniform_index(2, generator));
    const Index length = trial == 0 ? 1 : 1 + uniform_index(5, generator);
    const HeadLayout layout =
        divide_heads(heads * (1 + uniform_index(3, generator)), heads, key_value_heads);
    INFO("T " << length << ", heads " << heads << ", key/value heads " << key_value_heads
              << ", head width " << layout.head_width);
    const Matrix mask = trial % 2 == 0 ? Matrix() : causal_mask(length);
    MultiHeadParameters parameters = random_multi_head(layout, generator);
    parameters.key_bias.setConstant(0.3);
    Matrix inputs = random_normal(length, layout.width(), generator);
    const Matrix direction = random_normal(length, layout.width(), generator);
    const auto loss = [&] {
      return dot(multi_head_attention(inputs, mask, layout, parameters).outputs, direction);
    };
    MultiHeadParameters gradients = zero_multi_head(layout);
    const Matrix input_gradient = multi_head_attention_backward(
        direction, inputs, multi_head_attention(inputs, mask, layout, parameters), layout,
        parameters, gradients);
    CHECK(error_of(input_gradient, loss, inputs) < 1e-7);
    // The key bias shifts all scores of a row alike: its slope is 0 but for rounding, and only
    // small beside those of the other parameters.
    std::vector<Real> found;
    std::vector<double> expected;
    const std::vector<std::span<Real>> arrays = gradients.arrays(), variables = parameters.arrays();
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      const std::vector<double> slopes = finite_differences(loss, variables[i]);
      found.insert(found.end(), arrays[i].begin(), arrays[i].end());
      expected.insert(expected.end(), slopes.begin(), slopes.end());
    }
    CHECK(gradient_error(found, expected) < 1e-7);
  }
}

TEST_CASE("gradients of parameters add up over two backward passes") {
  Generator generator(3);
  const HeadLayout layout = divide_heads(4, 2);
  const MultiHeadParameters parameters = random_multi_head(layout, generator);
  const Matrix inputs = random_normal(3, 4, generator), direction = random_normal(3, 4, generator);
  const MultiHead forward = multi_head_attention(inputs, Matrix(), layout, parameters);
  MultiHeadParameters once = zero_multi_head(layout), twice = zero_multi_head(layout);
  multi_head_attention_backward(direction, inputs, forward, layout, parameters, once);
  for (int pass = 0; pass < 2; ++pass) {
    multi_head_attention_backward(direction, inputs, forward, layout, parameters, twice);
  }
  // The slopes of the key bias are 0 but for rounding, which is the last digits of numbers near 1.
  for (std::size_t i = 0; i < once.arrays().size(); ++i) {
    for (std::size_t j = 0; j < once.arrays()[i].size(); ++j) {
      CHECK(twice.arrays()[i][j] == Catch::Approx(2 * once.arrays()[i][j]).margin(1e-14));
    }
  }
}
