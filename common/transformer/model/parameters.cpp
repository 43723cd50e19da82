#include "common/transformer/model/parameters.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace llm {

namespace {

/// Lays out parameters one behind the other. Without a buffer it only takes their names and places.
struct Walk {
  Real* buffer = nullptr;
  Index offset = 0;
  std::vector<Parameter> layout;

  /// The place of the next rows · columns numbers.
  Real* next(const std::string& name, Index rows, Index columns, ParameterRole role) {
    if (rows * columns > 0) layout.push_back({name, offset, rows, columns, role});
    Real* const place = buffer ? buffer + offset : nullptr;
    offset += rows * columns;
    return place;
  }

  /// The next table of one row a token or a position.
  MatrixMap table(const std::string& name, Index rows, Index columns) {
    return {next(name, rows, columns, ParameterRole::table), rows, columns};
  }

  /// The next gain or bias.
  VectorMap row(const std::string& name, Index size) {
    return {next(name, 1, size, ParameterRole::row), size};
  }

  /// The next norm, with a bias only if the model has biases and LayerNorm.
  NormParameters norm(const std::string& name, const GptConfig& config) {
    const bool bias = config.bias && config.norm == Norm::layer;
    return {row(name + ".gain", config.width), row(name + ".bias", bias ? config.width : 0)};
  }

  /// The next linear layer.
  LinearParameters linear(const std::string& name, Index inputs, Index outputs, bool bias) {
    Real* const weight = next(name + ".weight", outputs, inputs, ParameterRole::weight);
    return {MatrixMap(weight, outputs, inputs), row(name + ".bias", bias ? outputs : 0)};
  }

  /// The next block.
  BlockParameters block(const std::string& name, const GptConfig& config) {
    const Index width = config.width, projected = width + 2 * key_value_width(config);
    return {norm(name + ".attention.norm", config),
            linear(name + ".attention.input", width, projected, config.bias),
            linear(name + ".attention.output", width, width, config.bias),
            norm(name + ".feed_forward.norm", config),
            linear(name + ".feed_forward.expand", width, expanded_width(config), config.bias),
            linear(name + ".feed_forward.contract", config.hidden, width, config.bias)};
  }
};

/// All parameters of a model in order.
GptParameters walk_model(const GptConfig& config, Walk& walk) {
  const Index positions = config.position == Position::learned ? config.context : 0;
  MatrixMap tokens = walk.table("token_embedding", config.vocabulary, config.width);
  MatrixMap places = walk.table("position_embedding", positions, config.width);
  std::vector<BlockParameters> blocks;
  for (Index block = 0; block < config.layers; ++block) {
    blocks.push_back(walk.block(fmt::format("blocks.{}", block), config));
  }
  const NormParameters norm = walk.norm("final_norm", config);
  MatrixMap output = config.tied ? tokens : walk.table("output", config.vocabulary, config.width);
  return {tokens, places, std::move(blocks), norm, {output, VectorMap(nullptr, 0)}};
}

}  // namespace

std::vector<Parameter> parameter_layout(const GptConfig& config) {
  Walk walk;
  walk_model(config, walk);
  return walk.layout;
}

Index parameter_count(const GptConfig& config) {
  Walk walk;
  walk_model(config, walk);
  return walk.offset;
}

GptParameters parameter_views(const GptConfig& config, std::span<Real> buffer) {
  const Index size = parameter_count(config);
  if (static_cast<Index>(buffer.size()) != size) {
    throw std::invalid_argument(fmt::format(
        "parameter_views: the buffer holds {} numbers, the model {}", buffer.size(), size));
  }
  Walk walk;
  walk.buffer = buffer.data();
  return walk_model(config, walk);
}

}  // namespace llm
