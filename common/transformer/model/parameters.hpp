#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/transformer/model/config.hpp"

namespace llm {

/// A matrix inside a buffer that someone else owns.
using MatrixMap = Eigen::Map<Matrix>;

/// A row inside a buffer that someone else owns.
using VectorMap = Eigen::Map<Vector>;

/// What a parameter is to the optimizers: a table of one row a token or a position, the weight of a
/// linear layer inside a block, or a gain or bias.
enum class ParameterRole { table, weight, row };

/// Where one parameter of a model lies in the buffer of all of them.
struct Parameter {
  std::string name;  ///< "blocks.0.attention.output.weight"
  Index offset;      ///< of its first number in the buffer
  Index rows, columns;
  ParameterRole role;

  /// How many numbers it holds.
  Index size() const { return rows * columns; }

  /// Whether weight decay applies: to matrices, not to gains and biases.
  bool decays() const { return role != ParameterRole::row; }
};

/// The gain and bias of a norm; the bias is empty in RMSNorm and in a model without biases.
struct NormParameters {
  VectorMap gain, bias;  // (d), (d) or (0)
};

/// The weight and bias of a linear layer; the bias is empty in a model without biases.
struct LinearParameters {
  MatrixMap weight;  // (d_out, d_in)
  VectorMap bias;    // (d_out) or (0)
};

/// One block. The rows of `attention_input` ask for queries, then keys, then values; with SwiGLU,
/// those of `expand` ask for the gate, then for the value that it gates.
struct BlockParameters {
  NormParameters attention_norm;
  LinearParameters attention_input;   // ((h + 2 h_kv) d_h, d)
  LinearParameters attention_output;  // (d, h d_h)
  NormParameters feed_forward_norm;
  LinearParameters expand;    // (hidden, d), SwiGLU: (2 hidden, d)
  LinearParameters contract;  // (d, hidden)
};

/// Every parameter of a model as a view of one buffer, or every gradient, of another.
struct GptParameters {
  MatrixMap token_embedding;     // (V, d)
  MatrixMap position_embedding;  // (T, d), or (0, 0) with rotary positions
  std::vector<BlockParameters> blocks;
  NormParameters final_norm;
  LinearParameters output;  // (V, d): the token embedding itself where the two are tied; no bias
};

/// The names and places of all parameters, in the order of the buffer, without gaps.
std::vector<Parameter> parameter_layout(const GptConfig& config);

/// How many numbers a model has: 124,439,808 for GPT-2.
Index parameter_count(const GptConfig& config);

/// Views of a buffer of parameter_count(config) numbers.
GptParameters parameter_views(const GptConfig& config, std::span<Real> buffer);

}  // namespace llm
