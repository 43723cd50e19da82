#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/transformer/model/parameters.hpp"
#include "common/transformer/training/thread_team.hpp"

namespace llm {

/// The constants of Muon (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural
/// networks").
struct MuonSettings {
  double rate = 5;  ///< its learning rate as a multiple of AdamW's
  double momentum = 0.95;
  double weight_decay = 0.1;  ///< share of a weight, times the learning rate, lost in a step
  int iterations = 5;         ///< of Newton and Schulz
};

/// Memory for orthogonalize, for matrices of up to `size` numbers with a shorter side of up to
/// `shorter`.
struct MuonWorkspace {
  /// For up to `size` numbers, and a shorter side of up to `shorter`.
  MuonWorkspace(Index size, Index shorter);

  Vector update, product;  // (size)
  Matrix gram, power;      // (shorter, shorter)
};

/// Sets the singular values of a matrix (r, c), r <= c, near 1 and keeps its singular vectors, by
/// Muon's iteration of Newton and Schulz: X <- a X + (b A + c A²) X with A = X Xᵀ. Throws
/// std::invalid_argument for a matrix that is higher than wide or too large for the workspace.
void orthogonalize(MatrixOut matrix, int iterations, MuonWorkspace& workspace);

/// Momentum whose step has the same size in all directions: the update of a matrix is its momentum
/// with all singular values set to 1. It trains the weights of the linear layers inside the blocks;
/// embeddings, gains and biases are left to AdamW.
struct Muon {
  /// For these matrices, which are shared out among up to `threads`.
  Muon(std::vector<Parameter> matrices, const MuonSettings& constants, int threads);

  /// One step. Both spans are of the whole model; what is not in the layout stays as it is. Throws
  /// std::invalid_argument for spans that differ in size or do not hold the matrices, and for a
  /// larger team.
  void step(std::span<Real> parameters, std::span<const Real> gradients, double learning_rate,
            ThreadTeam& team);

  std::vector<Parameter> layout;  ///< of its matrices
  MuonSettings settings;
  std::vector<Matrix> momenta;            ///< one a matrix, wider than high
  std::vector<MuonWorkspace> workspaces;  ///< one a thread
};

}  // namespace llm
