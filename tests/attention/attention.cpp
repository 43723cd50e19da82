#include "common/attention/attention.hpp"

#include <cmath>
#include <numeric>

#include "common/attention/masks.hpp"
#include "common/foundations/random.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

TEST_CASE("a query weighs two keys as the formula says") {
  // Scores 4 / √4 = 2 and 0: the weights are e²/(e² + 1) and 1/(e² + 1).
  Matrix queries(1, 4), keys(2, 4), values(2, 1);
  queries << 2, 0, 0, 0;
  keys << 2, 0, 0, 0, 0, 3, 1, 2;
  values << 10, 20;
  const Attention attention = scaled_dot_product_attention(queries, keys, values);
  const double first = std::exp(2.0) / (std::exp(2.0) + 1);
  CHECK(attention.weights(0, 0) == Catch::Approx(first));
  CHECK(attention.weights(0, 1) == Catch::Approx(1 - first));
  CHECK(attention.outputs(0, 0) == Catch::Approx(10 * first + 20 * (1 - first)));
}

TEST_CASE("each row of the attention weights is positive and sums to one") {
  Generator generator(1);
  const Matrix queries = random_normal(7, 16, generator), keys = random_normal(9, 16, generator);
  const Attention attention =
      scaled_dot_product_attention(queries, keys, random_normal(9, 3, generator));
  CHECK(attention.weights.minCoeff() > 0);
  CHECK(largest_difference(attention.weights.rowwise().sum(), Matrix::Ones(7, 1)) < 1e-6);
}

TEST_CASE("attention is a set operation: permuted words give permuted outputs") {
  Generator generator(2);
  const Index length = 6;
  const Matrix words = random_normal(length, 4, generator);
  Eigen::PermutationMatrix<Eigen::Dynamic> order(length);
  order.indices() << 3, 0, 5, 1, 4, 2;
  const Matrix shuffled = order * words;
  const Matrix outputs = scaled_dot_product_attention(words, words, words).outputs;
  const Matrix of_shuffled = scaled_dot_product_attention(shuffled, shuffled, shuffled).outputs;
  CHECK(largest_difference(order * outputs, of_shuffled) < 1e-6);
}

TEST_CASE(
    "changing a later word changes no earlier output under the causal mask, to the last bit") {
  Generator generator(3);
  const Index length = 8;
  const Matrix mask = causal_mask(length);
  Matrix queries = random_normal(length, 4, generator), keys = random_normal(length, 4, generator),
         values = random_normal(length, 4, generator);
  const Matrix before = scaled_dot_product_attention(queries, keys, values, mask).outputs;
  for (Index changed = 0; changed < length; ++changed) {
    Matrix other_keys = keys, other_values = values;
    other_keys.row(changed).setConstant(50);
    other_values.row(changed).setConstant(-7);
    const Matrix after =
        scaled_dot_product_attention(queries, other_keys, other_values, mask).outputs;
    INFO("changed position " << changed);
    CHECK(after.topRows(changed) == before.topRows(changed));
    CHECK((after.row(changed) - before.row(changed)).cwiseAbs().maxCoeff() > 1e-3);
  }
}

TEST_CASE("a query that may look at nothing gets zeros, forward and backward") {
  Generator generator(4);
  const Matrix queries = random_normal(3, 4, generator), keys = random_normal(5, 4, generator),
               values = random_normal(5, 2, generator);
  Matrix mask = Matrix::Zero(3, 5);
  mask.row(1).setConstant(forbidden());
  const Attention attention = scaled_dot_product_attention(queries, keys, values, mask);
  CHECK(attention.weights.row(1) == Matrix::Zero(1, 5));
  CHECK(attention.outputs.row(1) == Matrix::Zero(1, 2));
  CHECK(attention.outputs.allFinite());
  const AttentionGradients gradients = scaled_dot_product_attention_backward(
      Matrix::Ones(3, 2), queries, keys, values, attention.weights);
  CHECK(gradients.queries.row(1) == Matrix::Zero(1, 4));
  CHECK(gradients.queries.allFinite());
  CHECK(gradients.keys.allFinite());
  CHECK(gradients.values.allFinite());
}

TEST_CASE("a single position takes its own value whole") {
  Generator generator(5);
  const Matrix query = random_normal(1, 8, generator), key = random_normal(1, 8, generator),
               value = random_normal(1, 3, generator);
  CHECK(scaled_dot_product_attention(query, key, value).outputs == value);
  CHECK(scaled_dot_product_attention(query, key, value, causal_mask(1)).outputs == value);
}

TEST_CASE("a mask of zeros changes nothing") {
  Generator generator(6);
  const Matrix queries = random_normal(3, 4, generator), keys = random_normal(5, 4, generator),
               values = random_normal(5, 2, generator);
  CHECK(scaled_dot_product_attention(queries, keys, values).outputs ==
        scaled_dot_product_attention(queries, keys, values, Matrix::Zero(3, 5)).outputs);
}

TEST_CASE("attention names both shapes where they do not fit") {
  const Matrix queries = Matrix::Zero(3, 4), keys = Matrix::Zero(5, 4), values = Matrix::Zero(5, 2);
  using Catch::Contains;
  CHECK_THROWS_WITH(scaled_dot_product_attention(queries, Matrix::Zero(5, 3), values),
                    Contains("(5, 3)") && Contains("(5, 4)"));
  CHECK_THROWS_WITH(scaled_dot_product_attention(queries, keys, Matrix::Zero(4, 2)),
                    Contains("(4, 2)") && Contains("(5, 2)"));
  CHECK_THROWS_WITH(scaled_dot_product_attention(queries, keys, values, Matrix::Zero(5, 3)),
                    Contains("(5, 3)") && Contains("(3, 5)"));
}

TEST_CASE("the backward pass of attention names both shapes where they do not fit") {
  const Matrix queries = Matrix::Zero(3, 4), keys = Matrix::Zero(5, 4), values = Matrix::Zero(5, 2);
  const Matrix change = Matrix::Zero(3, 2), weights = Matrix::Zero(3, 5);
  const auto backward = [&](const Matrix& output_gradient, const Matrix& seen) {
    return scaled_dot_product_attention_backward(output_gradient, queries, keys, values, seen);
  };
  CHECK_NOTHROW(backward(change, weights));
  CHECK_THROWS_WITH(backward(Matrix::Zero(4, 2), weights),
                    "output_gradient is (4, 2), expected (3, 2)");
  CHECK_THROWS_WITH(backward(Matrix::Zero(3, 4), weights),
                    "output_gradient is (3, 4), expected (3, 2)");
  CHECK_THROWS_WITH(backward(change, Matrix::Zero(5, 5)), "weights is (5, 5), expected (3, 5)");
  CHECK_THROWS_WITH(backward(change, Matrix::Zero(3, 4)), "weights is (3, 4), expected (3, 5)");
}
