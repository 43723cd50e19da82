#include "common/attention/multi_head.hpp"

#include <cmath>

#include "common/attention/attention.hpp"
#include "common/attention/masks.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

TEST_CASE("each head attends with its own columns and writes its own columns") {
  Generator generator(1);
  const HeadLayout layout = divide_heads(6, 2);
  const Matrix queries = random_normal(4, 6, generator), keys = random_normal(5, 6, generator),
               values = random_normal(5, 6, generator);
  const HeadsAttention heads = attend_heads(queries, keys, values, Matrix(), layout);
  REQUIRE(heads.weights.size() == 2);
  for (Index first : {0, 3}) {
    const Attention alone = scaled_dot_product_attention(
        queries.middleCols(first, 3), keys.middleCols(first, 3), values.middleCols(first, 3));
    CHECK(largest_difference(heads.joined.middleCols(first, 3), alone.outputs) < 1e-6);
  }
}

TEST_CASE("one head is plain attention") {
  Generator generator(2);
  const Matrix queries = random_normal(4, 6, generator), keys = random_normal(4, 6, generator),
               values = random_normal(4, 6, generator);
  CHECK(largest_difference(
            attend_heads(queries, keys, values, causal_mask(4), divide_heads(6, 1)).joined,
            scaled_dot_product_attention(queries, keys, values, causal_mask(4)).outputs) < 1e-6);
}

TEST_CASE("heads that share keys see what they would see with copies of them") {
  Generator generator(3);
  const Index length = 5, head_width = 2;
  const Matrix queries = random_normal(length, 4 * head_width, generator),
               keys = random_normal(length, 2 * head_width, generator),
               values = random_normal(length, 2 * head_width, generator);
  const auto repeated = [&](const Matrix& shared) {
    Matrix copies(length, 4 * head_width);
    copies << shared.leftCols(2), shared.leftCols(2), shared.rightCols(2), shared.rightCols(2);
    return copies;
  };
  CHECK(
      attend_heads(queries, keys, values, Matrix(), divide_heads(8, 4, 2)).joined ==
      attend_heads(queries, repeated(keys), repeated(values), Matrix(), divide_heads(8, 4)).joined);
}

TEST_CASE("multi-head attention permutes with its words") {
  Generator generator(4);
  const HeadLayout layout = divide_heads(8, 4, 1);
  const MultiHeadParameters parameters = random_multi_head(layout, generator);
  const Matrix words = random_normal(5, 8, generator);
  Eigen::PermutationMatrix<Eigen::Dynamic> order(5);
  order.indices() << 4, 2, 0, 1, 3;
  const Matrix outputs = multi_head_attention(words, Matrix(), layout, parameters).outputs;
  const Matrix shuffled = order * words;
  CHECK(largest_difference(order * outputs,
                           multi_head_attention(shuffled, Matrix(), layout, parameters).outputs) <
        1e-5);
}

TEST_CASE("multi-head attention under the causal mask does not see later words") {
  Generator generator(5);
  const HeadLayout layout = divide_heads(8, 2);
  const MultiHeadParameters parameters = random_multi_head(layout, generator);
  Matrix words = random_normal(6, 8, generator);
  const Matrix before = multi_head_attention(words, causal_mask(6), layout, parameters).outputs;
  words.bottomRows(2).setConstant(9);
  const Matrix after = multi_head_attention(words, causal_mask(6), layout, parameters).outputs;
  CHECK(largest_difference(before.topRows(4), after.topRows(4)) < 1e-6);
  CHECK(largest_difference(before.bottomRows(2), after.bottomRows(2)) > 1e-2);
}

TEST_CASE("a layer of one position and one column works") {
  Generator generator(6);
  const HeadLayout layout = divide_heads(1, 1);
  MultiHeadParameters parameters = random_multi_head(layout, generator);
  const Matrix word = Matrix::Constant(1, 1, 2);
  const MultiHead forward = multi_head_attention(word, causal_mask(1), layout, parameters);
  CHECK(forward.outputs(0, 0) ==
        Catch::Approx(2 * parameters.value_weights(0, 0) * parameters.output_weights(0, 0)));
}

TEST_CASE("heads that do not divide the width are an error that names both") {
  using Catch::Contains;
  CHECK_THROWS_WITH(divide_heads(64, 3), Contains("3 heads") && Contains("64"));
  CHECK_THROWS_WITH(divide_heads(64, 0), Contains("0 heads"));
  CHECK_THROWS_WITH(divide_heads(64, -1), Contains("-1 heads"));
  CHECK_THROWS_WITH(divide_heads(4, 8), Contains("8 heads"));
  CHECK_THROWS_WITH(divide_heads(0, 4), Contains("4 heads"));
  CHECK_THROWS_WITH(divide_heads(64, 4, 0), Contains("4 heads") && Contains("0 heads"));
  CHECK_THROWS_WITH(divide_heads(64, 4, -1), Contains("4 heads") && Contains("-1 heads"));
  CHECK_THROWS_WITH(divide_heads(64, 8, 3), Contains("8 heads") && Contains("3 heads"));
  CHECK_THROWS_WITH(divide_heads(64, 4, 8), Contains("4 heads") && Contains("8 heads"));
}

TEST_CASE("attend_heads names both shapes where the columns do not fit the layout") {
  using Catch::Contains;
  const Matrix wide = Matrix::Zero(3, 8), narrow = Matrix::Zero(3, 4);
  CHECK_THROWS_WITH(attend_heads(wide, wide, wide, Matrix(), divide_heads(8, 4, 2)),
                    Contains("(3, 8)") && Contains("(3, 4)"));
  CHECK_THROWS_WITH(attend_heads(narrow, narrow, narrow, Matrix(), divide_heads(8, 4, 2)),
                    Contains("(3, 4)") && Contains("(3, 8)"));
}

TEST_CASE("each of queries, keys, values and a gradient of the wrong shape is named") {
  const HeadLayout layout = divide_heads(8, 4, 2);
  const Matrix wide = Matrix::Zero(3, 8), narrow = Matrix::Zero(5, 4);
  CHECK_NOTHROW(attend_heads(wide, narrow, narrow, Matrix(), layout));
  CHECK_THROWS_WITH(attend_heads(narrow, narrow, narrow, Matrix(), layout),
                    "queries is (5, 4), expected (5, 8)");
  CHECK_THROWS_WITH(attend_heads(wide, wide, narrow, Matrix(), layout),
                    "keys is (3, 8), expected (3, 4)");
  CHECK_THROWS_WITH(attend_heads(wide, narrow, wide, Matrix(), layout),
                    "values is (3, 8), expected (5, 4)");
  CHECK_THROWS_WITH(attend_heads(wide, narrow, narrow.topRows(2), Matrix(), layout),
                    "values is (2, 4), expected (5, 4)");
  const std::vector<Matrix> weights(4, Matrix::Zero(3, 5));
  const auto backward = [&](const Matrix& gradient, const Matrix& keys) {
    return attend_heads_backward(gradient, wide, keys, narrow, weights, layout);
  };
  CHECK_NOTHROW(backward(wide, narrow));
  CHECK_THROWS_WITH(backward(wide, wide), "keys is (3, 8), expected (3, 4)");
  CHECK_THROWS_WITH(backward(Matrix::Zero(5, 8), narrow),
                    "joined_gradient is (5, 8), expected (3, 8)");
  CHECK_THROWS_WITH(backward(Matrix::Zero(3, 4), narrow),
                    "joined_gradient is (3, 4), expected (3, 8)");
}

TEST_CASE("random parameters have weights of deviation 1 over the root of the width, and no bias") {
  Generator generator(7);
  const MultiHeadParameters parameters = random_multi_head(divide_heads(64, 4, 2), generator);
  for (const Matrix* weights : {&parameters.query_weights, &parameters.key_weights,
                                &parameters.value_weights, &parameters.output_weights}) {
    CHECK(weights->norm() / std::sqrt(static_cast<Real>(weights->size())) ==
          Catch::Approx(0.125).epsilon(0.08));
    CHECK(weights->mean() == Catch::Approx(0).margin(0.01));
  }
  for (const Vector* bias : {&parameters.query_bias, &parameters.key_bias, &parameters.value_bias,
                             &parameters.output_bias}) {
    CHECK(bias->isZero(0));
  }
}

TEST_CASE("the arrays of a layer's parameters hold every one of them once") {
  MultiHeadParameters parameters = zero_multi_head(divide_heads(8, 4, 2));
  std::size_t count = 0;
  for (std::span<Real> array : parameters.arrays()) {
    count += array.size();
    for (Real& parameter : array) parameter += 1;
  }
  CHECK(count == 2 * 64 + 2 * 32 + 2 * 8 + 2 * 4);
  CHECK(parameters.output_bias == Vector::Ones(8));
  CHECK(parameters.key_weights == Matrix::Ones(4, 8));
}
