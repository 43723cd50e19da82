#include "common/transformer/config.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace llm {

namespace {

/// Throws unless `value` is at least 1.
void check_positive(const char* field, Index value) {
  if (value >= 1) return;
  throw std::invalid_argument(fmt::format("GptConfig: {} is {}, must be at least 1", field, value));
}

/// Throws unless `part` divides `whole`.
void check_divides(const char* part_name, Index part, const char* whole_name, Index whole) {
  if (whole % part == 0) return;
  throw std::invalid_argument(fmt::format("GptConfig: {} is {}, which does not divide {} = {}",
                                          part_name, part, whole_name, whole));
}

}  // namespace

Index head_width(const GptConfig& config) {
  return config.width / config.heads;
}

Index key_value_width(const GptConfig& config) {
  return config.key_value_heads * head_width(config);
}

Index expanded_width(const GptConfig& config) {
  return config.feed_forward == FeedForward::swiglu ? 2 * config.hidden : config.hidden;
}

HeadLayout head_layout(const GptConfig& config) {
  return {config.heads, config.key_value_heads, head_width(config)};
}

void validate(const GptConfig& config) {
  check_positive("vocabulary", config.vocabulary);
  check_positive("context", config.context);
  check_positive("width", config.width);
  check_positive("heads", config.heads);
  check_positive("key_value_heads", config.key_value_heads);
  check_positive("layers", config.layers);
  check_positive("hidden", config.hidden);
  check_divides("heads", config.heads, "width", config.width);
  check_divides("key_value_heads", config.key_value_heads, "heads", config.heads);
  if (config.position == Position::rotary && head_width(config) % 2 != 0) {
    throw std::invalid_argument(
        fmt::format("GptConfig: width / heads is {}, which must be even for rotary positions",
                    head_width(config)));
  }
  if (!(config.norm_epsilon > 0)) {
    throw std::invalid_argument(
        fmt::format("GptConfig: norm_epsilon is {}, must be above 0", config.norm_epsilon));
  }
  if (!(config.rotary_base > 0)) {
    throw std::invalid_argument(
        fmt::format("GptConfig: rotary_base is {}, must be above 0", config.rotary_base));
  }
}

}  // namespace llm
