//: # Summary: a GPT in one program
//:
//: The chapter took a GPT apart, and each part got a page. Here it is once more in one piece: a
//: model that reads characters, its forward pass, its backward pass, the cache, the loop that
//: trains it and the loop that speaks. The layers come from the library, and every one of them has
//: its section; what is written out here is how they are put together. It computes one sequence at
//: a time, on one thread, and reserves memory as it goes. The library's own version of the same
//: (sections 5.2 and 5.3) differs from it in speed, and, as we shall check, in nothing else.

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/spans.hpp"
#include "common/harness/recorder.hpp"
#include "common/training/embedding.hpp"
#include "common/training/residual.hpp"
#include "common/transformer/generation/kv_cache.hpp"
#include "common/transformer/model/feed_forward.hpp"
#include "common/transformer/model/loss.hpp"
#include "common/transformer/model/norms.hpp"
#include "common/transformer/storage/training_run.hpp"

using namespace llm;

namespace {

//: The settings: a small model, and the choices of the chapter otherwise. Positions are rotary, so
//: a model is nothing but a table of embeddings, some blocks, and a last norm. An `OwnedGpt` holds
//: all of that in one buffer, with views that give each parameter its shape and its name.

TrainingSettings small_settings(const TrainingText& text) {
  TrainingSettings settings = default_settings();
  settings.model.vocabulary = text.tokenizer->size();
  settings.model.position = Position::rotary;
  settings.model.context = settings.model.width = 64;
  settings.model.layers = 2;
  settings.model.bias = false;
  settings.model.hidden = 168;
  settings.sequences = 8;
  settings.schedule.warm_up = 30;
  settings.schedule.steps = 1500;
  return settings;
}

//: ## Forward
//:
//: What the way back will ask for is kept: of each block the stream where it enters and between its
//: halves, and the inputs and outputs of the layers.

struct Kept {
  Matrix input, attention_normed, projected, mixed, log_sums;
  Matrix middle, feed_forward_normed, expanded, activated;
};

struct Pass {
  std::vector<Kept> blocks;
  Matrix stream, normed, logits;  // (T, d), (T, d), (T, V)
};

Matrix linear(const Matrix& inputs, const LinearParameters& layer) {
  return llm::linear(inputs, layer.weight, layer.bias);
}

Matrix normalize(const Gpt& gpt, const NormParameters& norm, const Matrix& inputs) {
  Matrix outputs(inputs.rows(), inputs.cols());
  norm_forward(gpt.config, norm, inputs, outputs);
  return outputs;
}

//: `projected` has queries, keys and values side by side. With a cache, the keys and values of
//: these tokens are added to those of the tokens before, and the queries meet all of them; the
//: positions go on where the cache ends.

void attend(const Gpt& gpt, Kept& kept, Index position, CachedLayer* cache) {
  const HeadLayout layout = head_layout(gpt.config);
  const Index width = layout.width(), other = layout.key_value_width();
  const Index length = kept.projected.rows();
  rotate_heads(gpt, position, kept.projected);
  kept.mixed.resize(length, width);
  kept.log_sums.resize(length, layout.heads);
  AttentionWorkspace workspace(position + length);
  const auto queries = kept.projected.leftCols(width);
  const auto keys = kept.projected.middleCols(width, other);
  const auto values = kept.projected.rightCols(other);
  if (cache == nullptr) {
    causal_attention_forward(queries, keys, values, layout, kept.mixed, kept.log_sums, workspace);
    return;
  }
  cache->keys.middleRows(position, length) = keys;
  cache->values.middleRows(position, length) = values;
  causal_attention_forward(queries, cache->keys.topRows(position + length),
                           cache->values.topRows(position + length), layout, kept.mixed,
                           kept.log_sums, workspace);
}

//: A block is two halves, and each is a norm, a layer and a sum. The logits are the dot products of
//: the last stream with the rows of the same table, since it is tied.

Pass forward_pass(const Gpt& gpt, std::span<const Token> tokens, KeyValueCache* cache = nullptr) {
  Pass pass;
  pass.stream = embed(tokens, gpt.parameters.token_embedding);
  Matrix& stream = pass.stream;
  for (const BlockParameters& block : gpt.parameters.blocks) {
    const std::size_t number = pass.blocks.size();
    Kept& kept = pass.blocks.emplace_back();
    kept.input = stream;
    kept.attention_normed = normalize(gpt, block.attention_norm, stream);
    kept.projected = linear(kept.attention_normed, block.attention_input);
    attend(gpt, kept, cache ? cache->length : 0, cache ? &cache->layers[number] : nullptr);
    residual_forward(stream, linear(kept.mixed, block.attention_output), stream);
    kept.middle = stream;
    kept.feed_forward_normed = normalize(gpt, block.feed_forward_norm, stream);
    kept.expanded = linear(kept.feed_forward_normed, block.expand);
    kept.activated.resize(stream.rows(), gpt.config.hidden);
    activate(gpt.config.feed_forward, kept.expanded, kept.activated);
    residual_forward(stream, linear(kept.activated, block.contract), stream);
  }
  if (cache) cache->length += std::ssize(tokens);
  pass.normed = normalize(gpt, gpt.parameters.final_norm, stream);
  pass.logits = linear(pass.normed, gpt.parameters.output);
  return pass;
}

//: ## Backward
//:
//: The same lines from the last to the first. `cross_entropy_backward` has left the gradient of the
//: logits where the logits were. Each layer adds to the gradients of its parameters and hands the
//: gradient of its inputs on.

Matrix through_linear(const Matrix& gradient, const Matrix& inputs, const LinearParameters& layer,
                      LinearParameters& gradients) {
  Matrix input_gradient(inputs.rows(), inputs.cols());
  linear_backward(gradient, inputs, layer.weight, input_gradient, gradients.weight, gradients.bias);
  return input_gradient;
}

Matrix through_attention(const Gpt& gpt, const Matrix& gradient, const Kept& kept) {
  const HeadLayout layout = head_layout(gpt.config);
  const Index width = layout.width(), other = layout.key_value_width();
  const auto parts = [&](auto& all) {
    return std::tuple(all.leftCols(width), all.middleCols(width, other), all.rightCols(other));
  };
  Matrix projected(kept.projected.rows(), kept.projected.cols());
  const auto [queries, keys, values] = parts(kept.projected);
  auto [query_gradient, key_gradient, value_gradient] = parts(projected);
  AttentionWorkspace workspace(projected.rows());
  causal_attention_backward(gradient, {queries, keys, values, kept.mixed, kept.log_sums}, layout,
                            {query_gradient, key_gradient, value_gradient}, workspace);
  rotate_heads_backward(gpt, 0, projected);
  return projected;
}

void backward_pass(const Gpt& gpt, std::span<const Token> tokens, Pass& pass,
                   GptParameters& gradients) {
  Matrix stream = through_linear(pass.logits, pass.normed, gpt.parameters.output, gradients.output);
  norm_backward(gpt.config, gpt.parameters.final_norm, stream, pass.stream, stream,
                gradients.final_norm);
  for (std::size_t i = pass.blocks.size(); i-- > 0;) {
    const BlockParameters& block = gpt.parameters.blocks[i];
    BlockParameters& changes = gradients.blocks[i];
    Kept& kept = pass.blocks[i];
    Matrix branch = through_linear(stream, kept.activated, block.contract, changes.contract);
    activate_backward(gpt.config.feed_forward, branch, kept.expanded);  // now its gradient
    branch = through_linear(kept.expanded, kept.feed_forward_normed, block.expand, changes.expand);
    norm_backward(gpt.config, block.feed_forward_norm, branch, kept.middle, branch,
                  changes.feed_forward_norm);
    residual_backward(stream, branch, stream);
    branch = through_linear(stream, kept.mixed, block.attention_output, changes.attention_output);
    branch = through_linear(through_attention(gpt, branch, kept), kept.attention_normed,
                            block.attention_input, changes.attention_input);
    norm_backward(gpt.config, block.attention_norm, branch, kept.input, branch,
                  changes.attention_norm);
    residual_backward(stream, branch, stream);
  }
  embedding_backward(stream, tokens, gradients.token_embedding);
}

//: Before any training, the comparison: the logits and the gradients of this program beside those
//: of the library, which the tests have held against finite differences.

void compare_with_the_library(const TrainingText& text, const TrainingSettings& settings) {
  const OwnedGpt gpt = initialized_gpt(settings.model, 1);
  const Index length = settings.model.context;
  const std::span<const Token> all = text.split.training;
  const auto inputs = all.first(static_cast<std::size_t>(length)),
             targets = all.subspan(1, inputs.size());
  ThreadTeam team(1);
  Backpropagation library(gpt, 1, length, team);
  library.loss_and_gradients(inputs, targets);
  Vector gradients = Vector::Zero(gpt.buffer.size());
  GptParameters views = parameter_views(gpt.config, span_of(gradients));
  Pass pass = forward_pass(gpt, inputs);
  const Real largest = (pass.logits - forward(gpt, inputs)).cwiseAbs().maxCoeff();
  cross_entropy_backward(pass.logits, targets, 1 / static_cast<double>(length));
  backward_pass(gpt, inputs, pass, views);
  print("{} parameters", gpt.buffer.size());
  print("logits within a millionth of the library's: {}", largest < 1e-6);
  print("gradients within a hundred-thousandth:      {}",
        (gradients - library.gradients).norm() < 1e-5 * library.gradients.norm());
}
//: ```{output}
//: ```
//:
//: ## Training
//:
//: Draw a batch, take each of its sequences forward and back, shorten a gradient that is too long,
//: step, and do so until the schedule is over.

void train(OwnedGpt& gpt, const TrainingText& text, const TrainingSettings& settings) {
  ThreadTeam team(1);
  Vector gradients(gpt.buffer.size());
  GptParameters views = parameter_views(gpt.config, span_of(gradients));
  Optimizer optimizer(gpt.layout, settings.optimizer, team.size());
  TokenBatch batch(settings.sequences, gpt.config.context);
  const auto length = static_cast<std::size_t>(batch.length), tokens = batch.inputs.size();
  std::vector<double> losses;
  for (Index step = 0; step < settings.schedule.steps; ++step) {
    draw_batch(text.split.training, settings.seed, step, batch);
    gradients.setZero();
    double loss = 0;
    for (std::size_t first = 0; first < tokens; first += length) {
      const auto inputs = std::span(batch.inputs).subspan(first, length);
      const auto targets = std::span(batch.targets).subspan(first, length);
      Pass pass = forward_pass(gpt, inputs);
      const double weight = 1 / static_cast<double>(tokens);
      loss += weight * cross_entropy_backward(pass.logits, targets, weight);
      backward_pass(gpt, inputs, pass, views);
    }
    clip_gradients(span_of(gradients), settings.largest_norm, team);
    optimizer.step(span_of(gpt.buffer), span_of(gradients), learning_rate(settings.schedule, step),
                   team);
    losses.push_back(loss);
    if ((step + 1) % 250 == 0) {
      print("steps {:4} to {:4}   loss {:.3f}", step - 248, step + 1,
            std::accumulate(losses.end() - 250, losses.end(), 0.0) / 250);
    }
  }
  record_data("gpt_summary", "loss", losses);
}
//: ```{output}
//: ```

void examine(const Gpt& gpt, const TrainingText& text) {
  const std::span<const Token> tokens = text.split.validation;
  const auto length = static_cast<std::size_t>(gpt.config.context);
  double loss = 0;
  for (std::size_t window = 0; window < 200; ++window) {
    const Pass pass = forward_pass(gpt, tokens.subspan(window * length, length));
    loss += cross_entropy(pass.logits, tokens.subspan(window * length + 1, length));
  }
  loss /= 200.0 * static_cast<double>(length);
  print("validation: {:.3f} nats, {:.2f} bits a character", loss,
        bits_a_byte(loss, text.bytes_a_token));
  record("bits", "{:.2f}", bits_a_byte(loss, text.bytes_a_token));
  record_data("gpt_summary", "validation", std::vector<double>{loss});
}
//: ```{output}
//: ```
//:
//: ```{figure-from} gpt_summary
//: :alt: A loss curve over 1500 steps that falls steeply at first and then ever more slowly, with a
//:   gray band of single batches around it, and one point for the validation loss at its end.
//:
//: The loss of each batch (gray), its mean over 25 steps, and the loss on text that the model never
//: trained on.
//: ```
//:
//: ## Speaking
//:
//: One token in, one row of logits out, draw, append. The cache remembers the keys and values of
//: what was read; when it is full, the last half of the text is read afresh.

std::string write(const Gpt& gpt, const Tokenizer& tokenizer, std::size_t count) {
  Generator generator(7);
  std::vector<Token> tokens = tokenizer.encode("\n");
  KeyValueCache cache(gpt.config);
  std::size_t unread = 1;
  while (tokens.size() <= count) {
    if (cache.length == gpt.config.context) {
      cache.length = 0;
      unread = static_cast<std::size_t>(gpt.config.context / 2);
    }
    const Pass pass = forward_pass(gpt, std::span(tokens).last(unread), &cache);
    tokens.push_back(sample_token(pass.logits.bottomRows(1), 0.8, generator));
    unread = 1;
  }
  return tokenizer.decode(tokens).substr(1);
}

void speak(const Gpt& gpt, const Tokenizer& tokenizer) {
  std::string text = write(gpt, tokenizer, 480);
  std::replace(text.begin(), text.end(), '\n', ' ');
  for (std::size_t i = 0; i < text.size(); i += 80) print("  {}", text.substr(i, 80));
}
//: ```{output}
//: ```
//:
//: At {value}`bits` bits a character it stands behind the model of section 5.7, which needs
//: {value}`5.7:bits`, is larger, sees further back and trains longer. The program would be the
//: same.
//:
//: ## What was asked, and what was found
//:
//: | what was asked | what was found | where |
//: | --- | --- | --- |
//: | After thirty layers the numbers have drifted away. What holds them in place? | A norm before each layer: it takes mean and size off and gives back a gain. RMSNorm takes off the size alone. | 5.1 |
//: | What stands between two tokens of a GPT? | Blocks of two halves, attention and feed-forward, each behind a norm and added to the stream. Only attention lets tokens meet; most parameters and most of the work are in the linear layers. | 5.2 |
//: | How wrong is a prediction, in one number? | The surprise, $-\ln p$. A fresh model's is $\ln V$. Its gradient by the logits is $p$, minus 1 at the character that came. | 5.3 |
//: | How far should each parameter move? | As far as an optimizer says that looks at more than the last gradient, at a rate that warms up and fades. | 5.4 |
//: | How does a predictor write? | It draws, appends, and reads again. The likeliest text is a bad one; temperature trades dullness for nonsense. | 5.5 |
//: | Why compute again what was computed for the last token? | Under a causal mask the keys and values of the past never change, so they are kept, and each token costs one row. | 5.6 |
//: | What comes of it in minutes? | Spelling first, then the look of a text. Not what it says. | 5.7 |
//:
//: One question is left, and it is the next chapter's: what changes when the tokens are longer, the
//: samplers wiser, the machine faster, and the parameters a thousand or ten thousand times as many.
//: Of the program on this page, hardly a line.
//:
//: ## Formulas and shapes
//:
//: The chapter on one page. $x$ is one row of the stream; the library takes all rows at once.
//:
//: | what | formula | shapes | in the library | section |
//: | --- | --- | --- | --- | --- |
//: | LayerNorm | $\hat x = (x - \mu)/\sqrt{\sigma^2 + \varepsilon}$, $y = \gamma \odot \hat x + \beta$ | $x, y, \gamma, \beta$: $(d)$ | {cpp:func}`~llm::layer_norm_forward` | {doc}`5.1 <1_layer_norm>` |
//: | its way back | $G_x = \frac1s (g - \operatorname{mean}(g) - \hat x \odot \operatorname{mean}(g \odot \hat x))$ | $g = \gamma \odot G_y$: $(d)$; $s = \sqrt{\sigma^2 + \varepsilon}$ | {cpp:func}`~llm::layer_norm_backward` | {doc}`5.1 <1_layer_norm>` |
//: | RMSNorm | $y = \gamma \odot x / \sqrt{\operatorname{mean}(x^2) + \varepsilon}$ | $(d)$ | {cpp:func}`~llm::rms_norm_forward` | {doc}`5.1 <1_layer_norm>` |
//: | feed-forward | $\phi(xW_1^\top + b_1)\,W_2^\top + b_2$ | $W_1$: $(m, d)$; $W_2$: $(d, m)$ | {cpp:func}`~llm::feed_forward_forward` | {doc}`5.2 <2_block>` |
//: | block | $x \leftarrow x + \operatorname{Attention}(\operatorname{norm}(x))$, $x \leftarrow x + \operatorname{FF}(\operatorname{norm}(x))$ | $(T, d)$ | {cpp:func}`~llm::block_forward` | {doc}`5.2 <2_block>` |
//: | parameters, $m = 4d$ | $P = Vd + Td + N(12d^2 + 13d) + 2d$ | a number | {cpp:func}`~llm::parameter_count` | {doc}`5.2 <2_block>` |
//: | cross-entropy | $L = -\ln \operatorname{softmax}(z)_y$, $\partial L/\partial z_i = p_i - [i = y]$ | logits $(T, V)$ | {cpp:func}`~llm::cross_entropy`, {cpp:func}`~llm::cross_entropy_backward` | {doc}`5.3 <3_training_loop>` |
//: | clipping | $g \leftarrow g \cdot \min(1, 1/\lVert g \rVert)$ | all gradients as one vector | {cpp:func}`~llm::clip_gradients` | {doc}`5.4 <4_optimizers>` |
//: | AdamW | $m \leftarrow \beta_1 m + (1-\beta_1) g$, $v \leftarrow \beta_2 v + (1-\beta_2) g^2$, $\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta\, \hat m/(\sqrt{\hat v} + \epsilon)$ | as the parameters | {cpp:struct}`~llm::AdamW` | {doc}`5.4 <4_optimizers>` |
//: | Muon | $\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta \sqrt{\max(1, r/c)}\; O$ | $\theta, O$: $(r, c)$; singular values of $O$ near 1 | {cpp:struct}`~llm::Muon` | {doc}`5.4 <4_optimizers>` |
//: | temperature | $p_i \propto e^{z_i/\tau}$ | $(V)$ | {cpp:func}`~llm::sample_token` | {doc}`5.5 <5_decoder_loop>` |
//: | one token with a cache | $z_t = \sum_{j \le t} w_j v_j$, $w = \operatorname{softmax}(q_t K^\top/\sqrt{d_h})$ | $q_t$: $(d_h)$; $K, V$: $(t + 1, d_h)$ a head | {cpp:func}`~llm::decode_step` | {doc}`5.6 <6_kv_cache>` |
//: | size of the cache | $2 \cdot N \cdot T \cdot g \cdot d_h$ numbers | $g$ heads of $d_h$ in $N$ layers | {cpp:func}`~llm::cache_bytes` | {doc}`5.6 <6_kv_cache>` |

}  // namespace

void summary() {
  const TrainingText text = training_text(read_corpus(), 64);
  const TrainingSettings settings = small_settings(text);
  compare_with_the_library(text, settings);
  OwnedGpt gpt = initialized_gpt(settings.model, settings.seed);
  train(gpt, text, settings);
  examine(gpt, text);
  speak(gpt, *text.tokenizer);
}
