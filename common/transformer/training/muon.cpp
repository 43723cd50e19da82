#include "common/transformer/training/muon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <utility>

#include "common/foundations/product.hpp"
#include "common/transformer/training/adamw.hpp"

namespace llm {

namespace {

/// Adds a gradient to the momentum of a matrix, which is kept wider than high, and writes the sum
/// of the gradient and the share `keep` of the new momentum (Nesterov's step) into `update`.
void add_to_momentum(const MatrixRef& gradient, Real keep, Matrix& momentum, MatrixOut update) {
  if (gradient.rows() > gradient.cols()) {
    momentum = keep * momentum + (1 - keep) * gradient.transpose();
    update = keep * momentum + (1 - keep) * gradient.transpose();
  } else {
    momentum = keep * momentum + (1 - keep) * gradient;
    update = keep * momentum + (1 - keep) * gradient;
  }
}

/// One step of Muon for matrix number `index`.
void update_matrix(Muon& muon, std::size_t index, std::span<Real> parameters,
                   std::span<const Real> gradients, double learning_rate,
                   MuonWorkspace& workspace) {
  const Parameter& place = muon.layout[index];
  Matrix& momentum = muon.momenta[index];
  const auto offset = static_cast<std::size_t>(place.offset);
  const Eigen::Map<const Matrix> gradient(&gradients[offset], place.rows, place.columns);
  MatrixMap weight(&parameters[offset], place.rows, place.columns);
  MatrixMap update(workspace.update.data(), momentum.rows(), momentum.cols());
  add_to_momentum(gradient, static_cast<Real>(muon.settings.momentum), momentum, update);
  orthogonalize(update, muon.settings.iterations, workspace);
  const double shape = static_cast<double>(place.rows) / static_cast<double>(place.columns);
  const Real rate = static_cast<Real>(learning_rate * std::sqrt(std::max(1.0, shape)));
  weight *= static_cast<Real>(1 - learning_rate * muon.settings.weight_decay);
  if (place.rows > place.columns) {
    weight -= rate * update.transpose();
  } else {
    weight -= rate * update;
  }
}

/// Throws unless a matrix is no higher than wide and has room in the workspace.
void check_room(const MatrixRef& matrix, const MuonWorkspace& workspace) {
  const bool wide = matrix.rows() <= matrix.cols();
  if (wide && matrix.size() <= workspace.product.size() && matrix.rows() <= workspace.gram.rows()) {
    return;
  }
  throw std::invalid_argument(fmt::format(
      "orthogonalize: the matrix is {}, expected no more rows than columns, at most {} rows and {} "
      "numbers",
      shape_text(matrix.rows(), matrix.cols()), workspace.gram.rows(), workspace.product.size()));
}

}  // namespace

MuonWorkspace::MuonWorkspace(Index size, Index shorter)
    : update(size), product(size), gram(shorter, shorter), power(shorter, shorter) {}

void orthogonalize(MatrixOut matrix, int iterations, MuonWorkspace& workspace) {
  constexpr Real a = Real(3.4445), b = Real(-4.7750), c = Real(2.0315);
  check_room(matrix, workspace);
  const Index rows = matrix.rows();
  MatrixMap product(workspace.product.data(), rows, matrix.cols());
  MatrixOut gram = workspace.gram.topLeftCorner(rows, rows);
  MatrixOut power = workspace.power.topLeftCorner(rows, rows);
  matrix /= matrix.norm() + Real(1e-7);
  for (int iteration = 0; iteration < iterations; ++iteration) {
    multiply_transposed(matrix, matrix, gram);
    multiply(gram, gram, power);
    power = b * gram + c * power;
    multiply(power, matrix, product);
    matrix = a * matrix + product;
  }
}

Muon::Muon(std::vector<Parameter> matrices, const MuonSettings& constants, int threads)
    : layout(std::move(matrices)), settings(constants) {
  Index size = 0, shorter = 0;
  for (const Parameter& place : layout) {
    const auto [low, high] = std::minmax(place.rows, place.columns);
    momenta.push_back(Matrix::Zero(low, high));
    size = std::max(size, place.size());
    shorter = std::max(shorter, low);
  }
  for (int thread = 0; thread < threads; ++thread) workspaces.emplace_back(size, shorter);
}

void Muon::step(std::span<Real> parameters, std::span<const Real> gradients, double learning_rate,
                ThreadTeam& team) {
  check_spans("Muon", layout, parameters, gradients);
  if (team.size() > static_cast<int>(workspaces.size())) {
    throw std::invalid_argument(fmt::format("Muon: a team of {}, and memory for {} threads",
                                            team.size(), workspaces.size()));
  }
  const auto part = [&](int thread) {
    const auto own = static_cast<std::size_t>(thread), all = static_cast<std::size_t>(team.size());
    for (std::size_t index = own; index < layout.size(); index += all) {
      update_matrix(*this, index, parameters, gradients, learning_rate, workspaces[own]);
    }
  };
  team.run(std::ref(part));
}

}  // namespace llm
