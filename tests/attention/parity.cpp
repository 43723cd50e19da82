// Against PyTorch, whose numbers tests/fixtures/generate_attention.py has written down.

#include "common/attention/attention.hpp"
#include "common/attention/masks.hpp"
#include "common/attention/multi_head.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

/// Checks a result against PyTorch's, to the precision of a float.
void check_equal(const Matrix& ours, const nlohmann::ordered_json& theirs) {
  CHECK(largest_difference(ours, matrix_from(theirs)) < 5e-6);
}

/// A mask of ones and zeros as one to add.
Matrix additive_mask(const nlohmann::ordered_json& allowed) {
  return matrix_from(allowed).unaryExpr(
      [](Real entry) { return entry != 0 ? Real(0) : forbidden(); });
}

}  // namespace

TEST_CASE("one head agrees with PyTorch, forward and backward") {
  for (const std::string name :
       {"one_head", "one_head_causal", "one_head_empty_rows", "one_position"}) {
    INFO(name);
    const auto expected = read_fixture("attention_" + name);
    const Matrix queries = matrix_from(expected["queries"]), keys = matrix_from(expected["keys"]),
                 values = matrix_from(expected["values"]);
    const Attention attention =
        expected["allowed"].is_null()
            ? scaled_dot_product_attention(queries, keys, values)
            : scaled_dot_product_attention(queries, keys, values,
                                           additive_mask(expected["allowed"]));
    check_equal(attention.weights, expected["weights"]);
    check_equal(attention.outputs, expected["outputs"]);
    const AttentionGradients gradients = scaled_dot_product_attention_backward(
        matrix_from(expected["output_gradient"]), queries, keys, values, attention.weights);
    check_equal(gradients.queries, expected["queries_gradient"]);
    check_equal(gradients.keys, expected["keys_gradient"]);
    check_equal(gradients.values, expected["values_gradient"]);
  }
}

TEST_CASE("heads that share keys and values agree with PyTorch, forward and backward") {
  for (const std::string name : {"grouped_heads", "multi_query"}) {
    INFO(name);
    const auto expected = read_fixture("attention_" + name);
    const Matrix queries = matrix_from(expected["queries"]), keys = matrix_from(expected["keys"]),
                 values = matrix_from(expected["values"]);
    const HeadLayout layout = divide_heads(queries.cols(), expected["heads"].get<Index>(),
                                           expected["key_value_heads"].get<Index>());
    const HeadsAttention heads =
        attend_heads(queries, keys, values, causal_mask(queries.rows()), layout);
    check_equal(heads.joined, expected["outputs"]);
    const HeadsGradients gradients = attend_heads_backward(
        matrix_from(expected["output_gradient"]), queries, keys, values, heads.weights, layout);
    check_equal(gradients.queries, expected["queries_gradient"]);
    check_equal(gradients.keys, expected["keys_gradient"]);
    check_equal(gradients.values, expected["values_gradient"]);
  }
}

TEST_CASE("the whole layer agrees with torch.nn.MultiheadAttention, forward and backward") {
  const auto expected = read_fixture("attention_whole_layer");
  const Matrix inputs = matrix_from(expected["inputs"]);
  const HeadLayout layout = divide_heads(inputs.cols(), expected["heads"].get<Index>());
  const MultiHeadParameters parameters{.query_weights = matrix_from(expected["query_weights"]),
                                       .key_weights = matrix_from(expected["key_weights"]),
                                       .value_weights = matrix_from(expected["value_weights"]),
                                       .output_weights = matrix_from(expected["output_weights"]),
                                       .query_bias = matrix_from(expected["query_bias"]),
                                       .key_bias = matrix_from(expected["key_bias"]),
                                       .value_bias = matrix_from(expected["value_bias"]),
                                       .output_bias = matrix_from(expected["output_bias"])};
  const MultiHead forward = multi_head_attention(inputs, Matrix(), layout, parameters);
  check_equal(forward.outputs, expected["outputs"]);
  for (std::size_t head = 0; head < 2; ++head) {
    check_equal(forward.heads.weights[head], expected["weights"][head]);
  }
  MultiHeadParameters gradients = zero_multi_head(layout);
  check_equal(multi_head_attention_backward(matrix_from(expected["output_gradient"]), inputs,
                                            forward, layout, parameters, gradients),
              expected["inputs_gradient"]);
  check_equal(gradients.query_weights, expected["query_weights_gradient"]);
  check_equal(gradients.key_weights, expected["key_weights_gradient"]);
  check_equal(gradients.value_weights, expected["value_weights_gradient"]);
  check_equal(gradients.output_weights, expected["output_weights_gradient"]);
  check_equal(gradients.query_bias, expected["query_bias_gradient"]);
  check_equal(gradients.key_bias, expected["key_bias_gradient"]);
  check_equal(gradients.value_bias, expected["value_bias_gradient"]);
  check_equal(gradients.output_bias, expected["output_bias_gradient"]);
}
