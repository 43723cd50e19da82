//: # KV cache
//:
//: The decoder loop of section 5.5 runs the whole model on the whole past for every token that it
//: writes. To write 128 characters it pushes $1 + 2 + \dots + 128 = 8{,}256$ rows through every layer,
//: and keeps the last of each run. If you watched the numbers go by, you would see the same rows
//: again and again. Which of them ever change? And what must be kept so that none is computed twice?

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/transformer/generation/kv_cache.hpp"
#include "common/transformer/training/trainer.hpp"

using namespace llm;

namespace {

//: ## What never changes
//:
//: Run a model on ten tokens, then on the same ten and an eleventh, and compare what the blocks
//: computed for the first ten rows. A causal model cannot let an earlier row know of a later token
//: (section 4.1). So the prediction is: no difference at all, in any layer.

GptConfig small_config() {
  return {.vocabulary = 96,
          .context = 64,
          .width = 64,
          .heads = 4,
          .key_value_heads = 4,
          .layers = 3,
          .hidden = 256,
          .position = Position::rotary};
}

//: What the tokens are does not matter, and neither do the weights: a fresh model and random tokens
//: will do.

std::vector<Token> random_tokens(Index count, Index vocabulary) {
  Generator generator(2);
  std::vector<Token> tokens;
  for (Index i = 0; i < count; ++i) {
    tokens.push_back(static_cast<Token>(uniform_index(vocabulary, generator)));
  }
  return tokens;
}

//: To compare what the blocks computed, we go through them as `run_blocks` of section 5.2 does and put
//: aside, after each, the queries, keys and values that it made:

/// Queries, keys and values of every block, side by side, for a sequence of tokens.
std::vector<Matrix> projections(const Gpt& gpt, std::span<const Token> tokens) {
  const auto length = static_cast<Index>(tokens.size());
  BlockActivations activations(gpt.config, length);
  BlockWorkspace workspace{AttentionWorkspace(length)};
  std::vector<Matrix> result;
  embed_tokens(gpt, tokens, 0, activations.input);
  for (const BlockParameters& block : gpt.parameters.blocks) {
    block_forward(gpt, block, {0, length, length}, activations, activations.input, workspace);
    result.push_back(activations.projected);
  }
  return result;
}

void what_never_changes() {
  const OwnedGpt gpt = initialized_gpt(small_config(), 1);
  const std::vector<Token> tokens = random_tokens(11, 96);
  const std::vector<Matrix> ten = projections(gpt, std::span(tokens).first(10));
  const std::vector<Matrix> eleven = projections(gpt, tokens);
  for (std::size_t block = 0; block < ten.size(); ++block) {
    const Matrix change = eleven[block].topRows(10) - ten[block];
    print("block {}: largest change of a query, key or value in the first ten rows: {:.1e}",
          block + 1, change.cwiseAbs().maxCoeff());
  }
}
//: ```{output}
//: ```
//:
//: Nothing moved, not in the last bit. Everything that the model computed for the first ten tokens is
//: still right when the eleventh comes. So what does the new row need of the old ones? Go through a
//: block: the norm, the linear layers and the feed-forward layer look at one row at a time, and need
//: nothing of the others. Only attention looks around. The new query meets the *keys* of all rows, and
//: mixes their *values*:
//:
//: $$z_t = \sum_{j=0}^{t} w_j\, v_j, \qquad w = \operatorname{softmax}\!\Big(\frac{q_t k_0^\top}{\sqrt{d_h}},
//: \dots, \frac{q_t k_t^\top}{\sqrt{d_h}}\Big).$$
//:
//: The old queries do not occur: nobody asks their questions again. So keep, for every layer, the
//: keys and the values of all tokens so far. This is the {term}`KV cache`, and with it a new token
//: costs one row.
//:
//: ## By hand
//:
//: One head, one feature. Two tokens have been read; their keys are $0$ and $\ln 2$, their values 1 and
//: 2. Now a third token comes, with query 1, key 0 and value 3. The scores are $0, \ln 2, 0$, the
//: weights $\tfrac14, \tfrac12, \tfrac14$, and the answer is $\tfrac14 + 1 + \tfrac34 = 2$. The
//: library's attention takes fewer queries than keys, and treats them as the last ones:

void by_hand() {
  Matrix query(1, 1), keys(3, 1), values(3, 1), output(1, 1), log_sums(1, 1);
  query << 1;
  keys << 0, std::log(Real(2)), 0;
  values << 1, 2, 3;
  AttentionWorkspace workspace(3);
  causal_attention_forward(query, keys, values, {.heads = 1, .key_value_heads = 1, .head_width = 1},
                           output, log_sums, workspace);
  show("the third row", output, 3);
}
//: ```{output}
//: ```
//:
//: ## The code
//:
//: In section 5.2 each block could be given a `CachedLayer`, and was given none. Here is what it is: two
//: matrices with room for the whole context,
//:
//: ```{listing} llm::CachedLayer
//: ```
//:
//: and the cache of a model is one of them for each block, and a count of the rows that are filled:
//:
//: ```{listing} llm::KeyValueCache
//: ```
//: ```{listing} llm::KeyValueCache::KeyValueCache
//: :folded:
//: ```
//:
//: There is no second forward pass to write. The rows of new tokens go through the norms, the linear
//: layers and the feed-forward layer of `block_forward` as all rows do: these look at one row at a time
//: and do not know that there were others. Only `attend`, in the middle of it, has to know, and it has
//: had the lines all along. When there is a cache, the new keys and values go below what is in it:
//:
//: ```{listing} llm::add_to_cache
//: ```
//:
//: Here `shared` counts the columns of the keys, and of the values. With fewer key and value heads than
//: query heads (section 3.3) it is the smaller number: the cache holds the few, and shrinks in
//: proportion. And the line before this call has turned the keys. A new token stands at the position
//: that follows those read, not at 0; forget this, and the model believes that every token is the
//: first. A key's angle belongs to its place in the text, which never changes, so it is turned once,
//: *before* it is cached, and the score with a later query still depends on the distance only.
//:
//: Then `attend` calls attention with the rows of the cache for keys and values, `seen` of them, its
//: own included, where without a cache they were columns of `projected`. There are fewer queries than
//: keys; that they are the last ones is all that the causal mask needs to know.
//:
//: What is left to write is a step. It sends any number of new tokens through the blocks, from the
//: position behind those read, with a cached layer for each. Only when all blocks have added their keys
//: and values does the count go up, since each of them needs the old one:
//:
//: ```{listing} llm::decode_step
//: :until: cache.length += count
//: ```
//: ```{listing} llm::check_cache
//: :folded:
//: ```
//:
//: And of the rows that come out, the last one is the only one that speaks about a token that is not
//: known yet. Norm and logits are computed for it alone, unless somebody asks for all:
//:
//: ```{listing} llm::decode_step
//: ```
//:
//: ## The proof
//:
//: Equal in theory is not equal in code. We compare the logits of full decoding with those of the
//: cache at all 64 positions, token by token, for models of several kinds. The tests do the same for
//: 36 kinds, and with prompts of different lengths.

void proof() {
  struct Kind {
    const char* name;
    Position position;
    Norm norm;
    FeedForward feed;
    Index shared;
  };
  for (const Kind& kind : {Kind{"learned positions, 4 key-value heads", Position::learned,
                                Norm::layer, FeedForward::gelu, 4},
                           Kind{"rotary positions, 4 key-value heads", Position::rotary,
                                Norm::layer, FeedForward::gelu, 4},
                           Kind{"rotary, RMSNorm, SwiGLU, 2 of 4 heads", Position::rotary,
                                Norm::rms, FeedForward::swiglu, 2},
                           Kind{"rotary, RMSNorm, SwiGLU, 1 of 4 heads", Position::rotary,
                                Norm::rms, FeedForward::swiglu, 1}}) {
    GptConfig config = small_config();
    config.position = kind.position;
    config.norm = kind.norm;
    config.feed_forward = kind.feed;
    config.key_value_heads = kind.shared;
    const OwnedGpt gpt = initialized_gpt(config, 3);
    const std::vector<Token> tokens = random_tokens(64, 96);
    const Matrix full = forward(gpt, tokens);
    KeyValueCache cache(config);
    Real worst = 0;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
      const Matrix logits = decode_step(gpt, {&tokens[t], 1}, cache);
      const Matrix change = logits - full.row(static_cast<Index>(t));
      worst = std::max(worst, change.cwiseAbs().maxCoeff());
    }
    print("{:38} agree at all 64 positions: {}", kind.name, worst < 1e-5 ? "yes" : "no");
  }
}
//: ```{output}
//: ```
//:
//: ## Two regimes
//:
//: A conversation with a model has two phases. First it reads the prompt, all of whose tokens are
//: known: the *{term}`prefill`*, one step with many rows. Then it writes, one row at a time: the
//: *{term}`decode`* phase. The same function serves both, and they could not be more different for
//: the machine. A matrix product of many rows reads a weight from memory once and uses it for every
//: row. With one row, each weight is fetched, used for one multiplication, and dropped. So the time of
//: a token is the time that it takes to read the model, and the best that a program can do is to read
//: each weight once, in the order in which it lies in memory, and to write none. To rearrange the
//: weights into panels first, as the product of many rows does, would be to read them, write them and
//: read them again, for one multiplication each. Section 1.2 has made the product for this case, in
//: strips: for up to four rows it walks along several questions, that is, rows of the weight, side by
//: side. It is here that storing a question as a row pays.
//:
//: Threads can share the reading. Each takes some of the questions, which are one stretch of memory,
//: and so some of the columns of the output:
//:
//: ```{listing} llm::linear_rows
//: ```
//:
//: On one thread, here is a model of {value}`wide_parameters` million parameters, larger than a core's
//: own cache:

GptConfig wide_config() {
  return {.vocabulary = 96,
          .context = 512,
          .width = 256,
          .heads = 4,
          .key_value_heads = 4,
          .layers = 4,
          .hidden = 1024,
          .position = Position::rotary};
}

void two_regimes() {
  const OwnedGpt gpt = initialized_gpt(wide_config(), 1);
  const std::vector<Token> tokens = random_tokens(256, 96);
  KeyValueCache cache(gpt.config);
  const double reading = fastest_seconds([&] {
    cache.length = 0;
    decode_step(gpt, tokens, cache);
  });
  const double writing = fastest_seconds([&] {
    cache.length = 256;
    for (std::size_t t = 0; t < 64; ++t) decode_step(gpt, {&tokens[t], 1}, cache);
  });
  const double prefill = 256 / reading, decode = 64 / writing;
  print_timing("prefill of 256 tokens: {:6.0f} tokens a second", prefill);
  const auto numbers = static_cast<double>(parameter_count(gpt.config));
  print_timing("decoding after them:   {:6.0f} tokens a second, {:.1f} GB of weights a second",
               decode, decode * numbers * sizeof(Real) * 1e-9);
  record("wide_parameters", "{:.1f}", numbers / 1e6);
  record("prefill_factor", "{:.1f}", prefill / decode);
}
//: ```{output}
//: ```
//:
//: Reading a token was {value}`prefill_factor` times as fast as writing one in this run. (The next
//: program measures both speeds again, and may get somewhat different ones: timings of so short a
//: time vary with what else the machine does.) On a GPU, whose arithmetic is even further ahead of
//: its memory, the factor is larger still. It is why a service answers many users at once
//: {cite}`pope2023efficiently`: their single rows make a matrix. How near a larger model comes to the
//: limit, `./learn bench decode` measures: it reads the memory of 110 million parameters as fast as the
//: machine can, and then writes text with them.
//:
//: Now the comparison that the section is about: how many tokens a second does the loop write at each
//: length of the text, with and without the cache?

void with_and_without() {
  const OwnedGpt gpt = initialized_gpt(wide_config(), 1);
  const std::vector<Token> tokens = random_tokens(512, 96);
  std::vector<double> lengths, with, without;
  for (const std::size_t length : {8U, 32U, 128U, 256U, 480U}) {
    const auto past = std::span(tokens).first(length);
    KeyValueCache cache(gpt.config);
    decode_step(gpt, past, cache);
    const double cached = fastest_seconds([&] {
      cache.length = static_cast<Index>(length);
      for (std::size_t t = 0; t < 16; ++t) decode_step(gpt, {&tokens[t], 1}, cache);
    });
    lengths.push_back(static_cast<double>(length));
    with.push_back(16 / cached);
    without.push_back(1 / fastest_seconds([&] { forward(gpt, past); }));
    print_timing("after {:3} tokens: with the cache {:5.0f} tokens a second, without {:5.0f}",
                 length, with.back(), without.back());
  }
  record("speedup", "{:.0f}", with.back() / without.back());
  record("past_share", "{:.0f}", 100 * (1 - with.back() / with.front()));
  record_data("cache_speed", "lengths", lengths);
  record_data("cache_speed", "with", with);
  record_data("cache_speed", "without", without);
}
//: ```{output}
//: ```
//: ```{figure-from} cache_speed
//: :alt: Tokens per second against the length of the text on logarithmic axes. With the cache the
//:   curve is flat at first and falls to about a half; without it falls slowly at first and then in
//:   proportion to one over the length.
//: Writing speed at each length. Without a cache twice the text means half the speed, once the text
//: is long; with it, only attention's own look at the past grows: after 480 tokens it takes
//: {value}`past_share` % of the time.
//: ```
//:
//: At 480 tokens the cache is worth a factor of {value}`speedup`. It would be the length itself,
//: 480, if single rows were as cheap as rows in a batch. The difference is the price of the second
//: regime, and of a past that the new row reads whole, while the rows of a batch read half of it on
//: average.
//:
//: ## What it costs
//:
//: The cache pays for time with memory. It holds a key and a value for every layer, every token and
//: each of the $g$ key and value heads (section 3.3):
//:
//: $$\text{bytes} = 2 \cdot N \cdot T \cdot g \cdot d_h \cdot \text{bytes a number}.$$
//:
//: ```{listing} llm::cache_bytes
//: :folded:
//: ```
//:
//: For the model above, whose four heads of width 64 all have their own keys and values, the
//: formula gives $2\cdot 4\cdot 512 \cdot 4 \cdot 64 \cdot 4 = 4{,}194{,}304$ bytes. We count what
//: the matrices of real caches hold, for four, two and one such heads, and then ask the formula
//: about models that we do not have, at two bytes a number, as they are usually run:

void memory() {
  GptConfig config = wide_config();
  for (const Index shared : {4, 2, 1}) {
    config.key_value_heads = shared;
    const KeyValueCache cache(config);
    Index bytes = 0;
    for (const CachedLayer& layer : cache.layers) {
      bytes += (layer.keys.size() + layer.values.size()) * static_cast<Index>(sizeof(Real));
    }
    print("{} key-value heads: by formula {:7}, counted {:7}", shared, cache_bytes(config), bytes);
  }
  struct Model {
    const char* name;
    Index layers, shared_heads, head_width;
  };
  std::vector<std::string> names;
  std::vector<double> kilobytes;
  for (const Model& model : {Model{"GPT-2 124M", 12, 12, 64}, Model{"Llama 2 7B", 32, 32, 128},
                             Model{"Llama 3 8B", 32, 8, 128}, Model{"Llama 3 70B", 80, 8, 128}}) {
    const auto token =
        static_cast<double>(2 * model.layers * model.shared_heads * model.head_width * 2);
    print("{:12} {:4.0f} KiB a token, {:5.2f} GiB for 8,192 tokens", model.name, token / 1024,
          token * 8192 / (1 << 30));
    names.emplace_back(model.name);
    kilobytes.push_back(token / 1024);
  }
  record_data("cache_memory", "names", names);
  record_data("cache_memory", "kilobytes", kilobytes);
}
//: ```{output}
//: ```
//: ```{figure-from} cache_memory
//: :alt: Cache size against context length for four models on logarithmic axes. Llama 2 7B lies above
//:   Llama 3 70B, although it is a tenth of its size.
//: The cache of one conversation. Llama 2 7B, which gives each query head a key and value head of
//: its own, needs more than the ten times larger Llama 3 70B, which shares each among eight. (GPT-2
//: was trained for 1,024 tokens and Llama 2 for 4,096; their lines go on for comparison.)
//: ```
//:
//: This is what section 3.3 promised of grouped-query attention {cite}`ainslie2023gqa`. It hardly
//: makes training cheaper; in Llama 3 8B, with 8 key and value heads for 32 queries, it lets four
//: times as many conversations fit into the same memory. And since each decoded token has to *read*
//: the whole cache, that part of its time, the largest at long contexts, shrinks by the same
//: factor.
//:
//: ## When the cache is full
//:
//: At the end of the window, section 5.5 dropped the oldest token and numbered the rest anew. With
//: a cache this is not possible, for a deeper reason than numbering: the keys of every layer but
//: the first were computed from rows that had already listened to the token we want to drop. Its
//: own key and value can be thrown away, and some do that (section 5.5, In the wild), but what the
//: others heard of it stays. To forget it means to compute them all again.
//:
//: Let us see what the decoder loop makes of this. With a cache it begins like the one of section
//: 5.5; what the model has not read yet is at first the whole prompt:
//:
//: ```{listing} llm::generate
//: :until: unread = last_window(gpt, tokens)
//: ```
//:
//: In each turn, before anything is read, comes the question whether there is room. If not, the loop
//: forgets half the window at once and reads the other half afresh:
//:
//: ```{listing} llm::generate
//: :until: }
//: ```
//:
//: The rest is the loop that we know, with `decode_step` in the place of `forward`. Once a token is
//: chosen, it is the only one that the model has not read.
//:
//: ```{listing} llm::generate
//: ```
//:
//: So there is one prefill of $T/2$ rows for every $T/2 + 1$ tokens written. Counting rows as the loop
//: does, each token then costs nearly two and not one:

void at_the_end_of_the_window() {
  const OwnedGpt gpt = initialized_gpt(small_config(), 1);
  Index rows = 0, tokens = 0;
  KeyValueCache cache(gpt.config);
  for (Index unread = 1; tokens < 2000; ++tokens, unread = 1) {
    if (cache.length == gpt.config.context) {
      cache.length = 0;
      unread = gpt.config.context / 2;
    }
    cache.length += unread;
    rows += unread;
  }
  print("{} tokens in a window of {}: {} rows, {:.2f} a token", tokens, gpt.config.context, rows,
        static_cast<double>(rows) / static_cast<double>(tokens));
}
//: ```{output}
//: ```
//:
//: ## In the wild
//:
//: Every program that serves a language model is built around its cache. {cite:t}`pope2023efficiently`
//: work out how to spread it over many chips; vLLM manages it in pages, like an operating system its
//: memory, so that no room is reserved for text that may never come {cite}`kwon2023efficient`;
//: DeepSeek-V2 stores one compressed row from which keys and values are made again
//: {cite}`deepseek2024v2`. Caches are quantized to 8 or 4 bits, shared among conversations that begin
//: with the same instructions, and sent over networks from machines that prefill to machines that
//: decode.
//:
//: ## Exercises
//:
//: ````{exercise} 5.6a
//: :title: A long conversation
//: :kind: paper
//:
//: A machine has 80 GiB of memory. A model of 8 billion parameters at two bytes each has 32 layers, 8
//: key-value heads of width 128, and a context of 131,072 tokens. How many full conversations can it
//: hold at once? How many if every one of its 32 query heads had its own keys and values?
//:
//: ```{hint}
//: First the bytes for one token: two sides, 32 layers, 8 heads, 128 numbers, 2 bytes.
//: ```
//: ```{hint}
//: Take the weights, 16 billion bytes or 14.9 GiB, off the 80 GiB first.
//: ```
//: ```{solution}
//: $2\cdot 32\cdot 8\cdot 128\cdot 2 = 131{,}072$ bytes a token, 128 KiB. Times 131,072 tokens that is
//: 16 GiB a conversation. $80 - 14.9 = 65.1$ GiB hold four. With 32 key-value heads a conversation
//: would take 64 GiB: one.
//: ```
//: ````
//:
//: ````{exercise} 5.6b
//: :title: Attention with a cache
//: :kind: code
//: :function: cached_attention
//:
//: Write `cached_attention(query, key, value, cache)` for one head. `query`, `key` and `value` are the
//: rows (d) of a new token. The `cache` is a `HeadCache`, a struct of the matrices `keys` and `values`
//: (room, d) and of the number `length` of their rows that are filled. Put key and value in the next
//: row, count it, and return the attention of the query over all that is there, the new token
//: included, (d).
//:
//: ```{hint}
//: The new token attends to itself too: store first, then score.
//: ```
//: ```{hint}
//: The filled part is `cache.keys.topRows(cache.length)` after the count has gone up; the scores are
//: divided by $\sqrt d$.
//: ```
//: ```{solution}
//: Store, count, score, softmax, mix.
//: ```
//: ````
//:
//: ````{exercise} 5.6c
//: :title: How large is the cache?
//: :kind: code
//: :function: cache_size
//:
//: Write `cache_size(layers, tokens, width, heads, key_value_heads, bytes)`: the bytes of a cache for
//: that many tokens, when a number takes `bytes` bytes. The width of a head is `width / heads`.
//:
//: ```{hint}
//: Keys and values: there is a factor of two.
//: ```
//: ```{hint}
//: Queries are not cached, so their number of heads matters only through the width of a head.
//: ```
//: ```{solution}
//: `2 * layers * tokens * key_value_heads * (width / heads) * bytes`.
//: ```
//: ````
//:
//: ````{exercise} 5.6d
//: :title: Forget where you are
//: :kind: experiment
//:
//: In the library (`common/transformer/model/block.cpp`), give `embed_tokens` (in `run_blocks`) and
//: `rotate_heads` (in `attend`) the position 0 instead of their own. Which of this section's outputs
//: change, and which do not? Then run the tests of chapter 5, and section 5.5. What has become of
//: its samples?
//:
//: ```{hint}
//: The proof compares logits at every position; the measurements of speed compare nothing.
//: ```
//: ```{hint}
//: With rotary positions all scores become those of distance zero: the order of the past is lost.
//: ```
//: ```{solution}
//: The proof says "no" for all four kinds, and the tests of the cache fail. All timings and the
//: memory stay as they are. The samples turn into letters without words: the model of section 5.5
//: then predicts at 3.26 nats in place of 1.95, as badly as one who knows only how often each
//: character occurs, since all that was written seems to stand at one place. Nothing crashes and
//: nothing is reported: this is why the proof is a test.
//: ```
//: ````

}  // namespace

void kv_cache() {
  what_never_changes();
  by_hand();
  proof();
  two_regimes();
  with_and_without();
  memory();
  at_the_end_of_the_window();
}
