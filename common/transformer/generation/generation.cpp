#include "common/transformer/generation/generation.hpp"

#include <algorithm>
#include <stdexcept>

#include "common/transformer/model/block.hpp"

namespace llm {

Sampler temperature_sampler(double temperature, Generator& generator) {
  return [temperature, &generator](const VectorRef& logits) {
    return sample_token(logits, temperature, generator);
  };
}

std::span<const Token> last_window(const Gpt& gpt, std::span<const Token> tokens) {
  return tokens.last(std::min(tokens.size(), static_cast<std::size_t>(gpt.config.context)));
}

std::vector<Token> generate_recomputing(const Gpt& gpt, std::vector<Token> tokens, Index count,
                                        const Sampler& sampler, const TokenObserver& observer) {
  if (tokens.empty()) throw std::invalid_argument("generation needs a prompt of one token or more");
  for (Index i = 0; i < count; ++i) {
    const Matrix logits = forward(gpt, last_window(gpt, tokens));  // (T, V)
    tokens.push_back(sampler(logits.row(logits.rows() - 1)));
    if (observer && !observer(tokens.back())) break;
  }
  return tokens;
}

}  // namespace llm
