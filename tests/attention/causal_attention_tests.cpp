#include "common/attention/causal_attention.hpp"

#include "common/attention/masks.hpp"
#include "common/foundations/random.hpp"
#include "tests/catch.hpp"

using namespace llm;

namespace {

struct Sizes {
  Index length, heads, key_value_heads, width;
};

/// One position, less than a block of queries, more than one, and shared keys and values.
const std::vector<Sizes> sizes = {{1, 2, 2, 4}, {7, 3, 3, 5}, {32, 4, 1, 8}, {77, 4, 2, 16}};

Real largest_difference(const MatrixRef& one, const MatrixRef& other) {
  return (one - other).cwiseAbs().maxCoeff();
}

}  // namespace

TEST_CASE("causal attention and its gradients agree with masked heads one by one") {
  Generator generator(1);
  for (const auto& [length, heads, key_value_heads, width] : sizes) {
    INFO("length " << length << ", heads " << heads << " and " << key_value_heads);
    const HeadLayout layout = {heads, key_value_heads, width};
    const Matrix queries = random_normal(length, layout.width(), generator);
    const Matrix keys = random_normal(length, layout.key_value_width(), generator);
    const Matrix values = random_normal(length, layout.key_value_width(), generator);
    const Matrix change = random_normal(length, layout.width(), generator);
    const HeadsAttention expected =
        attend_heads(queries, keys, values, causal_mask(length), layout);
    const HeadsGradients gradients =
        attend_heads_backward(change, queries, keys, values, expected.weights, layout);
    AttentionWorkspace workspace(length);
    Matrix outputs(length, layout.width()), log_sums(length, heads);
    causal_attention(queries, keys, values, layout, outputs, log_sums, workspace);
    CHECK(largest_difference(outputs, expected.joined) < 1e-5);
    Matrix query_gradient(length, layout.width());
    Matrix key_gradient(length, layout.key_value_width()), value_gradient = key_gradient;
    causal_attention_backward(change, {queries, keys, values, outputs, log_sums}, layout,
                              {query_gradient, key_gradient, value_gradient}, workspace);
    CHECK(largest_difference(query_gradient, gradients.queries) < 3e-5);
    CHECK(largest_difference(key_gradient, gradients.keys) < 3e-5);
    CHECK(largest_difference(value_gradient, gradients.values) < 3e-5);
  }
}

TEST_CASE("the last queries alone, with all keys, see what they see in the whole sequence") {
  Generator generator(2);
  const HeadLayout layout = {4, 2, 8};
  const Matrix queries = random_normal(50, layout.width(), generator);
  const Matrix keys = random_normal(50, layout.key_value_width(), generator);
  const Matrix values = random_normal(50, layout.key_value_width(), generator);
  AttentionWorkspace workspace(50);
  Matrix whole(50, layout.width()), last(3, layout.width()), log_sums(50, 4);
  causal_attention(queries, keys, values, layout, whole, log_sums, workspace);
  causal_attention(queries.bottomRows(3), keys, values, layout, last, log_sums.topRows(3),
                   workspace);
  CHECK(largest_difference(last, whole.bottomRows(3)) < 1e-6);
}

TEST_CASE("scores far beyond the range of the exponential do no harm") {
  Generator generator(3);
  const HeadLayout layout = {1, 1, 4};
  const Matrix queries = random_normal(5, 4, generator) * 1000, keys = queries;
  const Matrix values = random_normal(5, 4, generator);
  AttentionWorkspace workspace(5);
  Matrix outputs(5, 4), log_sums(5, 1);
  causal_attention(queries, keys, values, layout, outputs, log_sums, workspace);
  CHECK(outputs.allFinite());
}
