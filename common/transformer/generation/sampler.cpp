#include "common/transformer/generation/sampler.hpp"

#include <cmath>
#include <stdexcept>

namespace llm {

Token greedy_token(const VectorRef& logits) {
  Index best = 0;
  logits.maxCoeff(&best);
  return static_cast<Token>(best);
}

Token sample_token(const VectorRef& logits, double temperature, Generator& generator) {
  if (!(temperature >= 0)) throw std::invalid_argument("the temperature must not be negative");
  if (temperature == 0) return greedy_token(logits);
  const double largest = logits.maxCoeff();
  const auto weight = [&](Index token) {
    return std::exp((logits(token) - largest) / temperature);
  };
  double total = 0;
  for (Index token = 0; token < logits.size(); ++token) total += weight(token);
  double left = uniform(generator) * total;
  for (Index token = 0; token < logits.size(); ++token) {
    left -= weight(token);
    if (left < 0) return static_cast<Token>(token);
  }
  return greedy_token(logits);
}

}  // namespace llm
