#include "common/transformer/generation/kv_cache.hpp"

#include "common/transformer/training/trainer.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

/// Small models of every kind: positions, norms, feed-forward layers, heads, biases, tying.
std::vector<GptConfig> every_kind() {
  std::vector<GptConfig> configs;
  for (const Position position : {Position::learned, Position::rotary}) {
    for (const Norm norm : {Norm::layer, Norm::rms}) {
      for (const FeedForward kind : {FeedForward::relu, FeedForward::gelu, FeedForward::swiglu}) {
        for (const Index key_value_heads : {4, 2, 1}) {
          configs.push_back({.vocabulary = 11,
                             .context = 12,
                             .width = 16,
                             .heads = 4,
                             .key_value_heads = key_value_heads,
                             .layers = 2,
                             .hidden = 24,
                             .position = position,
                             .norm = norm,
                             .feed_forward = kind,
                             .bias = norm == Norm::layer,
                             .tied = kind != FeedForward::swiglu});
        }
      }
    }
  }
  return configs;
}

/// A model whose weights are large enough for its logits to differ.
OwnedGpt lively_gpt(const GptConfig& config) {
  OwnedGpt gpt = initialized_gpt(config, 5);
  Generator generator(6);
  for (Real& weight : gpt.buffer) weight += static_cast<Real>(0.2 * normal(generator));
  return gpt;
}

/// `count` random tokens.
std::vector<Token> random_tokens(const GptConfig& config, Index count) {
  Generator generator(7);
  std::vector<Token> tokens;
  for (Index i = 0; i < count; ++i) {
    tokens.push_back(static_cast<Token>(uniform_index(config.vocabulary, generator)));
  }
  return tokens;
}

/// The token that a model finds likeliest after these, all read afresh.
Token likeliest_after(const Gpt& gpt, std::span<const Token> tokens) {
  return greedy_token(forward(gpt, tokens).bottomRows(1).row(0));
}

/// What generate promises, written down with whole windows: the window grows from the prompt's last
/// `context` tokens, and a full one gives way to its last half.
std::vector<Token> continued_by_halves(const Gpt& gpt, std::vector<Token> tokens, Index count) {
  const auto context = static_cast<std::size_t>(gpt.config.context);
  std::size_t window = std::min(tokens.size(), context);
  for (Index i = 0; i < count; ++i) {
    if (window > context) window = context / 2;
    tokens.push_back(likeliest_after(gpt, std::span<const Token>(tokens).last(window)));
    ++window;
  }
  return tokens;
}

}  // namespace

TEST_CASE("cached and full decoding agree at every position, for every kind of model") {
  for (const GptConfig& config : every_kind()) {
    const OwnedGpt gpt = lively_gpt(config);
    const std::vector<Token> tokens = random_tokens(config, config.context);
    const Matrix full = forward(gpt, tokens);
    for (const Index prefill : {1, 5, 12}) {
      KeyValueCache cache(config);
      Matrix logits(config.context, config.vocabulary);
      logits.topRows(prefill) =
          decode_step(gpt, std::span(tokens).first(static_cast<std::size_t>(prefill)), cache, true);
      for (Index t = prefill; t < config.context; ++t) {
        logits.row(t) = decode_step(gpt, {&tokens[static_cast<std::size_t>(t)], 1}, cache);
      }
      INFO("prefill " << prefill << ", heads " << config.key_value_heads);
      CHECK(relative_difference(logits, full, 1) < 2e-5);
    }
  }
}

TEST_CASE("greedy generation with the cache and without it gives the same tokens") {
  for (const GptConfig& config : every_kind()) {
    const OwnedGpt gpt = lively_gpt(config);
    const std::vector<Token> prompt = random_tokens(config, 3);
    const Index count = config.context - 3 + 1;
    std::vector<Token> expected = prompt;
    for (Index i = 0; i < count; ++i) expected.push_back(likeliest_after(gpt, expected));
    CHECK(generate(gpt, prompt, count, greedy_token) == expected);
    CHECK(generate_recomputing(gpt, prompt, count, greedy_token) == expected);
  }
}

TEST_CASE("beyond the context, generation goes on from the last half of the window, read afresh") {
  for (const GptConfig& config : every_kind()) {
    const OwnedGpt gpt = lively_gpt(config);
    for (const Index length : {1, 12, 30}) {
      INFO("a prompt of " << length << " tokens");
      const std::vector<Token> prompt = random_tokens(config, length);
      CHECK(generate(gpt, prompt, 40, greedy_token) == continued_by_halves(gpt, prompt, 40));
    }
  }
}

TEST_CASE("a context of one token is read afresh each time") {
  GptConfig config = every_kind().front();
  config.context = 1;
  const OwnedGpt gpt = lively_gpt(config);
  std::vector<Token> expected = {4};
  for (int i = 0; i < 6; ++i) expected.push_back(likeliest_after(gpt, {&expected.back(), 1}));
  CHECK(generate(gpt, {4}, 6, greedy_token) == expected);
}

TEST_CASE("recomputing beyond the context looks at the last tokens that fit") {
  const OwnedGpt gpt = lively_gpt(every_kind().back());
  std::vector<Token> expected = random_tokens(gpt.config, 11);
  const std::vector<Token> prompt = expected;
  for (int i = 0; i < 20; ++i) {
    const std::size_t window = std::min<std::size_t>(expected.size(), 12);
    expected.push_back(likeliest_after(gpt, std::span<const Token>(expected).last(window)));
  }
  CHECK(generate_recomputing(gpt, prompt, 20, greedy_token) == expected);
}

TEST_CASE("generation stops when it is told to, and needs a prompt") {
  const OwnedGpt gpt = lively_gpt(every_kind().front());
  int seen = 0;
  const TokenObserver third = [&](Token) { return ++seen < 3; };
  CHECK(generate(gpt, {1}, 40, greedy_token, third).size() == 4);
  seen = 0;
  CHECK(generate_recomputing(gpt, {1}, 40, greedy_token, third).size() == 4);
  CHECK_THROWS_WITH(generate(gpt, {}, 4, greedy_token), Catch::Contains("a prompt of one token"));
}

TEST_CASE("a cache that is full says so instead of writing past its end") {
  const GptConfig config = every_kind().front();
  const OwnedGpt gpt = lively_gpt(config);
  KeyValueCache cache(config);
  CHECK_THROWS_WITH(decode_step(gpt, {}, cache), Catch::Contains("0 tokens after 0"));
  decode_step(gpt, random_tokens(config, 10), cache);
  CHECK_THROWS_WITH(decode_step(gpt, random_tokens(config, 3), cache),
                    Catch::Contains("3 tokens after 10 in the cache"));
  CHECK(cache.length == 10);
}

TEST_CASE("the cache of another model is refused") {
  GptConfig config = every_kind()[0];
  const OwnedGpt gpt = lively_gpt(config);
  const std::vector<Token> tokens = {1};
  config.key_value_heads = 2;
  KeyValueCache narrow(config);
  CHECK_THROWS_WITH(decode_step(gpt, tokens, narrow), Catch::Contains("the cache is (12, 8)"));
  config.layers = 1;
  KeyValueCache flat(config);
  CHECK_THROWS_WITH(decode_step(gpt, tokens, flat),
                    "decode_step: a cache of 1 layers in a model of 2");
}

TEST_CASE("the bytes of a cache are what its matrices hold") {
  const GptConfig config = every_kind()[1];
  const KeyValueCache cache(config);
  Index bytes = 0;
  for (const CachedLayer& layer : cache.layers) {
    bytes += (layer.keys.size() + layer.values.size()) * static_cast<Index>(sizeof(Real));
  }
  CHECK(cache_bytes(config) == bytes);
  CHECK(bytes == 2 * 2 * 12 * (2 * 4) * static_cast<Index>(sizeof(Real)));
}
