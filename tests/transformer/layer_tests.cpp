#include <cmath>
#include <limits>

#include "common/foundations/random.hpp"
#include "common/transformer/model/feed_forward.hpp"
#include "common/transformer/model/loss.hpp"
#include "common/transformer/model/norms.hpp"
#include "common/transformer/training/thread_team.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

/// The activation of rows, with SwiGLU of gates and values side by side.
Matrix activated(FeedForward kind, const Matrix& expanded) {
  Matrix outputs(expanded.rows(), expanded.cols() / (kind == FeedForward::swiglu ? 2 : 1));
  activate(kind, expanded, outputs);
  return outputs;
}

/// The gradient of the rows that activated read.
Matrix activated_backward(FeedForward kind, const Matrix& output_gradient, Matrix expanded) {
  activate_backward(kind, output_gradient, expanded);
  return expanded;
}

/// Two matrices side by side.
Matrix beside(const Matrix& left, const Matrix& right) {
  Matrix both(left.rows(), left.cols() + right.cols());
  both << left, right;
  return both;
}

constexpr FeedForward kinds[] = {FeedForward::relu, FeedForward::gelu, FeedForward::swiglu};

}  // namespace

TEST_CASE("the activations of a block agree with PyTorch, forward and backward") {
  const auto fixtures = read_fixture("transformer_layers");
  for (const FeedForward kind : kinds) {
    const char* name = kind == FeedForward::relu   ? "relu"
                       : kind == FeedForward::gelu ? "gelu"
                                                   : "swiglu";
    INFO(name);
    const auto expected = fixtures[name];
    Matrix inputs = matrix_from(expected["inputs"][0]);
    Matrix gradient = matrix_from(expected["gradients"][0]);
    if (kind == FeedForward::swiglu) {
      inputs = beside(inputs, matrix_from(expected["inputs"][1]));
      gradient = beside(gradient, matrix_from(expected["gradients"][1]));
    }
    CHECK(relative_difference(activated(kind, inputs), matrix_from(expected["outputs"]), 1) < 5e-6);
    CHECK(relative_difference(
              activated_backward(kind, matrix_from(expected["output_gradient"]), inputs), gradient,
              1) < 1e-5);
  }
}

TEST_CASE("a wide row is activated as its columns are one by one, forward and backward") {
  Generator generator(4);
  for (const FeedForward kind : kinds) {
    INFO("kind " << static_cast<int>(kind));
    const Index hidden = 601, parts = kind == FeedForward::swiglu ? 2 : 1;
    const Matrix inputs = random_normal(2, parts * hidden, generator, 2);
    const Matrix change = random_normal(2, hidden, generator);
    const Matrix outputs = activated(kind, inputs);
    const Matrix gradient = activated_backward(kind, change, inputs);
    for (Index column = 0; column < hidden; ++column) {
      const Matrix alone = inputs(Eigen::indexing::all, Eigen::seqN(column, parts, hidden));
      CHECK(largest_difference(outputs.col(column), activated(kind, alone)) < 5e-5);
      CHECK(largest_difference(gradient(Eigen::indexing::all, Eigen::seqN(column, parts, hidden)),
                               activated_backward(kind, change.col(column), alone)) < 5e-5);
    }
  }
}

TEST_CASE("far out the activations of a block are ReLU, and so are their slopes") {
  Matrix inputs(1, 4), change(1, 4), expected(1, 4), slopes(1, 4);
  inputs << Real(-1e10), -200, 200, Real(1e10);
  change << 3, -2, 5, 7;
  expected << 0, 0, 200, Real(1e10);
  slopes << 0, 0, 5, 7;
  for (const FeedForward kind : {FeedForward::relu, FeedForward::gelu}) {
    CHECK(largest_difference(activated(kind, inputs), expected) < 1e-6);
    CHECK(largest_difference(activated_backward(kind, change, inputs), slopes) < 1e-6);
  }
  const Matrix gated = beside(inputs, Matrix::Ones(1, 4));
  CHECK(largest_difference(activated(FeedForward::swiglu, gated), expected) < 1e-6);
  CHECK(largest_difference(activated_backward(FeedForward::swiglu, change, gated),
                           beside(slopes, (slopes.array() * expected.array()).matrix())) < 1e-6);
}

TEST_CASE("activations refuse rows of the wrong width, forward and backward") {
  Matrix narrow = Matrix::Zero(2, 3), wide = Matrix::Zero(2, 6), tall = Matrix::Zero(3, 3);
  for (const FeedForward kind : {FeedForward::relu, FeedForward::gelu}) {
    CHECK_THROWS_WITH(activate(kind, wide, narrow),
                      "activate: expanded is (2, 6), expected (2, 3)");
    CHECK_THROWS_WITH(activate_backward(kind, narrow, wide),
                      "activate_backward: expanded is (2, 6), expected (2, 3)");
    CHECK_THROWS_WITH(activate(kind, tall, narrow),
                      "activate: expanded is (3, 3), expected (2, 3)");
    CHECK_THROWS_WITH(activate_backward(kind, narrow, tall),
                      "activate_backward: expanded is (3, 3), expected (2, 3)");
  }
  CHECK_THROWS_WITH(activate(FeedForward::swiglu, narrow, narrow),
                    "activate: expanded is (2, 3), expected (2, 6)");
  CHECK_THROWS_WITH(activate_backward(FeedForward::swiglu, narrow, narrow),
                    "activate_backward: expanded is (2, 3), expected (2, 6)");
}

TEST_CASE("the norms agree with PyTorch, forward and backward, where epsilon counts as well") {
  const auto fixtures = read_fixture("transformer_layers");
  for (const bool centered : {true, false}) {
    const auto expected = fixtures[centered ? "layer_norm" : "rms_norm"];
    INFO((centered ? "LayerNorm" : "RMSNorm"));
    const Matrix inputs = matrix_from(expected["inputs"][0]);
    const Vector gain = matrix_from(expected["inputs"][1]);
    const Vector bias = centered ? Vector(matrix_from(expected["inputs"][2])) : Vector();
    const Matrix change = matrix_from(expected["output_gradient"]);
    Matrix outputs(3, 5), input_gradient(3, 5);
    Vector gain_gradient = Vector::Constant(5, 10);
    Vector bias_gradient = Vector::Constant(bias.size(), 10);
    if (centered) {
      layer_norm_forward(inputs, gain, bias, 1e-5, outputs);
      layer_norm_backward(change, inputs, gain, 1e-5, input_gradient, gain_gradient, bias_gradient);
      CHECK(largest_difference(bias_gradient.array() - 10, matrix_from(expected["gradients"][2])) <
            2e-5);
    } else {
      rms_norm_forward(inputs, gain, 1e-5, outputs);
      rms_norm_backward(change, inputs, gain, 1e-5, input_gradient, gain_gradient);
    }
    CHECK(relative_difference(outputs, matrix_from(expected["outputs"]), 1) < 5e-6);
    CHECK(relative_difference(input_gradient, matrix_from(expected["gradients"][0]), Real(0.01)) <
          2e-4);
    CHECK(largest_difference(gain_gradient.array() - 10, matrix_from(expected["gradients"][1])) <
          2e-5);
  }
}

TEST_CASE("norms work in place, forward and backward, and LayerNorm without a bias") {
  Generator generator(2);
  const Matrix inputs = random_normal(4, 6, generator), change = random_normal(4, 6, generator);
  const Vector gain = random_normal(1, 6, generator), none;
  Matrix apart(4, 6), in_place = inputs, gradient(4, 6), gradient_in_place = change;
  Vector gain_gradient = Vector::Zero(6), other_gain_gradient = Vector::Zero(6), nothing;
  layer_norm_forward(inputs, gain, none, 1e-5, apart);
  layer_norm_forward(in_place, gain, none, 1e-5, in_place);
  CHECK(in_place == apart);
  CHECK((apart.array().rowwise() / gain.array()).rowwise().mean().abs().maxCoeff() < 1e-6);
  layer_norm_backward(change, inputs, gain, 1e-5, gradient, gain_gradient, nothing);
  layer_norm_backward(gradient_in_place, inputs, gain, 1e-5, gradient_in_place, other_gain_gradient,
                      nothing);
  CHECK(gradient_in_place == gradient);
  CHECK(other_gain_gradient == gain_gradient);
  in_place = inputs, gradient_in_place = change;
  gain_gradient.setZero(), other_gain_gradient.setZero();
  rms_norm_forward(inputs, gain, 1e-5, apart);
  rms_norm_forward(in_place, gain, 1e-5, in_place);
  CHECK(in_place == apart);
  rms_norm_backward(change, inputs, gain, 1e-5, gradient, gain_gradient);
  rms_norm_backward(gradient_in_place, inputs, gain, 1e-5, gradient_in_place, other_gain_gradient);
  CHECK(gradient_in_place == gradient);
  CHECK(other_gain_gradient == gain_gradient);
}

TEST_CASE("norms refuse each argument of the wrong shape by name") {
  const Matrix rows = Matrix::Zero(2, 3);
  const Vector gain = Vector::Ones(3), short_gain = Vector::Ones(2);
  Matrix outputs(2, 3), tall(3, 3);
  Vector gradient(3), short_gradient(2);
  CHECK_THROWS_WITH(layer_norm_forward(rows, short_gain, gain, 1, outputs),
                    "layer_norm: gain is (1, 2), expected (1, 3)");
  CHECK_THROWS_WITH(layer_norm_forward(rows, gain, short_gain, 1, outputs),
                    "layer_norm: bias is (1, 2), expected (1, 3)");
  CHECK_THROWS_WITH(layer_norm_forward(rows, gain, gain, 1, tall),
                    "layer_norm: outputs is (3, 3), expected (2, 3)");
  CHECK_THROWS_WITH(rms_norm_forward(rows, short_gain, 1, outputs),
                    "rms_norm: gain is (1, 2), expected (1, 3)");
  CHECK_THROWS_WITH(rms_norm_forward(rows, gain, 1, tall),
                    "rms_norm: outputs is (3, 3), expected (2, 3)");
  CHECK_THROWS_WITH(layer_norm_backward(tall, rows, gain, 1, outputs, gradient, gradient),
                    "layer_norm_backward: output_gradient is (3, 3), expected (2, 3)");
  CHECK_THROWS_WITH(layer_norm_backward(rows, rows, gain, 1, outputs, short_gradient, gradient),
                    "layer_norm_backward: gain_gradient is (1, 2), expected (1, 3)");
  CHECK_THROWS_WITH(rms_norm_backward(tall, rows, gain, 1, outputs, gradient),
                    "rms_norm_backward: output_gradient is (3, 3), expected (2, 3)");
  CHECK_THROWS_WITH(rms_norm_backward(rows, rows, gain, 1, outputs, short_gradient),
                    "rms_norm_backward: gain_gradient is (1, 2), expected (1, 3)");
  CHECK_THROWS_WITH(layer_norm_backward(rows, rows, short_gain, 1, outputs, gradient, gradient),
                    "layer_norm_backward: gain is (1, 2), expected (1, 3)");
  CHECK_THROWS_WITH(layer_norm_backward(rows, rows, gain, 1, tall, gradient, gradient),
                    "layer_norm_backward: input_gradient is (3, 3), expected (2, 3)");
  CHECK_THROWS_WITH(layer_norm_backward(rows, rows, gain, 1, outputs, gradient, short_gradient),
                    "layer_norm_backward: bias_gradient is (1, 2), expected (1, 3)");
  CHECK_THROWS_WITH(rms_norm_backward(rows, rows, short_gain, 1, outputs, gradient),
                    "rms_norm_backward: gain is (1, 2), expected (1, 3)");
  CHECK_THROWS_WITH(rms_norm_backward(rows, rows, gain, 1, tall, gradient),
                    "rms_norm_backward: input_gradient is (3, 3), expected (2, 3)");
}

TEST_CASE("a number that is none passes through norms and activations, each in its own row") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  Matrix inputs = Matrix::Ones(2, 40), outputs(2, 40);
  inputs(0, 3) = nan;
  outputs = activated(FeedForward::gelu, inputs);
  CHECK(std::isnan(outputs(0, 3)));
  CHECK(outputs.row(1).allFinite());
  CHECK(std::isnan(activated(FeedForward::swiglu, beside(inputs, inputs))(0, 3)));
  const auto spoilt_row_only = [&] {
    return outputs.row(0).array().isNaN().all() && outputs.row(1).allFinite();
  };
  layer_norm_forward(inputs, Vector::Ones(40), Vector::Zero(40), 1e-5, outputs);
  CHECK(spoilt_row_only());
  rms_norm_forward(inputs, Vector::Ones(40), 1e-5, outputs);
  CHECK(spoilt_row_only());
}

TEST_CASE("cross-entropy and its gradient agree with PyTorch, far beyond what exp can hold") {
  const auto expected = read_fixture("transformer_layers")["cross_entropy"];
  const Matrix inputs = matrix_from(expected["inputs"][0]);
  const Matrix losses = matrix_from(expected["outputs"]);
  const Matrix scales = matrix_from(expected["output_gradient"]);
  const Matrix gradients = matrix_from(expected["gradients"][0]);
  const std::vector<Token> targets = expected["targets"];
  for (Index row = 0; row < inputs.rows(); ++row) {
    INFO("row " << row);
    const std::span target(&targets[static_cast<std::size_t>(row)], 1);
    const double loss = static_cast<double>(losses(0, row));
    CHECK(cross_entropy(inputs.row(row), target) == Catch::Approx(loss).epsilon(1e-5));
    Matrix logits = inputs.row(row);
    const double scale = static_cast<double>(scales(0, row));
    CHECK(cross_entropy_backward(logits, target, scale) == Catch::Approx(loss).epsilon(1e-5));
    CHECK(largest_difference(logits, gradients.row(row)) < 1e-5);
  }
  Matrix logits = inputs;
  const double sum = static_cast<double>(losses.sum());
  CHECK(cross_entropy(inputs, targets) == Catch::Approx(sum).epsilon(1e-6));
  CHECK(cross_entropy_backward(logits, targets, 1) == Catch::Approx(sum).epsilon(1e-6));
  for (Index row = 0; row < inputs.rows(); ++row) {
    CHECK(largest_difference(logits.row(row) * scales(0, row), gradients.row(row)) < 1e-5);
  }
}

TEST_CASE("cross-entropy needs a target for each row, and each a column") {
  Matrix logits = Matrix::Zero(2, 3);
  CHECK_THROWS_WITH(cross_entropy(logits, std::vector<Token>{1}),
                    "cross_entropy: 1 targets for 2 rows of logits");
  for (const Token strange : {-1, 3}) {
    CHECK_THROWS_WITH(cross_entropy(logits, std::vector<Token>{0, strange}),
                      Catch::Contains("is not one of 3 tokens"));
    CHECK_THROWS_WITH(cross_entropy_backward(logits, std::vector<Token>{0, strange}, 1),
                      Catch::Contains("is not one of 3 tokens"));
  }
  CHECK_NOTHROW(cross_entropy(logits, std::vector<Token>{0, 2}));
}

TEST_CASE("the loss of logits with a number that is none is no number") {
  Matrix logits = Matrix::Zero(1, 20);
  logits(0, 7) = std::numeric_limits<Real>::quiet_NaN();
  CHECK(std::isnan(cross_entropy(logits, std::vector<Token>{2})));
}

TEST_CASE("a team does every part of the work once, and hands on what was thrown") {
  ThreadTeam team(4);
  for (int round = 0; round < 100; ++round) {
    std::vector<int> done(4);
    team.run([&](int part) { ++done[static_cast<std::size_t>(part)]; });
    CHECK(done == std::vector<int>{1, 1, 1, 1});
  }
  CHECK_THROWS_WITH(team.run([](int part) {
    if (part == 2) throw std::runtime_error("part 2 has failed");
  }),
                    "part 2 has failed");
  CHECK_THROWS_WITH(ThreadTeam(0), "ThreadTeam: 0 threads, must be at least 1");
}
