#include "common/attention/causal_attention.hpp"

#include <algorithm>

#include "common/attention/masks.hpp"
#include "common/foundations/random.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

/// Causal attention of one sequence, with the memory that it writes to.
struct Pass {
  HeadLayout layout;
  Matrix queries, keys, values;
  Matrix outputs = Matrix(queries.rows(), layout.width());
  Matrix log_sums = Matrix(queries.rows(), layout.heads);
  AttentionWorkspace workspace = AttentionWorkspace(keys.rows());

  void forward() {
    causal_attention_forward(queries, keys, values, layout, outputs, log_sums, workspace);
  }

  /// The gradients, into memory that holds something else before.
  HeadsGradients backward(const Matrix& output_gradient) {
    HeadsGradients gradients = {Matrix::Constant(queries.rows(), queries.cols(), 7),
                                Matrix::Constant(keys.rows(), keys.cols(), 7),
                                Matrix::Constant(values.rows(), values.cols(), 7)};
    causal_attention_backward(output_gradient, {queries, keys, values, outputs, log_sums}, layout,
                              {gradients.queries, gradients.keys, gradients.values}, workspace);
    return gradients;
  }
};

/// A pass over random rows: `queries` queries at the end of a sequence of `length`.
Pass random_pass(Index queries, Index length, const HeadLayout& layout, Generator& generator) {
  return {layout, random_normal(queries, layout.width(), generator),
          random_normal(length, layout.key_value_width(), generator),
          random_normal(length, layout.key_value_width(), generator)};
}

/// How far gradients are from others.
double distance(const HeadsGradients& ours, const HeadsGradients& expected) {
  return std::max({largest_difference(ours.queries, expected.queries),
                   largest_difference(ours.keys, expected.keys),
                   largest_difference(ours.values, expected.values)});
}

struct Sizes {
  Index length, heads, key_value_heads, width;
};

/// One position, less than a block of queries, more than one, and shared keys and values.
const std::vector<Sizes> sizes = {{1, 2, 2, 4}, {7, 3, 3, 5}, {32, 4, 1, 8}, {77, 4, 2, 16}};

}  // namespace

TEST_CASE("causal attention agrees with PyTorch, within a block of queries and beyond it") {
  for (const std::string name : {"grouped_heads", "multi_query", "causal_blocks"}) {
    INFO(name);
    const auto expected = read_fixture("attention_" + name);
    const Matrix queries = matrix_from(expected["queries"]);
    Pass pass = {divide_heads(queries.cols(), expected["heads"].get<Index>(),
                              expected["key_value_heads"].get<Index>()),
                 queries, matrix_from(expected["keys"]), matrix_from(expected["values"])};
    pass.forward();
    CHECK(largest_difference(pass.outputs, matrix_from(expected["outputs"])) < 5e-6);
    if (expected.contains("log_sums")) {
      CHECK(largest_difference(pass.log_sums, matrix_from(expected["log_sums"])) < 5e-6);
    }
    CHECK(
        distance(pass.backward(matrix_from(expected["output_gradient"])),
                 {matrix_from(expected["queries_gradient"]), matrix_from(expected["keys_gradient"]),
                  matrix_from(expected["values_gradient"])}) < 2e-5);
  }
}

TEST_CASE("causal attention and its gradients agree with masked heads one by one") {
  Generator generator(1);
  for (const auto& [length, heads, key_value_heads, width] : sizes) {
    INFO("length " << length << ", heads " << heads << " and " << key_value_heads);
    Pass pass = random_pass(length, length, {heads, key_value_heads, width}, generator);
    const Matrix change = random_normal(length, pass.layout.width(), generator);
    const HeadsAttention expected =
        attend_heads(pass.queries, pass.keys, pass.values, causal_mask(length), pass.layout);
    pass.forward();
    CHECK(largest_difference(pass.outputs, expected.joined) < 1e-5);
    CHECK(distance(pass.backward(change),
                   attend_heads_backward(change, pass.queries, pass.keys, pass.values,
                                         expected.weights, pass.layout)) < 3e-5);
  }
}

TEST_CASE("the last queries alone, with all keys, see what they see in the whole sequence") {
  Generator generator(2);
  Pass whole = random_pass(50, 50, {4, 2, 8}, generator);
  whole.forward();
  for (const Index count : {1, 3, 40}) {
    INFO(count << " queries");
    Pass last = {whole.layout, whole.queries.bottomRows(count), whole.keys, whole.values};
    last.forward();
    CHECK(largest_difference(last.outputs, whole.outputs.bottomRows(count)) < 1e-6);
    CHECK(largest_difference(last.log_sums, whole.log_sums.bottomRows(count)) < 1e-6);
    Matrix change = Matrix::Zero(50, 32);
    change.bottomRows(count) = random_normal(count, 32, generator);
    HeadsGradients expected = whole.backward(change);
    expected.queries = expected.queries.bottomRows(count).eval();
    CHECK(distance(last.backward(change.bottomRows(count)), expected) < 1e-5);
  }
}

TEST_CASE("a workspace that a longer sequence has used leaves nothing behind") {
  Generator generator(3);
  Pass fresh = random_pass(40, 40, {2, 1, 4}, generator), again = fresh;
  Pass longer = random_pass(90, 90, {2, 1, 4}, generator);
  const Matrix change = random_normal(40, 8, generator);
  fresh.forward();
  longer.forward();
  longer.backward(random_normal(90, 8, generator));
  again.workspace = longer.workspace;
  again.forward();
  // Not the same digits: Eigen begins a sum where its registers are aligned.
  CHECK(largest_difference(again.outputs, fresh.outputs) < 2e-6);
  CHECK(distance(again.backward(change), fresh.backward(change)) < 2e-6);
}

TEST_CASE("scores far beyond the range of the exponential choose the one key that is largest") {
  // Query i is 1000 times the direction of key i mod 3, and so scores 500,000 there and 0
  // elsewhere.
  Matrix queries = Matrix::Zero(6, 4), keys = Matrix::Zero(6, 4);
  for (Index i = 0; i < 6; ++i) queries(i, i % 3) = 1000;
  for (Index i = 0; i < 3; ++i) keys(i, i) = 1000;
  Generator generator(4);
  const Matrix values = random_normal(6, 4, generator), change = random_normal(6, 4, generator);
  Pass pass = {{1, 1, 4}, queries, keys, values};
  pass.forward();
  Matrix expected(6, 4);
  expected << values.topRows(3), values.topRows(3);
  CHECK(largest_difference(pass.outputs, expected) < 1e-6);
  CHECK(largest_difference(pass.log_sums, Matrix::Constant(6, 1, 500000)) < 0.1);
  const HeadsGradients gradients = pass.backward(change);
  // Rounding leaves a millionth of what keys and queries of 1000 would give.
  CHECK(largest_difference(gradients.queries, Matrix::Zero(6, 4)) < 0.01);
  CHECK(largest_difference(gradients.keys, Matrix::Zero(6, 4)) < 0.01);
  CHECK(largest_difference(gradients.values.topRows(3), change.topRows(3) + change.bottomRows(3)) <
        1e-6);
  CHECK(largest_difference(gradients.values.bottomRows(3), Matrix::Zero(3, 4)) < 1e-6);
}

TEST_CASE("causal attention refuses what does not fit, by name and with both shapes") {
  const Matrix rows = Matrix::Zero(3, 4), shared = Matrix::Zero(3, 2);
  const HeadLayout layout = {2, 1, 2};
  const auto run = [&](const Matrix& queries, const Matrix& keys, const Matrix& values,
                       Matrix outputs, Matrix log_sums, Index room) {
    AttentionWorkspace workspace(room);
    causal_attention_forward(queries, keys, values, layout, outputs, log_sums, workspace);
  };
  CHECK_NOTHROW(run(rows, shared, shared, rows, shared, 3));
  CHECK_THROWS_WITH(run(shared, shared, shared, rows, shared, 3),
                    "causal_attention: queries is (3, 2), expected (3, 4)");
  CHECK_THROWS_WITH(run(rows, rows, shared, rows, shared, 3),
                    "causal_attention: keys is (3, 4), expected (3, 2)");
  CHECK_THROWS_WITH(run(rows, shared, rows, rows, shared, 3),
                    "causal_attention: values is (3, 4), expected (3, 2)");
  CHECK_THROWS_WITH(run(rows, shared, shared.topRows(2), rows, shared, 3),
                    "causal_attention: values is (2, 2), expected (3, 2)");
  CHECK_THROWS_WITH(run(rows, shared, shared, rows.topRows(2), shared, 3),
                    "causal_attention: outputs is (2, 4), expected (3, 4)");
  CHECK_THROWS_WITH(run(rows, shared, shared, rows, rows, 3),
                    "causal_attention: log_sums is (3, 4), expected (3, 2)");
  CHECK_THROWS_WITH(run(rows, shared, shared, rows, shared, 2),
                    "causal_attention: 3 queries of 3 keys in a workspace for 2");
  CHECK_THROWS_WITH(run(rows, shared.topRows(2), shared.topRows(2), rows, shared, 3),
                    "causal_attention: 3 queries of 2 keys in a workspace for 3");
}

TEST_CASE("the backward pass of causal attention refuses what does not fit, by name") {
  Generator generator(5);
  Pass pass = random_pass(3, 3, {2, 1, 2}, generator);
  const Matrix rows = Matrix::Zero(3, 4), shared = Matrix::Zero(3, 2);
  pass.forward();
  const auto run = [&](const Matrix& output_gradient, const Matrix& outputs, const Matrix& log_sums,
                       Matrix queries, Matrix keys, Matrix values) {
    causal_attention_backward(output_gradient,
                              {pass.queries, pass.keys, pass.values, outputs, log_sums},
                              pass.layout, {queries, keys, values}, pass.workspace);
  };
  CHECK_NOTHROW(run(rows, rows, shared, rows, shared, shared));
  CHECK_THROWS_WITH(run(shared, rows, shared, rows, shared, shared),
                    "causal_attention_backward: output_gradient is (3, 2), expected (3, 4)");
  CHECK_THROWS_WITH(run(rows, shared, shared, rows, shared, shared),
                    "causal_attention_backward: outputs is (3, 2), expected (3, 4)");
  CHECK_THROWS_WITH(run(rows, rows, rows, rows, shared, shared),
                    "causal_attention_backward: log_sums is (3, 4), expected (3, 2)");
  CHECK_THROWS_WITH(run(rows, rows, shared, shared, shared, shared),
                    "causal_attention_backward: gradients.queries is (3, 2), expected (3, 4)");
  CHECK_THROWS_WITH(run(rows, rows, shared, rows, rows, shared),
                    "causal_attention_backward: gradients.keys is (3, 4), expected (3, 2)");
  CHECK_THROWS_WITH(run(rows, rows, shared, rows, shared, rows),
                    "causal_attention_backward: gradients.values is (3, 4), expected (3, 2)");
  pass.workspace = AttentionWorkspace(2);
  CHECK_THROWS_WITH(run(rows, rows, shared, rows, shared, shared),
                    "causal_attention: 3 queries of 3 keys in a workspace for 2");
}
