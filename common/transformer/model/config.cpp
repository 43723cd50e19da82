#include "common/transformer/model/config.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace llm {

namespace {

/// Throws unless `value` is from 1 to `largest`.
void check_size(const char* field, Index value, Index largest) {
  if (value >= 1 && value <= largest) return;
  throw std::invalid_argument(
      fmt::format("GptConfig: {} is {}, must be from 1 to {}", field, value, largest));
}

/// Throws unless the value, as the layers use it, is above 0 and finite.
void check_number(const char* name, double value) {
  const Real used = static_cast<Real>(value);
  if (used > 0 && std::isfinite(used)) return;
  throw std::invalid_argument(
      fmt::format("GptConfig: {} is {}, must be above 0 and finite", name, value));
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
  // Far beyond any model, and small enough that all sizes can be multiplied and added.
  constexpr Index most = 1'000'000, most_rows = 100'000'000, most_layers = 10'000;
  check_size("vocabulary", config.vocabulary, most_rows);
  check_size("context", config.context, most_rows);
  check_size("width", config.width, most);
  check_size("heads", config.heads, most);
  check_size("key_value_heads", config.key_value_heads, most);
  check_size("layers", config.layers, most_layers);
  check_size("hidden", config.hidden, most);
  check_divides("heads", config.heads, "width", config.width);
  check_divides("key_value_heads", config.key_value_heads, "heads", config.heads);
  if (config.position == Position::rotary && head_width(config) % 2 != 0) {
    throw std::invalid_argument(
        fmt::format("GptConfig: width / heads is {}, which must be even for rotary positions",
                    head_width(config)));
  }
  check_number("norm_epsilon", config.norm_epsilon);
  check_number("rotary_base", config.rotary_base);
}

}  // namespace llm
