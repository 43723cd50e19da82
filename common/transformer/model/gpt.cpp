#include "common/transformer/model/gpt.hpp"

#include <utility>

#include "common/foundations/spans.hpp"
#include "common/training/initialization.hpp"

namespace llm {

namespace {

/// The configuration, if a model can be built from it.
const GptConfig& validated(const GptConfig& config) {
  validate(config);
  return config;
}

/// The angles that a model needs: none with learned positions.
RotaryTable model_rotary_table(const GptConfig& config) {
  if (config.position == Position::learned) return {};
  return rotary_table(config.context, head_width(config), static_cast<Real>(config.rotary_base));
}

/// Fills a matrix with normal numbers of this deviation.
void draw(MatrixMap& matrix, Real deviation, Generator& generator) {
  for (Index i = 0; i < matrix.size(); ++i) {
    matrix.data()[i] = deviation * static_cast<Real>(normal(generator));
  }
}

}  // namespace

Gpt::Gpt(const GptConfig& configuration, GptParameters views)
    : config(validated(configuration)),
      parameters(std::move(views)),
      rotary(model_rotary_table(config)) {}

OwnedGpt::OwnedGpt(const GptConfig& configuration)
    : ParameterMemory{parameter_layout(validated(configuration)),
                      Vector::Zero(parameter_count(configuration))},
      Gpt(configuration, parameter_views(configuration, span_of(buffer))) {
  for (BlockParameters& block : parameters.blocks) {
    block.attention_norm.gain.setOnes();
    block.feed_forward_norm.gain.setOnes();
  }
  parameters.final_norm.gain.setOnes();
}

void initialize(Gpt& gpt, Generator& generator) {
  constexpr Real deviation = Real(0.02);
  const Real to_stream = residual_deviation(deviation, 2 * gpt.config.layers);
  draw(gpt.parameters.token_embedding, deviation, generator);
  draw(gpt.parameters.position_embedding, deviation, generator);
  for (BlockParameters& block : gpt.parameters.blocks) {
    draw(block.attention_input.weight, deviation, generator);
    draw(block.attention_output.weight, to_stream, generator);
    draw(block.expand.weight, deviation, generator);
    draw(block.contract.weight, to_stream, generator);
  }
  if (!gpt.config.tied) draw(gpt.parameters.output.weight, deviation, generator);
}

OwnedGpt initialized_gpt(const GptConfig& config, std::uint64_t seed) {
  OwnedGpt gpt(config);
  Generator generator(seed);
  initialize(gpt, generator);
  return gpt;
}

}  // namespace llm
