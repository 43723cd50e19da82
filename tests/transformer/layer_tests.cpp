#include <atomic>
#include <limits>

#include "common/foundations/activations.hpp"
#include "common/foundations/random.hpp"
#include "common/sequence/softmax.hpp"
#include "common/transformer/feed_forward.hpp"
#include "common/transformer/loss.hpp"
#include "common/transformer/norms.hpp"
#include "common/transformer/thread_team.hpp"
#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("layer norm leaves rows of mean 0 and variance 1, whatever they were") {
  Generator generator(1);
  const Matrix inputs = (random_normal(5, 64, generator) * 30).array() + 100;
  Matrix outputs(5, 64);
  layer_norm(inputs, Vector::Ones(64), Vector(), 1e-5, outputs);
  for (Index row = 0; row < 5; ++row) {
    CHECK(outputs.row(row).mean() == Catch::Approx(0).margin(1e-5));
    CHECK(outputs.row(row).squaredNorm() / 64 == Catch::Approx(1).epsilon(1e-3));
  }
}

TEST_CASE("RMS norm leaves rows of mean square 1 and keeps their direction") {
  Generator generator(2);
  const Matrix inputs = random_normal(5, 64, generator) * 30;
  Matrix outputs(5, 64);
  rms_norm(inputs, Vector::Ones(64), 1e-5, outputs);
  for (Index row = 0; row < 5; ++row) {
    CHECK(outputs.row(row).squaredNorm() / 64 == Catch::Approx(1).epsilon(1e-3));
    const Real cosine =
        outputs.row(row).dot(inputs.row(row)) / (outputs.row(row).norm() * inputs.row(row).norm());
    CHECK(cosine == Catch::Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("the vectorized activations agree with those of chapter 1, far out as well") {
  Matrix inputs(1, 301);
  for (Index i = 0; i < 301; ++i) inputs(0, i) = static_cast<Real>(i - 150) / 10;
  inputs(0, 0) = -1000, inputs(0, 300) = 1000;
  Matrix outputs(1, 301);
  activate(FeedForward::gelu, inputs, outputs);
  CHECK((outputs - gelu(inputs)).cwiseAbs().maxCoeff() < 2e-6);
  activate(FeedForward::relu, inputs, outputs);
  CHECK(outputs == relu(inputs));
  Matrix gate_and_ones(1, 602);
  gate_and_ones << inputs, Matrix::Ones(1, 301);
  activate(FeedForward::swiglu, gate_and_ones, outputs);
  CHECK((outputs - silu(inputs)).cwiseAbs().maxCoeff() < 2e-6);
}

TEST_CASE("the gradients of the activations agree with those of chapter 1, far out as well") {
  Matrix inputs(1, 301);
  for (Index i = 0; i < 301; ++i) inputs(0, i) = static_cast<Real>(i - 150) / 10;
  inputs(0, 0) = -1000, inputs(0, 300) = 1000;
  const Matrix change = Matrix::Constant(1, 301, 2);
  Matrix gradient = inputs;
  activate_backward(FeedForward::gelu, change, gradient);
  CHECK((gradient - gelu_backward(change, inputs)).cwiseAbs().maxCoeff() < 2e-5);
  gradient = inputs;
  activate_backward(FeedForward::relu, change, gradient);
  CHECK(gradient == relu_backward(change, inputs));
}

TEST_CASE("a number that is none passes through norms and activations") {
  Matrix inputs = Matrix::Ones(1, 40), outputs(1, 40);
  inputs(0, 3) = std::numeric_limits<Real>::quiet_NaN();
  activate(FeedForward::gelu, inputs, outputs);
  CHECK(std::isnan(outputs(0, 3)));
  layer_norm(inputs, Vector::Ones(40), Vector::Zero(40), 1e-5, outputs);
  CHECK(outputs.hasNaN());
}

TEST_CASE("cross-entropy is the surprise at the target, and its gradient softmax minus one-hot") {
  Generator generator(3);
  Matrix logits = random_normal(3, 9, generator, 5);
  const std::vector<Token> targets = {0, 8, 4};
  const Matrix weights = softmax_rows(logits);
  double expected = 0;
  Matrix gradient = weights * Real(0.5);
  for (Index row = 0; row < 3; ++row) {
    const Token target = targets[static_cast<std::size_t>(row)];
    expected -= std::log(static_cast<double>(weights(row, target)));
    gradient(row, target) -= Real(0.5);
  }
  CHECK(cross_entropy(logits, targets) == Catch::Approx(expected).epsilon(1e-5));
  CHECK(cross_entropy_backward(logits, targets, 0.5) == Catch::Approx(expected).epsilon(1e-5));
  CHECK((logits - gradient).cwiseAbs().maxCoeff() < 1e-6);
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
