#include "common/scaling/sampling/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace llm;

namespace {

constexpr Real forbidden = -std::numeric_limits<Real>::infinity();

Vector row_of(std::initializer_list<double> numbers) {
  Vector row(static_cast<Index>(numbers.size()));
  std::transform(numbers.begin(), numbers.end(), row.begin(),
                 [](double number) { return static_cast<Real>(number); });
  return row;
}

/// The logits of some probabilities.
Vector logits_of(std::initializer_list<double> probabilities) {
  return row_of(probabilities).array().log();
}

/// The tokens that are not forbidden.
std::vector<Token> kept(const Vector& logits) {
  std::vector<Token> tokens;
  for (Index token = 0; token < logits.size(); ++token) {
    if (logits(token) != forbidden) tokens.push_back(static_cast<Token>(token));
  }
  return tokens;
}

std::vector<Token> kept_top_k(Vector logits, Index k) {
  keep_top_k(logits, k);
  return kept(logits);
}

std::vector<Token> kept_top_p(Vector logits, double p) {
  keep_top_p(logits, p);
  return kept(logits);
}

std::vector<Token> kept_min_p(Vector logits, double share) {
  keep_min_p(logits, share);
  return kept(logits);
}

using Tokens = std::vector<Token>;

/// What a sampler with these settings may choose, and with which probability: written down as the
/// definitions say it, with maps and a full sort.
std::map<Token, double> second_implementation(const Vector& logits, const Tokens& recent,
                                              const SamplingSettings& settings) {
  struct Candidate {
    Token token;
    double logit;
  };
  const std::set<Token> penalized(recent.begin(), recent.end());
  std::vector<Candidate> candidates;
  for (Index i = 0; i < logits.size(); ++i) {
    const auto token = static_cast<Token>(i);
    double logit = logits(i);
    if (penalized.contains(token)) {
      logit = logit > 0 ? logit / settings.repetition_penalty : logit * settings.repetition_penalty;
    }
    if (logit != forbidden) candidates.push_back({token, static_cast<Real>(logit)});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.logit > b.logit; });
  if (settings.top_k > 0 && std::ssize(candidates) > settings.top_k) {
    candidates.resize(static_cast<std::size_t>(settings.top_k));
  }
  double total = 0;
  for (const Candidate& candidate : candidates) total += std::exp(candidate.logit);
  double before = 0;
  std::map<Token, double> result;
  for (const Candidate& candidate : candidates) {
    const bool in_nucleus = result.empty() || before / total < settings.top_p;
    const double odds = std::exp(candidate.logit - candidates.front().logit);
    if (in_nucleus && odds >= settings.min_p) {
      result[candidate.token] =
          std::exp((candidate.logit - candidates.front().logit) / settings.temperature);
    }
    before += std::exp(candidate.logit);
  }
  double sum = 0;
  for (const auto& [token, weight] : result) sum += weight;
  for (auto& [token, weight] : result) weight /= sum;
  return result;
}

/// Logits of which many are equal, and some forbidden.
Vector logits_with_ties(Index vocabulary, Generator& generator) {
  Vector logits(vocabulary);
  for (Real& logit : logits) {
    logit = static_cast<Real>(uniform_index(9, generator) - 4) / 2;
    if (uniform_index(8, generator) == 0) logit = forbidden;
  }
  logits(uniform_index(vocabulary, generator)) = 1;
  return logits;
}

SamplingSettings random_settings(Generator& generator) {
  const auto sometimes = [&](double value, double otherwise) {
    return uniform_index(2, generator) == 0 ? value : otherwise;
  };
  return {.temperature = 0.2 + 2 * uniform(generator),
          .top_k = uniform_index(16, generator),
          .top_p = sometimes(uniform(generator), 1),
          .min_p = sometimes(uniform(generator), 0),
          .repetition_penalty = sometimes(0.5 + 2 * uniform(generator), 1)};
}

}  // namespace

TEST_CASE("the cuts are those of a second implementation, over random logits with ties") {
  Generator generator(1);
  for (int round = 0; round < 3000; ++round) {
    const Vector logits = logits_with_ties(1 + uniform_index(14, generator), generator);
    Tokens recent(static_cast<std::size_t>(uniform_index(6, generator)));
    for (Token& token : recent) {
      token = static_cast<Token>(uniform_index(logits.size(), generator));
    }
    const SamplingSettings settings = random_settings(generator);
    const auto expected = second_implementation(logits, recent, settings);
    const Vector row = cut_logits(logits, recent, settings);
    const Eigen::ArrayXd weights =
        ((row.transpose().array().cast<double>() - double{row.maxCoeff()}) / settings.temperature)
            .exp();
    CAPTURE(round, logits, settings.top_k, settings.top_p, settings.min_p);
    REQUIRE(kept(row).size() == expected.size());
    for (const auto& [token, probability] : expected) {
      REQUIRE(weights(token) / weights.sum() == Catch::Approx(probability).epsilon(1e-5));
    }
  }
}

TEST_CASE("a sampler draws each token as often as the second implementation says") {
  Generator choices(2), generator(3);
  for (int round = 0; round < 5; ++round) {
    const Vector logits = logits_with_ties(9, choices);
    SamplingSettings settings = random_settings(choices);
    settings.repetition_window = 0;
    const Sampler sampler = make_sampler(settings, {}, generator);
    std::map<Token, double> counts;
    for (int i = 0; i < 8000; ++i) counts[sampler(logits)] += 1.0 / 8000;
    const auto expected = second_implementation(logits, {}, settings);
    REQUIRE(counts.size() <= expected.size());
    for (const auto& [token, probability] : expected) {
      CHECK(counts[token] == Catch::Approx(probability).margin(0.02));
    }
  }
}

TEST_CASE("without any cut a sampler is that of chapter 5") {
  Generator first(4), second(4), numbers(5);
  const Sampler sampler = make_sampler({.temperature = 0.8}, {}, first);
  for (int i = 0; i < 200; ++i) {
    const Vector logits = random_normal(1, 20, numbers, 3);
    CHECK(sampler(logits) == sample_token(logits, 0.8, second));
  }
}

TEST_CASE("the same seed chooses the same tokens") {
  Generator first(6), second(6), other(7), numbers(8);
  const SamplingSettings settings{.top_k = 12, .top_p = 0.95, .repetition_penalty = 1.2};
  const Sampler sampler = make_sampler(settings, {}, first),
                same = make_sampler(settings, {}, second),
                another = make_sampler(settings, {}, other);
  bool all_equal = true;
  for (int i = 0; i < 200; ++i) {
    const Vector logits = random_normal(1, 20, numbers);
    const Token token = sampler(logits);
    CHECK(token == same(logits));
    all_equal = all_equal && token == another(logits);
  }
  CHECK_FALSE(all_equal);
}

TEST_CASE("of equal logits the first ones stay in the top k") {
  CHECK(kept_top_k(row_of({1, 2, 2, 2, 0}), 2) == Tokens{1, 2});
  CHECK(kept_top_k(row_of({2, 1, 1, 1, 3}), 3) == Tokens{0, 1, 4});
  CHECK(kept_top_k(Vector::Zero(40), 7) == Tokens{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("a k of 0, of V, or of more than V forbids nothing") {
  const Vector logits = row_of({1, 2, 3});
  for (const Index k : {0, 3, 4, 1000}) CHECK(kept_top_k(logits, k) == Tokens{0, 1, 2});
}

TEST_CASE("a k beyond the tokens that can come leaves these") {
  CHECK(kept_top_k(row_of({forbidden, 2, forbidden, 1}), 3) == Tokens{1, 3});
}

TEST_CASE("the token that reaches p stays in the top p") {
  const Vector logits = logits_of({0.1, 0.4, 0.3, 0.2});
  CHECK(kept_top_p(logits, 0.35) == Tokens{1});
  CHECK(kept_top_p(logits, 0.45) == Tokens{1, 2});
  CHECK(kept_top_p(logits, 0.75) == Tokens{1, 2, 3});
  CHECK(kept_top_p(logits, 0.95) == Tokens{0, 1, 2, 3});
}

TEST_CASE("two tokens of one half: a p of one half is reached by the first") {
  CHECK(kept_top_p(row_of({3, 3}), 0.5) == Tokens{0});
  CHECK(kept_top_p(row_of({3, 3}), 0.51) == Tokens{0, 1});
}

TEST_CASE("a p of 0 leaves the likeliest token alone, a p of 1 forbids nothing") {
  CHECK(kept_top_p(row_of({1, 5, 5, 2}), 0) == Tokens{1});
  CHECK(kept_top_p(row_of({0, 80, -80}), 1) == Tokens{0, 1, 2});
}

TEST_CASE("the min p measures by the likeliest token") {
  const Vector logits = logits_of({0.1, 0.5, 0.3, 0.06, 0.04});
  CHECK(kept_min_p(logits, 0.1) == Tokens{0, 1, 2, 3});
  CHECK(kept_min_p(logits, 0.15) == Tokens{0, 1, 2});
  CHECK(kept_min_p(logits, 0.5) == Tokens{1, 2});
}

TEST_CASE("a min p of 1 leaves the likeliest and its equals, a min p of 0 forbids nothing") {
  CHECK(kept_min_p(row_of({1, 5, 5, 2}), 1) == Tokens{1, 2});
  CHECK(kept_min_p(row_of({0, 80, -8000}), 0) == Tokens{0, 1, 2});
}

TEST_CASE("huge logits are cut as small ones are") {
  Vector logits = row_of({10000, 9999, 9000});
  keep_top_p(logits, 0.9);
  CHECK(kept(logits) == Tokens{0, 1});
  CHECK(kept_min_p(row_of({10000, 9999, 9000}), 0.3) == Tokens{0, 1});
}

TEST_CASE("the penalty divides positive logits and multiplies negative ones, once a token") {
  const Tokens recent = {0, 1, 1, 2};
  const Vector penalized = penalize_repetition(row_of({3, -3, 0, 3, -3}), recent, 1.5);
  CHECK(penalized == row_of({2, -4.5, 0, 3, -3}));
  CHECK(penalize_repetition(row_of({3, -3}), Tokens{0, 1}, 1) == row_of({3, -3}));
}

TEST_CASE("a text with a token out of the vocabulary is refused") {
  CHECK_THROWS_WITH(penalize_repetition(row_of({1, 2}), Tokens{2}, 2),
                    "token 2 is not in a vocabulary of 2, but in the text");
  CHECK_THROWS_AS(penalize_repetition(row_of({1, 2}), Tokens{-1}, 2), std::invalid_argument);
}

TEST_CASE("a sampler remembers the prompt and what it has chosen, as far as its window") {
  Generator generator(9);
  const SamplingSettings settings{
      .temperature = 0, .repetition_penalty = 10, .repetition_window = 2};
  const Vector logits = row_of({4, 3, 2, 1});
  const Sampler sampler = make_sampler(settings, Tokens{0}, generator);
  Tokens chosen;
  for (int i = 0; i < 6; ++i) chosen.push_back(sampler(logits));
  CHECK(chosen == Tokens{1, 2, 0, 1, 2, 0});
}

TEST_CASE("the temperature comes last: it does not change what is cut") {
  const Vector logits = logits_of({0.6, 0.3, 0.1});
  for (const double temperature : {0.1, 1.0, 10.0}) {
    const SamplingSettings settings{.temperature = temperature, .top_p = 0.7};
    CHECK(kept(cut_logits(logits, {}, settings)) == Tokens{0, 1});
  }
}

TEST_CASE("temperature 0 is greedy, whatever is cut") {
  Generator generator(10);
  const SamplingSettings settings{.temperature = 0, .top_k = 3, .top_p = 0.5, .min_p = 0.2};
  CHECK(make_sampler(settings, {}, generator)(row_of({1, 3, 3, 2})) == 1);
}

TEST_CASE("logits that are all forbidden, or not numbers, are refused") {
  Generator generator(11);
  for (const double temperature : {0.0, 1.0}) {
    const Sampler sampler = make_sampler({.temperature = temperature}, {}, generator);
    CHECK_THROWS_WITH(sampler(Vector::Constant(3, forbidden)),
                      "no token can come: the logits of all are minus infinity");
    CHECK_THROWS_WITH(sampler(row_of({1, std::nan(""), 2})),
                      "the logit of token 1 is nan, not a number");
    CHECK_THROWS_WITH(sampler(row_of({1, 2, std::numeric_limits<double>::infinity()})),
                      "the logit of token 2 is inf, not a number");
    CHECK_THROWS_AS(sampler(Vector(0)), std::invalid_argument);
    CHECK(sampler(row_of({forbidden, -5, forbidden})) == 1);
  }
}

TEST_CASE("settings that make no sense are refused by name") {
  const auto refused = [](const SamplingSettings& settings, const std::string& name) {
    CHECK_THROWS_WITH(checked_sampling(settings), Catch::Contains(name));
  };
  refused({.temperature = -1}, "the temperature");
  refused({.temperature = std::nan("")}, "the temperature");
  refused({.temperature = std::numeric_limits<double>::infinity()}, "the temperature");
  refused({.top_k = -1}, "top_k");
  refused({.top_p = -0.1}, "top_p");
  refused({.top_p = 1.1}, "top_p");
  refused({.top_p = std::nan("")}, "top_p");
  refused({.min_p = -0.1}, "min_p");
  refused({.min_p = 1.5}, "min_p");
  refused({.repetition_penalty = 0}, "the repetition penalty");
  refused({.repetition_penalty = std::nan("")}, "the repetition penalty");
  refused({.repetition_window = -1}, "the repetition window");
  CHECK_NOTHROW(checked_sampling({}));
}
