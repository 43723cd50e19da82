#include "common/transformer/muon.hpp"

#include <Eigen/SVD>

#include "common/foundations/random.hpp"
#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("five iterations of Newton and Schulz bring singular values near 1") {
  Generator generator(1);
  const Matrix before = random_normal(12, 40, generator);
  Matrix after = before;
  MuonWorkspace workspace(12 * 40, 12);
  orthogonalize(after, 5, workspace);
  const Eigen::JacobiSVD<Matrix> start(before, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::JacobiSVD<Matrix> end(after);
  CHECK(end.singularValues().minCoeff() > 0.6);
  CHECK(end.singularValues().maxCoeff() < 1.3);
  const Matrix inside = start.matrixU().transpose() * after * start.matrixV();
  const Matrix diagonal = inside.diagonal().asDiagonal();
  CHECK((inside - diagonal).cwiseAbs().maxCoeff() < 1e-4);
}

TEST_CASE("Muon moves the weights of linear layers against their gradient, and nothing else") {
  Generator generator(2);
  const std::vector<Parameter> layout = {{"token_embedding", 0, 5, 4, true},
                                         {"blocks.0.attention.input.weight", 20, 4, 6, true},
                                         {"blocks.0.feed_forward.contract.weight", 44, 6, 4, true},
                                         {"final_norm.gain", 68, 1, 4, false}};
  const Matrix gradients = random_normal(1, 72, generator);
  for (const int threads : {1, 2}) {
    ThreadTeam team(threads);
    Muon muon(layout, {.weight_decay = 0}, threads);
    Vector parameters = Vector::Zero(72);
    muon.step({parameters.data(), 72}, {gradients.data(), 72}, 0.1, team);
    CHECK(parameters.head(20).isZero());
    CHECK(parameters.tail(4).isZero());
    CHECK(parameters.segment(20, 24).dot(gradients.row(0).segment(20, 24)) < 0);
    CHECK(parameters.segment(44, 24).dot(gradients.row(0).segment(44, 24)) < 0);
  }
}
