#include "common/transformer/training/muon.hpp"

#include <Eigen/SVD>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "tests/catch.hpp"

using namespace llm;

namespace {

/// The numbers from which tests/fixtures/generate_muon.py makes weights and gradients.
void fill(VectorOut numbers, Index first) {
  for (Index i = 0; i < numbers.size(); ++i) {
    const auto place = static_cast<double>(((first + i) * 7919 + 12345) % 10007);
    numbers(i) = static_cast<Real>(place / 10007 - 0.5);
  }
}

/// A matrix of a fixture, row by row.
Vector numbers_of(const nlohmann::json& rows) {
  std::vector<Real> numbers;
  for (const auto& row : rows) {
    for (const auto& number : row) numbers.push_back(number.get<Real>());
  }
  return Eigen::Map<Vector>(numbers.data(), static_cast<Index>(numbers.size()));
}

/// A wide matrix (4, 6) and a tall one (7, 3), as numpy has them, with room before and between.
const std::vector<Parameter> two_matrices = {{"wide.weight", 5, 4, 6, ParameterRole::weight},
                                             {"tall.weight", 35, 7, 3, ParameterRole::weight}};

}  // namespace

TEST_CASE("steps of Muon agree with numpy's: momentum, Nesterov, decay, the factor of the shape") {
  std::ifstream file(LLM_FIXTURES "/transformer_muon.json");
  for (const auto& fixture : nlohmann::json::parse(file)) {
    for (const int threads : {1, 2}) {
      INFO("momentum " << fixture["momentum"] << ", " << threads << " threads");
      ThreadTeam team(threads);
      Muon muon(two_matrices,
                {.momentum = fixture["momentum"],
                 .weight_decay = fixture["decay"],
                 .iterations = fixture["rounds"]},
                threads);
      Vector parameters = Vector::Zero(56), gradients = Vector::Zero(56);
      fill(parameters.segment(5, 24), 0);
      fill(parameters.tail(21), 100);
      for (Index step = 1; step <= 3; ++step) {
        fill(gradients.segment(5, 24), 1000 * step);
        fill(gradients.tail(21), 100 + 1000 * step);
        muon.step(span_of(parameters), span_of(gradients), fixture["rate"], team);
        const auto at = static_cast<std::size_t>(step - 1);
        const Vector wide = numbers_of(fixture["wide"][at]), tall = numbers_of(fixture["tall"][at]);
        CHECK((parameters.segment(5, 24) - wide).cwiseAbs().maxCoeff() < 2e-5);
        CHECK((parameters.tail(21) - tall).cwiseAbs().maxCoeff() < 2e-5);
      }
    }
  }
}

TEST_CASE("orthogonalize refuses a matrix that is higher than wide or larger than its workspace") {
  MuonWorkspace workspace(20, 4);
  Matrix tall = Matrix::Ones(5, 4), large = Matrix::Ones(3, 7), deep = Matrix::Ones(5, 5);
  Matrix fits = Matrix::Random(4, 5);
  CHECK_THROWS_WITH(orthogonalize(tall, 5, workspace), Catch::Contains("the matrix is (5, 4)"));
  CHECK_THROWS_AS(orthogonalize(large, 5, workspace), std::invalid_argument);
  CHECK_THROWS_AS(orthogonalize(deep, 5, workspace), std::invalid_argument);
  CHECK_NOTHROW(orthogonalize(fits, 5, workspace));
}

TEST_CASE("Muon refuses a larger team than it has memory for, and spans without its matrices") {
  ThreadTeam one(1), two(2);
  Muon muon(two_matrices, {}, 1);
  Vector parameters = Vector::Ones(56), gradients = Vector::Ones(56), few = Vector::Ones(55);
  CHECK_THROWS_WITH(muon.step(span_of(parameters), span_of(gradients), 0.1, two),
                    "Muon: a team of 2, and memory for 1 threads");
  CHECK_THROWS_AS(muon.step(span_of(few), span_of(few), 0.1, one), std::invalid_argument);
  CHECK_THROWS_AS(muon.step(span_of(parameters), span_of(few), 0.1, one), std::invalid_argument);
  CHECK(parameters == Vector::Ones(56));
}

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

TEST_CASE("Muon moves the matrices of its layout against their gradient, and nothing else") {
  Generator generator(2);
  const std::vector<Parameter> layout = {
      {"blocks.0.attention.input.weight", 20, 4, 6, ParameterRole::weight},
      {"blocks.0.feed_forward.contract.weight", 44, 6, 4, ParameterRole::weight}};
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
