#include "common/scaling/sampling/sampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace llm {

namespace {

/// The logit of a token that must not come.
constexpr Real impossible = -std::numeric_limits<Real>::infinity();

/// Throws std::invalid_argument with what is wrong with a setting, unless it is right.
void require(bool right, const char* wrong) {
  if (!right) throw std::invalid_argument(wrong);
}

/// All tokens, from 0 to V - 1.
std::vector<Token> all_tokens(Index vocabulary) {
  std::vector<Token> tokens(static_cast<std::size_t>(vocabulary));
  std::iota(tokens.begin(), tokens.end(), 0);
  return tokens;
}

/// Whether one token comes before another: by its logit, and among equals by its number.
struct Likelier {
  bool operator()(Token a, Token b) const {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  }

  const Real* logits;
};

}  // namespace

const SamplingSettings& checked_sampling(const SamplingSettings& settings) {
  const auto share = [](double number) { return number >= 0 && number <= 1; };
  require(settings.temperature >= 0 && std::isfinite(settings.temperature),
          "the temperature must be 0 or a positive number");
  require(settings.top_k >= 0, "top_k must be 0, for all tokens, or a positive number");
  require(share(settings.top_p), "top_p must lie between 0 and 1");
  require(share(settings.min_p), "min_p must lie between 0 and 1");
  require(settings.repetition_penalty > 0 && std::isfinite(settings.repetition_penalty),
          "the repetition penalty must be a positive number");
  require(settings.repetition_window >= 0, "the repetition window must not be negative");
  return settings;
}

void check_logits(const VectorRef& logits) {
  bool possible = false;
  for (Index token = 0; token < logits.size(); ++token) {
    if (std::isnan(logits(token)) || logits(token) == -impossible) {
      throw std::invalid_argument(
          fmt::format("the logit of token {} is {}, not a number", token, logits(token)));
    }
    possible = possible || logits(token) != impossible;
  }
  require(possible, "no token can come: the logits of all are minus infinity");
}

Vector penalize_repetition(const VectorRef& logits, std::span<const Token> recent, double penalty) {
  Vector result = logits;
  for (const Token token : recent) {
    if (token < 0 || token >= logits.size()) {
      throw std::invalid_argument(fmt::format(
          "token {} is not in a vocabulary of {}, but in the text", token, logits.size()));
    }
    const double logit = logits(token);
    result(token) = static_cast<Real>(logit > 0 ? logit / penalty : logit * penalty);
  }
  return result;
}

void keep_top_k(VectorOut logits, Index k) {
  if (k == 0 || k >= logits.size()) return;
  std::vector<Token> tokens = all_tokens(logits.size());
  const auto rest = tokens.begin() + k;
  std::nth_element(tokens.begin(), rest, tokens.end(), Likelier{logits.data()});
  for (auto token = rest; token != tokens.end(); ++token) logits(*token) = impossible;
}

void keep_top_p(VectorOut logits, double p) {
  if (p >= 1) return;
  const Eigen::ArrayXd weights =
      (logits.transpose().array().cast<double>() - double{logits.maxCoeff()}).exp();
  double wanted = p * weights.sum();
  std::vector<Token> heap = all_tokens(logits.size());
  const auto below = [before = Likelier{logits.data()}](Token a, Token b) { return before(b, a); };
  std::make_heap(heap.begin(), heap.end(), below);
  do {
    wanted -= weights(heap.front());
    std::pop_heap(heap.begin(), heap.end(), below);
    heap.pop_back();
  } while (wanted > 0 && !heap.empty());
  for (const Token token : heap) logits(token) = impossible;
}

void keep_min_p(VectorOut logits, double share) {
  const double least = double{logits.maxCoeff()} + std::log(share);
  for (Real& logit : logits) {
    if (logit < least) logit = impossible;
  }
}

Vector cut_logits(const VectorRef& logits, std::span<const Token> recent,
                  const SamplingSettings& settings) {
  Vector row = penalize_repetition(logits, recent, settings.repetition_penalty);
  check_logits(row);
  keep_top_k(row, settings.top_k);
  keep_top_p(row, settings.top_p);
  keep_min_p(row, settings.min_p);
  return row;
}

Sampler make_sampler(const SamplingSettings& settings, std::span<const Token> prompt,
                     Generator& generator) {
  checked_sampling(settings);
  std::vector<Token> text(prompt.begin(), prompt.end());
  return [settings, text, &generator](const VectorRef& logits) mutable {
    const auto window = static_cast<std::size_t>(settings.repetition_window);
    const std::span<const Token> recent = std::span(text).last(std::min(window, text.size()));
    const Vector row = cut_logits(logits, recent, settings);
    text.push_back(sample_token(row, settings.temperature, generator));
    return text.back();
  };
}

}  // namespace llm
