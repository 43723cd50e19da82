//: # The training loop
//:
//: A GPT is assembled, and it knows nothing. It has some hundred thousand numbers that were drawn
//: at random, and a text in front of it. Ask it what follows "the ca", and every character is as
//: likely as any other. What we want is a loop: show it text, measure in one number how wrong it
//: was, move every parameter a little so that it would have been less wrong, repeat. Section 4.3
//: gave us the gradients. But which number is the right measure? How much code is such a loop, when
//: nothing is left out? And when it runs and nothing comes of it, where do we look?

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/gradient_check.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/spans.hpp"
#include "common/harness/recorder.hpp"
#include "common/training/embedding.hpp"
#include "common/transformer/model/feed_forward.hpp"
#include "common/transformer/model/loss.hpp"
#include "common/transformer/model/norms.hpp"
#include "common/transformer/storage/training_run.hpp"

using namespace llm;

namespace {

//: ## From text to batches
//:
//: Our text is the Jargon File, a dictionary of hacker slang that many hands have written since
//: 1975, and that is in the public domain {cite}`raymond2003jargon`. The library's `read_corpus`
//: unpacks it, throws out tables of contents and ruled tables, joins wrapped lines, and spells
//: curly quotes in ASCII. The distinct characters, sorted, are the vocabulary, and the place of a
//: character among them is its token. A `TrainingText` holds the tokenizer, the tokens in two parts
//: (`split`), and how many bytes a token has on average:

TrainingText jargon_file(Index context) {
  const std::string text = read_corpus();
  print("{}", statistics_text(corpus_statistics(text)));
  const TrainingText tokens = training_text(text, context);
  const std::vector<Token> hacker = tokens.tokenizer->encode("hacker");
  print("\"hacker\" as tokens: {} {} {} {} {} {}", hacker[0], hacker[1], hacker[2], hacker[3],
        hacker[4], hacker[5]);
  print("{} tokens to learn from, {} to be examined on", tokens.split.training.size(),
        tokens.split.validation.size());
  return tokens;
}
//: ```{output}
//: ```
//:
//: Nothing in these numbers says that `a` and `A` are related: the model has to find that out.
//: Whatever turns text into tokens and tokens into text is a `Tokenizer`. Ours, the
//: `CharacterTokenizer`, searches a sorted string to encode, and looks into it to decode. (How it is
//: written into a file, section 5.9 says.)
//:
//: ```{listing} llm::Tokenizer
//: :folded:
//: ```
//: ```{listing} llm::SharedTokenizer
//: :folded:
//: ```
//: ```{listing} llm::CharacterTokenizer
//: :folded:
//: ```
//: ```{listing} llm::character_tokenizer
//: :folded:
//: ```
//: ```{listing} llm::CharacterTokenizer::encode
//: :folded:
//: ```
//: ```{listing} llm::CharacterTokenizer::decode
//: :folded:
//: ```
//:
//: The last tenth of the text is put aside for {term}`validation`: the model never trains on it, so
//: its loss there tells what it has understood and not what it remembers.
//:
//: ```{listing} llm::TokenSplit
//: :folded:
//: ```
//: ```{listing} llm::split_tokens
//: :folded:
//: ```
//:
//: From the rest, each step draws a {term}`batch`: sequences from random places. The right answers
//: need no writing down. At every place the model is to say what comes next, and that is the same
//: text, one token further on:
//:
//: ```{listing} llm::TokenBatch
//: ```
//: ```{listing} llm::TokenBatch::TokenBatch
//: :folded:
//: ```
//: ```{listing} llm::checked_size in common/transformer/text/batches.cpp
//: :folded:
//: ```
//:
//: So a sequence is copied twice, from `first` and from `first + 1`. Four tokens from the start of
//: `hacker` are `hack`, and their targets `acke`: four questions, each asked with all that stands
//: before the answer. That `+ 1` is the whole task. What training does without it, we shall see.
//:
//: ```{listing} llm::fill_sequence
//: ```
//:
//: A detail that will matter: *which* places a batch is drawn from depends on the seed and on the
//: number of the step, and on nothing that was drawn before. A run that was interrupted at step 700
//: can go on at step 701 without knowing any history. So every batch has a generator of its own:
//:
//: ```{listing} llm::draw_batch
//: ```
//:
//: Neighboring batches need unrelated generators, which `mixed_seed` sees to. (The standard library
//: has `std::seed_seq` for this. It allocates memory, in every step, and a step of the library's
//: trainer allocates nothing.)
//:
//: ```{listing} llm::mixed_seed
//: :folded:
//: ```
//:
//: ## Surprise, in bits
//:
//: The model gives a probability to every character that might come next. One of them comes. If it
//: had probability $1/2$, we are as surprised as by the toss of a coin, and call this surprise one
//: *bit*. Probability $1/4$ is the surprise of two tosses, $1/8$ of three. So the surprise of an
//: event of probability $p$ is $-\log_2 p$ bits {cite}`shannon1948mathematical`. Among the measures
//: that depend on $p$ alone and fall as $p$ grows, it is the only one, up to its unit, under which
//: the surprises of independent events add up. With the natural logarithm the unit is the *nat*,
//: and one bit is $\ln 2 = 0.693$ nats. The mean surprise of a model at the characters of a text is
//: its *{term}`cross-entropy`*:
//:
//: $$L = -\frac1n \sum_{t=1}^{n} \ln p_t(\text{the character that came}).$$
//:
//: It has a practical meaning: a file compressor that codes each character in $-\log_2 p$ bits,
//: which is possible to within a rounding, would write $n L/\ln 2$ bits. The exponential $e^L$ is
//: called *{term}`perplexity`*: the number of equally likely options that would surprise as much.
//:
//: Models with other tokens than characters cannot be compared by the surprise at a token, since
//: their tokens are of different lengths. Bits for each *byte* of the text can, and `bits_a_byte`
//: gives these. A character of the Jargon File is one byte.
//:
//: ```{listing} llm::bits_a_byte
//: :folded:
//: ```
//:
//: Before we train anything we can say what some simple predictors score, by counting pairs in the
//: training part and looking at the validation part. (Each count starts at 0.1: a pair that the
//: training part does not have would have probability 0 otherwise, and infinite surprise if it
//: came.)
/// The mean surprise, in nats, of the validation text to a model that knows only how often each
/// character follows each (with `pairs`), or how often it occurs at all.
double counting_loss(const TrainingText& text, bool pairs) {
  const Index vocabulary = text.tokenizer->size();
  Eigen::MatrixXd counts = Eigen::MatrixXd::Constant(vocabulary, vocabulary, 0.1);
  const auto& training = text.split.training;
  for (std::size_t i = 1; i < training.size(); ++i) {
    counts(pairs ? training[i - 1] : 0, training[i]) += 1;
  }
  double total = 0;
  const auto& validation = text.split.validation;
  for (std::size_t i = 1; i < validation.size(); ++i) {
    const Index row = pairs ? validation[i - 1] : 0;
    total -= std::log(counts(row, validation[i]) / counts.row(row).sum());
  }
  return total / static_cast<double>(validation.size() - 1);
}

void simple_predictors(const TrainingText& text) {
  const std::array<double, 3> losses = {std::log(static_cast<double>(text.tokenizer->size())),
                                        counting_loss(text, false), counting_loss(text, true)};
  const std::array<const char*, 3> names = {"every character alike", "by frequency",
                                            "by the character before"};
  for (std::size_t i = 0; i < 3; ++i) {
    print("{:24} {:.2f} nats   {:.2f} bits   perplexity {:4.1f}", names[i], losses[i],
          bits_a_byte(losses[i], text.bytes_a_token), std::exp(losses[i]));
  }
  record("frequency_loss", "{:.2f}", losses[1]);
  record("pair_loss", "{:.2f}", losses[2]);
  record("pair_bits", "{:.2f}", bits_a_byte(losses[2], text.bytes_a_token));
  record_data("training_loss", "levels", std::vector<double>(losses.begin(), losses.end()));
  record_data("training_symptoms", "levels", std::vector<double>(losses.begin(), losses.end()));
}
//: ```{output}
//: ```
//:
//: These are the rungs of the ladder. A model that has learned anything is below the first, one
//: that has learned the letters' frequencies stands on the second, and one that reads more than a
//: single character must get below the third. And the first gives us a test. A fresh model's logits
//: are nearly all near 0, so its probabilities are near $1/V$ and its loss must be $\ln V$, here
//: $\ln 96 = 4.56$. If it is not, something is wrong before training has begun.
//:
//: The model of this page is small: two blocks of width 64.

GptConfig small_model(const TrainingText& text) {
  return {.vocabulary = text.tokenizer->size(),
          .context = 64,
          .width = 64,
          .heads = 4,
          .key_value_heads = 4,
          .layers = 2,
          .hidden = 256,
          .position = Position::rotary};
}

/// The mean loss of a model over a batch, and nothing else.
double batch_loss(const Gpt& gpt, const TokenBatch& batch) {
  const std::span<const Token> inputs = batch.inputs, targets = batch.targets;
  const auto length = static_cast<std::size_t>(batch.length);
  double loss = 0;
  for (std::size_t first = 0; first < inputs.size(); first += length) {
    loss +=
        cross_entropy(forward(gpt, inputs.subspan(first, length)), targets.subspan(first, length));
  }
  return loss / static_cast<double>(inputs.size());
}

TokenBatch first_batch(const TrainingText& text) {
  TokenBatch batch(8, 64);
  draw_batch(text.split.training, 1, 0, batch);
  return batch;
}

void fresh_model(const TrainingText& text) {
  const OwnedGpt gpt = initialized_gpt(small_model(text), 1);
  const double loss = batch_loss(gpt, first_batch(text));
  print("a fresh model of {} parameters: {:.2f} nats", gpt.buffer.size(), loss);
  if (std::abs(loss - std::log(static_cast<double>(text.tokenizer->size()))) > 0.1) {
    throw std::runtime_error("the first loss is not ln V");
  }
}
//: ```{output}
//: ```
//: ```{listing} llm::initialized_gpt
//: :folded:
//: ```
//:
//: ## The gradient of surprise
//:
//: The loss of one row of logits $z$ (of $V$ numbers) with target $y$ is
//: $L = -\ln \operatorname{softmax}(z)_y = \ln\sum_k e^{z_k} - z_y$. Its derivative is short. The
//: first term gives $e^{z_i}/\sum_k e^{z_k}$, which is the probability $p_i$ itself; the second
//: gives $-1$ at the target and nothing elsewhere (read $[i = y]$ as 1 where $i$ is $y$ and 0
//: elsewhere, a one-hot row):
//:
//: $$\frac{\partial L}{\partial z_i} = p_i - [i = y].$$
//:
//: *What the model said, minus what it should have said.* For three characters with logits $(0, 0,
//: \ln 2)$ the probabilities are $(0.25, 0.25, 0.5)$; if the first one came, the gradient is
//: $(-0.75, 0.25, 0.5)$, and its sum is 0, as it always is: probability that is given to one must
//: be taken from the others.

void gradient_by_hand() {
  Matrix logits(1, 3);
  logits << 0, 0, std::log(Real(2));
  const std::vector<Token> target = {0};
  print("loss {:.4f}, which is ln 4", cross_entropy(logits, target));
  cross_entropy_backward(logits, target, 1);
  show("gradient", logits);
}
//: ```{output}
//: ```
//:
//: The function that training calls does both at once. First the loss, row by row. The largest
//: logit is subtracted before the exponential, as in section 2.1; that changes neither the
//: probabilities nor the loss, which is then $\ln\sum_k e^{z_k - z_{\max}} - (z_y - z_{\max})$. The
//: target's logit is read before the row is overwritten:
//:
//: ```{listing} llm::cross_entropy_backward
//: :until: std::log(sum) - right
//: ```
//:
//: The row now holds the exponentials. Divided by their sum they are the probabilities, and with
//: one taken off at the target they are the gradient. It stands where the logits stood: these are
//: the largest matrix of a model with a large vocabulary, and there is no need for a second one.
//: `scale` is for the mean: with $n$ tokens in the batch, each counts $1/n$.
//:
//: ```{listing} llm::cross_entropy_backward
//: ```
//:
//: The loss alone, without a gradient, comes from `cross_entropy`, which leaves the logits as they
//: are: that is what the fresh model was measured with.
//:
//: ```{listing} llm::cross_entropy
//: :folded:
//: ```
//: ```{listing} llm::check_targets
//: :folded:
//: ```
//:
//: ## A trainer in eighty lines
//:
//: All parts are there: the layers of chapters 1 to 3 and of this chapter, each with its way back,
//: and a loss. Put together on one thread, one sequence at a time, they make a trainer of 80 lines
//: that hides nothing.
//:
//: A learner is a model and one gradient for each of its parameters. The gradients lie in a buffer
//: of the same layout, and `to` sees them as `gpt.parameters` sees the parameters: the gradient of
//: `gpt.parameters.final_norm.gain` is `to.final_norm.gain`. And `kept` is what a sequence leaves
//: behind on its way forward, for the way back to read: the nine matrices of section 5.2 for each
//: block, and once more at the end, where only the stream that leaves the last block (`input`) and
//: its last norm (`attention_normed`) are used.

/// A model in training, one sequence at a time.
struct Learner {
  GptConfig config;
  OwnedGpt gpt = initialized_gpt(config, 1);
  Vector gradients = Vector::Zero(gpt.buffer.size());
  GptParameters to = parameter_views(config, span_of(gradients));
  std::vector<BlockActivations> kept{gpt.parameters.blocks.size() + 1,
                                     BlockActivations(config, config.context)};
  BlockWorkspace workspace{AttentionWorkspace(config.context)};
};

//: Forward is section 5.2's `run_blocks`, but that each block writes into matrices of its own, and
//: its sum into the `input` of the next:

/// The logits (T, V) of one sequence.
Matrix forward_and_keep(Learner& learner, std::span<const Token> inputs) {
  const Gpt& gpt = learner.gpt;
  const Index length = gpt.config.context;
  embed_tokens(gpt, inputs, 0, learner.kept[0].input);
  for (std::size_t block = 0; block + 1 < learner.kept.size(); ++block) {
    block_forward(gpt, gpt.parameters.blocks[block], {0, length, length}, learner.kept[block],
                  learner.kept[block + 1].input, learner.workspace);
  }
  Matrix logits(length, gpt.config.vocabulary);
  output_forward(gpt, learner.kept.back().input, learner.kept.back().attention_normed, logits);
  return logits;
}

//: Backward every layer does the same: it is given the gradient of what it put out, adds to the
//: gradients of its own parameters, and hands on the gradient of what it read. For a linear layer
//: $Y = XW^\top + b$ section 4.3 found $G_X = G_Y W$, $G_W = G_Y^\top X$, and for the bias the sum
//: of the rows of $G_Y$; `linear_backward` has all three. (We write `change` for the gradient that
//: comes in: how the loss would change.)

/// Backward through a linear layer: the gradient of its inputs.
Matrix through_linear(const LinearParameters& layer, const Matrix& inputs, const Matrix& change,
                      LinearParameters& to) {
  Matrix before(inputs.rows(), inputs.cols());
  linear_backward(change, inputs, layer.weight, before, to.weight, to.bias);
  return before;
}

//: Now half a block. Section 5.2 read: norm, expand, non-linearity, contract, and add to the
//: stream. The way back reads that sentence from its end. The addition splits the gradient in two
//: (section 4.2): one part passes along the stream untouched, which is `change`, the other goes
//: through the layers, which is `branch`, and in the last line they meet again.
//: (`activate_backward` leaves the gradient of `expanded` in the place of `expanded`;
//: `norm_backward` may work in place.)

/// Backward through the second half of a block: from the gradient of the stream after it to that of
/// the stream before it.
Matrix through_feed_forward(const GptConfig& config, const BlockParameters& from,
                            BlockActivations& kept, const Matrix& change, BlockParameters& to) {
  Matrix branch = through_linear(from.contract, kept.activated, change, to.contract);
  activate_backward(config.feed_forward, branch, kept.expanded);
  branch = through_linear(from.expand, kept.feed_forward_normed, kept.expanded, to.expand);
  norm_backward(config, from.feed_forward_norm, branch, kept.middle, branch, to.feed_forward_norm);
  return change + branch;
}

//: The half with attention is the same sentence with other words: output layer, attention,
//: rotation, the layer of queries, keys and values, norm. Of attention's own way back, which
//: section 4.3 derived, the library has a version for all heads at once. `back` gathers its three
//: gradients side by side, as `projected` holds queries, keys and values; the rotation of section
//: 2.3 is undone by turning the other way.

/// Backward through the first half of a block.
Matrix through_attention(Learner& learner, std::size_t block, const Matrix& change) {
  const BlockParameters& from = learner.gpt.parameters.blocks[block];
  const BlockActivations& kept = learner.kept[block];
  BlockParameters& to = learner.to.blocks[block];
  const Index d = change.cols();
  const auto queries = kept.projected.leftCols(d), keys = kept.projected.middleCols(d, d),
             values = kept.projected.rightCols(d);
  Matrix branch = through_linear(from.attention_output, kept.mixed, change, to.attention_output);
  Matrix back(change.rows(), 3 * d);
  causal_attention_backward(
      branch, {queries, keys, values, kept.mixed, kept.log_sums}, head_layout(learner.config),
      {back.leftCols(d), back.middleCols(d, d), back.rightCols(d)}, learner.workspace.attention);
  rotate_heads_backward(learner.gpt, 0, back);
  branch = through_linear(from.attention_input, kept.attention_normed, back, to.attention_input);
  norm_backward(learner.config, from.attention_norm, branch, kept.input, branch, to.attention_norm);
  return change + branch;
}

//: The whole way, from tokens to logits to surprise and back to the table of embeddings:

/// The summed surprise of one sequence, and `scale` times its gradient into the learner.
double learn_sequence(Learner& learner, std::span<const Token> inputs,
                      std::span<const Token> targets, double scale) {
  const GptParameters& from = learner.gpt.parameters;
  const BlockActivations& last = learner.kept.back();
  Matrix logits = forward_and_keep(learner, inputs);
  const double loss = cross_entropy_backward(logits, targets, scale);
  Matrix change = through_linear(from.output, last.attention_normed, logits, learner.to.output);
  norm_backward(learner.config, from.final_norm, change, last.input, change, learner.to.final_norm);
  for (std::size_t block = from.blocks.size(); block-- > 0;) {
    change = through_feed_forward(learner.config, from.blocks[block], learner.kept[block], change,
                                  learner.to.blocks[block]);
    change = through_attention(learner, block, change);
  }
  embedding_backward(change, inputs, learner.to.token_embedding);
  return loss;
}

//: The output layer uses the table of embeddings, so the first `through_linear` and the last line
//: add to the same gradient, as they must: a number that is used in two places moves the loss in
//: both.
//:
//: How much is handed over between the two ways? The program counts, for one sequence of 64
//: characters, the bytes that each part of the model keeps, and the numbers that it has gradients of:

/// The bytes of some matrices together.
double bytes_kept(std::initializer_list<const Matrix*> matrices) {
  double bytes = 0;
  for (const Matrix* matrix : matrices) bytes += static_cast<double>(matrix->size()) * sizeof(Real);
  return bytes;
}

/// The parameters whose names begin with `prefix`.
double parameters_of(const OwnedGpt& gpt, const std::string& prefix) {
  double count = 0;
  for (const Parameter& part : gpt.layout) {
    if (part.name.starts_with(prefix)) count += static_cast<double>(part.size());
  }
  return count;
}

void count_what_is_kept(const TrainingText& text) {
  const Learner learner{small_model(text)};
  std::vector<std::string> names;
  std::vector<double> kept, parameters;
  const auto tell = [&](const std::string& name, double bytes, double count) {
    print("{:14} keeps {:5.0f} KiB, has {:6.0f} parameters", name, bytes / 1024, count);
    names.push_back(name);
    kept.push_back(bytes);
    parameters.push_back(count);
  };
  tell("embedding", 0, parameters_of(learner.gpt, "token_embedding"));
  for (std::size_t block = 0; block + 1 < learner.kept.size(); ++block) {
    const BlockActivations& one = learner.kept[block];
    const std::string number = std::to_string(block), prefix = "blocks." + number + ".";
    tell("attention " + number,
         bytes_kept({&one.input, &one.attention_normed, &one.projected, &one.mixed, &one.log_sums}),
         parameters_of(learner.gpt, prefix + "attention"));
    tell("feed-forward " + number,
         bytes_kept({&one.middle, &one.feed_forward_normed, &one.expanded, &one.activated}),
         parameters_of(learner.gpt, prefix + "feed_forward"));
  }
  const BlockActivations& last = learner.kept.back();
  tell("last norm", bytes_kept({&last.input, &last.attention_normed}),
       parameters_of(learner.gpt, "final_norm"));
  record_data("training_lanes", "names", names);
  record_data("training_lanes", "kept", kept);
  record_data("training_lanes", "parameters", parameters);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} training_lanes
//: :alt: Four lanes. In the upper one boxes from the embedding over two blocks to the last norm point
//:   to the right, and in the third the same boxes point back to the left. From each upper box but
//:   the embedding an arrow leads through a box with kibibytes to the lower box of the same name, and
//:   from each lower box one to its number of gradients.
//:
//: One sequence on its way forward and back. What a part keeps going forward waits in the second lane
//: until the way back comes by, the last part first; there it is read, and what the part's gradients
//: are is added in the fourth lane. The output layer, on the right where the way turns, adds to the
//: gradient of the embedding's table.
//: ```
//:
//: The first block keeps its matrices longest, for it is the first to be read and the last to be
//: asked; so all of them are there at once, at the end of the way forward. They take more memory
//: than the parameters do (four bytes each), and that for one sequence of a small batch.
//:
//: And one step. It clears the gradients, because everything above *adds* to them; it lets the
//: sequences of the batch add up, each token counting $1/n$, since the loss is a mean; and it moves
//: every parameter against its gradient, $\theta \leftarrow \theta - \eta G_\theta$, with the
//: learning rate $\eta$. That is plain gradient descent, as in section 4.1:

/// One step of gradient descent; returns the mean loss of the batch before it.
double train_step(Learner& learner, const TokenBatch& batch, Real rate) {
  const std::span<const Token> inputs = batch.inputs, targets = batch.targets;
  const auto length = static_cast<std::size_t>(batch.length);
  double loss = 0;
  learner.gradients.setZero();
  for (std::size_t first = 0; first < inputs.size(); first += length) {
    loss += learn_sequence(learner, inputs.subspan(first, length), targets.subspan(first, length),
                           1 / static_cast<double>(inputs.size()));
  }
  learner.gpt.buffer -= rate * learner.gradients;
  return loss / static_cast<double>(inputs.size());
}

//: Do not believe it yet. Eighty lines have room for a forgotten term, and a wrong gradient still
//: points somewhat downhill. So before the first step we take a number from four of the parameters,
//: the one with the largest gradient, and move it by hand:

void check_gradients(const TrainingText& text) {
  Learner learner{small_model(text)};
  const TokenBatch batch = first_batch(text);
  train_step(learner, batch, 0);
  for (const char* name : {"token_embedding", "blocks.0.attention.input.weight",
                           "blocks.1.feed_forward.expand.weight", "final_norm.gain"}) {
    const auto& layout = learner.gpt.layout;
    const auto place = std::find_if(layout.begin(), layout.end(),
                                    [&](const Parameter& part) { return part.name == name; });
    Index largest = 0;
    learner.gradients.segment(place->offset, place->size()).cwiseAbs().maxCoeff(&largest);
    Real& number = learner.gpt.buffer(place->offset + largest);
    const auto loss = [&] { return batch_loss(learner.gpt, batch); };
    print("{:36} gradient {:9.5f}   moved by hand {:9.5f}", name,
          learner.gradients(place->offset + largest),
          finite_differences(loss, {&number, 1}, 0.01)[0]);
  }
}
//: ```{output}
//: ```
//:
//: They agree to the three digits that one may hope for: the parameter was moved by 0.01 to either
//: side, in single precision, and an embedding of deviation 0.02 feels the bend of the loss over
//: such a distance.
//:
//: Now let it learn: 600 steps, 8 sequences of 64 characters in each. `spoil` is for the next
//: heading; here it does nothing.

using Spoil = std::function<void(TokenBatch&)>;

/// The loss of each step, until it is no number any more. The fresh parameters are multiplied by
/// `weight_scale`, and `spoil` has a hand in each batch.
std::vector<double> teach(const TrainingText& text, Index steps, Real rate, Real weight_scale,
                          const Spoil& spoil) {
  Learner learner{small_model(text)};
  learner.gpt.buffer *= weight_scale;
  TokenBatch batch(8, 64);
  std::vector<double> losses;
  for (Index step = 0; step < steps; ++step) {
    draw_batch(text.split.training, 1, step, batch);
    spoil(batch);
    losses.push_back(train_step(learner, batch, rate));
    if (!std::isfinite(losses.back())) break;
  }
  return losses;
}

/// Means of ten losses in a row.
std::vector<double> smoothed(const std::vector<double>& losses) {
  std::vector<double> means(losses.size() / 10);
  for (std::size_t i = 0; i < 10 * means.size(); ++i) means[i / 10] += losses[i] / 10;
  return means;
}

constexpr Real good_rate = Real(0.1);

void first_run(const TrainingText& text) {
  const auto begin = std::chrono::steady_clock::now();
  const auto losses = smoothed(teach(text, 600, good_rate, 1, [](TokenBatch&) {}));
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  for (const std::size_t step : {10U, 60U, 200U, 300U, 600U}) {
    print("loss {:.2f} before step {}", losses[step / 10 - 1], step);
  }
  print_timing("{:.0f} ms a step", 1000 * time.count() / 600);
  record("first_run_60", "{:.2f}", losses[5]);
  record("first_run", "{:.2f}", losses.back());
  record_data("training_loss", "loss", losses);
}
//: ```{output}
//: ```
//: ```{figure-from} training_loss
//: :alt: A loss curve that falls steeply to the line of the letters' frequencies, lingers there, falls
//:   on, and flattens out above the line of the character before.
//: The first run, each point the mean of ten steps. The dotted lines are the three simple
//: predictors: an even guess, letter frequencies, and the character before.
//: ```
//:
//: It learns, and the ladder says what. First how often each character occurs: after 60 steps the
//: loss is {value}`first_run_60`, near the second rung, where the curve has a landing. Only then
//: does it find a use for the character in front of it. At the end it stands at {value}`first_run`,
//: and the table of pairs, which needed nothing but counting, is at {value}`pair_loss`. A
//: Transformer that is beaten by a table: nothing is wrong with it but the step, which is too blunt
//: a tool. Section 5.4 gives the same model a better one. First we make sure that we could tell if
//: something *were* wrong.
//:
//: ## When it does not learn
//:
//: Training code that is wrong rarely crashes. It trains, worse than it could, and says nothing.
//: What it does show is a loss curve, and the ladder of simple predictors tells us how to read one.
//: Here are a healthy run and five failures, made on purpose. Two have a wrong rate, one starts
//: from parameters, the gains of the norms among them, that are ten times too large: the logits are
//: then far larger still. In the last two, `spoil` has a hand in the batch before the model sees
//: it: once the targets are the inputs, without the `+ 1`, and once they are turned by 200 tokens,
//: so that each input is asked for what follows somewhere else. Before you read the numbers, say
//: for each on which rung of the ladder it will end, and whether it will jump on the way.

/// Prints how 200 steps went, and keeps the curve for the figure.
void symptom(const std::string& name, const std::string& column,
             const std::vector<double>& losses) {
  const auto highest = *std::max_element(losses.begin(), losses.end());
  const std::vector<double> curve = smoothed(losses);
  print("{:26} start {:5.2f}   highest {:7.2f}   end {:5.2f}", name, losses.front(), highest,
        curve.back());
  record(column + "_start", "{:.2f}", losses.front());
  record(column + "_highest", "{:.0f}", highest);
  record(column + "_end", "{:.2f}", curve.back());
  record_data("training_symptoms", column, curve);
}

void symptoms(const TrainingText& text) {
  const Spoil nothing = [](TokenBatch&) {};
  const Spoil see_the_answer = [](TokenBatch& batch) { batch.targets = batch.inputs; };
  const Spoil wrong_answers = [](TokenBatch& batch) {
    std::rotate(batch.targets.begin(), batch.targets.begin() + 200, batch.targets.end());
  };
  const auto run = [&](Real rate, Real weight_scale, const Spoil& spoil) {
    return teach(text, 200, rate, weight_scale, spoil);
  };
  symptom("as it should be", "healthy", run(good_rate, 1, nothing));
  symptom("rate a thousand times less", "too_slow", run(good_rate / 1000, 1, nothing));
  symptom("rate seven times more", "too_fast", run(good_rate * 7, 1, nothing));
  symptom("weights ten times larger", "too_large", run(good_rate, 10, nothing));
  symptom("targets not shifted", "unshifted", run(good_rate, 1, see_the_answer));
  symptom("targets of other places", "other_places", run(good_rate, 1, wrong_answers));
}
//: ```{output}
//: ```
//: ```{figure-from} training_symptoms
//: :alt: Five loss curves over 200 steps. The healthy one falls past the letters' frequencies. One
//:   stays near the top, one jumps out of the picture and comes back to the letters' frequencies, one
//:   falls to the same place without a jump, and one falls to zero.
//: Each failure has a shape. The parameters that are ten times too large are off the scale: they
//: start at {value}`too_large_start` and are thrown up to {value}`too_large_highest` before they
//: come down.
//: ```
//:
//: | what you see | what it means | where to look |
//: | --- | --- | --- |
//: | the first loss is above $\ln V$ | the fresh model already has opinions | initialization; a norm left out |
//: | the first loss is below $\ln V$ | the answer can be guessed | targets that are not shifted |
//: | it stays at $\ln V$ | nothing moves, or it moves too little | learning rate; are gradients zero? |
//: | it jumps above its start or becomes `nan`, wherever it ends | steps too long | learning rate, warm-up, clipping |
//: | it falls to nearly 0 | the answer can be seen | the mask; targets that are not shifted |
//: | it falls to the letters' frequencies, without a jump, and stays | inputs and targets do not belong together | the batch |
//: | training falls, validation rises | it learns by heart | more text, stop earlier |
//:
//: Two of the five end at the letters' frequencies ({value}`frequency_loss`, give or take a batch),
//: for different reasons, and the end alone does not tell them apart: the rate that is too high at
//: {value}`too_fast_end`, the targets of other places at {value}`other_places_end`. The way there
//: does. Steps that are too long threw the first up to {value}`too_fast_highest` before it fell
//: back to what a wrecked model can still learn. The second never rose: it learns what there is to
//: learn where inputs tell nothing about targets, which is how often each character occurs. And the
//: rate that is too small is not stuck: it has come down to {value}`too_slow_end`, and would need a
//: thousand times as many steps.
//:
//: Targets that are not shifted show at the start already: {value}`unshifted_start` and not
//: {value}`healthy_start`. With tied embeddings the dot product of a row with its *own* token is
//: the largest, so a fresh model prefers to repeat its input, which is what those targets ask for.
//: A first loss that is too *good* deserves the same suspicion as one that is too bad.
//:
//: Two more habits catch most of the rest. Train on *one* batch again and again: a model that
//: cannot drive the loss of a single batch to zero has an error in it. And check every new layer's
//: gradient against finite differences before anything else is believed. Exercise 5.3c plants an
//: error that gets past both, and finds that four numbers are not many.
//:
//: ## The same for a whole batch
//:
//: The library's `Backpropagation` computes the same gradients and differs from the page's trainer
//: in three things, all for speed. Several threads work at it (section 5.9 has their `ThreadTeam`;
//: for us it is enough that `team.run(f)` calls `f(0)`, `f(1)` and so on, each on a thread of its
//: own, and returns when all are done). The batch lies in memory as one tall matrix, so that each
//: layer is one large product and not eight small ones. And all memory is reserved at the start.
//:
//: The batch is divided among threads by sequences, which never meet. Only the gradients of the
//: *weights* collect something from every sequence, and here the two products of a linear layer
//: part: $G_X = G_Y W$ is needed at once, by the layer before, while $G_W = G_Y^\top X$ can wait.
//: So there are two rounds. In the first, each thread takes its own sequences forward and back. In
//: the second, the gradients of the weights are made from what lies in memory, over all rows of the
//: batch, and each thread computes some of a weight's rows. That way one buffer of gradients is
//: enough, and the sums run in the same order whatever the number of threads.
//:
//: ```{listing} llm::Backpropagation
//: :folded:
//: ```
//: ```{listing} llm::ThreadWorkspace
//: :folded:
//: ```
//: ```{listing} llm::Backpropagation::Backpropagation
//: :folded:
//: ```
//: ```{listing} llm::ThreadWorkspace::ThreadWorkspace
//: :folded:
//: ```
//:
//: Its main function makes the loss and all gradients of a batch (times `weight`, for a batch that
//: is itself a part of a larger one). `pass` is the first round: what one thread does with its
//: sequences.
//:
//: ```{listing} llm::Backpropagation::loss_and_gradients
//: :until: forward_part(
//: ```
//:
//: They have gone forward, with the activations of every block kept. Then the surprise, a sequence
//: at a time, which leaves the gradient where the logits were; and from there back:
//:
//: ```{listing} llm::Backpropagation::loss_and_gradients
//: :until: team.run(std::ref(pass))
//: ```
//:
//: Now every layer's inputs and the gradients of its outputs lie in memory, in the pairs that the
//: table of section 5.2 names, and the second round can begin:
//:
//: ```{listing} llm::Backpropagation::loss_and_gradients
//: ```
//:
//: On the way forward the stream after a block is the input of the next, as in `forward_and_keep`.
//: For validation `loss` stops there.
//:
//: ```{listing} llm::Backpropagation::clear_gradients
//: :folded:
//: ```
//: ```{listing} llm::Backpropagation::loss
//: :folded:
//: ```
//: ```{listing} llm::Batch
//: :folded:
//: ```
//: ```{listing} llm::check_batch
//: :folded:
//: ```
//: ```{listing} llm::mean_loss
//: :folded:
//: ```
//: ```{listing} llm::thread_part
//: :folded:
//: ```
//: ```{listing} llm::stream_after
//: :folded:
//: ```
//: ```{listing} llm::tokens_of
//: :folded:
//: ```
//: ```{listing} llm::forward_part
//: :folded:
//: ```
//: ```{listing} llm::backward_part
//: :folded:
//: ```
//:
//: Half a block backward is `through_feed_forward` in other clothes. It is handed the gradient of
//: the stream after the block, `output`, and names the rows that belong to its thread:
//:
//: ```{listing} llm::feed_forward_backward
//: :until: MatrixOut normed_gradient =
//: ```
//:
//: The five lines that follow are ours, but that the gradients of the weights are left for later:
//: `linear_backward_inputs` is $G_Y W$ alone. To save memory, the gradient of a layer's output
//: takes the place of the output itself as soon as nobody needs that any more: `expanded` goes into
//: `activate_backward` as what the first layer gave, and comes out as its gradient.
//:
//: ```{listing} llm::feed_forward_backward
//: ```
//:
//: The non-linearity multiplies each number by its slope, with the backward passes of section 1.3.
//: SwiGLU has two gradients to give, of the gate and of the value. It works on 256 features at a
//: time, which it keeps on the stack.
//:
//: ```{listing} llm::activate_backward
//: :folded:
//: ```
//: ```{listing} llm::Piece in common/transformer/model/feed_forward.cpp
//: :folded:
//: ```
//: ```{listing} llm::swiglu_backward
//: :folded:
//: ```
//:
//: The attention half is alike, with one sequence at a time in the middle of it, since there rows
//: meet.
//:
//: ```{listing} llm::attention_backward
//: :folded:
//: ```
//: ```{listing} llm::attend_backward
//: :folded:
//: ```
//: ```{listing} llm::rotate_heads_backward
//: :folded:
//: ```
//:
//: The backward pass of attention itself is section 4.3's, block by block as the forward pass of
//: section 5.2. It has not kept the weights. From a score $s$ and the kept log-sum-exp $\ell$ of
//: its row it makes the weight again, as $e^{s - \ell}$; and the sum that the softmax's backward
//: pass needs, $\sum_j w_j G_{w_j}$, is the dot product of the row of outputs with its gradient,
//: because the output is $\sum_j w_j v_j$ and $G_{w_j}$ is $v_j$ times the gradient of the output.
//: With both at hand the gradient of the score is section 4.3's, $w\,(G_w - \sum_j w_j G_{w_j})$.
//:
//: ```{listing} llm::CausalAttentionPass
//: :folded:
//: ```
//: ```{listing} llm::CausalAttentionGradients
//: :folded:
//: ```
//: ```{listing} llm::causal_softmax_backward
//: :folded:
//: ```
//: ```{listing} llm::causal_attention_backward
//: :folded:
//: ```
//: ```{listing} llm::check_backward
//: :folded:
//: ```
//:
//: Gains and biases of norms collect something from every row. So that the digits of the sum do not
//: depend on how sequences were dealt to threads, each sequence has its own place for them, and the
//: places are added up at the end, in order.
//:
//: ```{listing} llm::norm_backward_part
//: :folded:
//: ```
//: ```{listing} llm::norm_gradient
//: :folded:
//: ```
//: ```{listing} llm::add_norm_gradients
//: :folded:
//: ```
//:
//: The second round is one product for each weight matrix, $G_Y^\top X$ over all rows of the batch,
//: of which each thread computes a `Slice`; a bias gets the sum of the rows of $G_Y$; an embedding
//: gets the rows of its token (section 4.1).
//:
//: ```{listing} llm::Slice
//: :folded:
//: ```
//: ```{listing} llm::weight_gradients
//: :folded:
//: ```
//: ```{listing} llm::linear_gradients
//: :folded:
//: ```
//: ```{listing} llm::embedding_gradients
//: :folded:
//: ```
//:
//: Both ways to the gradient should lead to the same place:

void two_ways_to_the_gradient(const TrainingText& text) {
  Learner learner{small_model(text)};
  const TokenBatch batch = first_batch(text);
  train_step(learner, batch, 0);
  ThreadTeam team(2);
  Backpropagation passes(learner.gpt, 8, 64, team);
  passes.clear_gradients();
  passes.loss_and_gradients(batch.inputs, batch.targets);
  print("the two gradients differ by {:.0e} of their norm",
        (learner.gradients - passes.gradients).norm() / passes.gradients.norm());
}
//: ```{output}
//: ```
//:
//: That is rounding: sums of `float`s in another order. The tests are stricter. They move the
//: parameters of a whole small model one by one, in double precision, for every choice of the
//: configuration, and compare.
//:
//: ## The library's trainer
//:
//: Around `Backpropagation` the library has a `Trainer`, with which all models of the coming pages
//: are trained. Its step is ours in three parts with names, because whoever wants to do something
//: else between two of them should not have to copy the rest:
//:
//: ```{listing} llm::Trainer::step
//: ```
//:
//: The first part is draw, forward, loss, backward. Should the batch that one wants be larger than
//: the memory, its gradient can be collected in parts, as our eighty lines collected it sequence by
//: sequence: the mean over 64 sequences is the mean of the means over four times 16. This is
//: *gradient accumulation*, and since all backward passes add to the gradients, it is a loop. A
//: loss that is no number stops the run (`Diverged`, section 5.4) before it can reach the model:
//:
//: ```{listing} llm::Trainer::accumulate
//: ```
//:
//: Between `accumulate` and `clip` is the place where several processes, each with batches of its
//: own, would exchange their gradients and take the mean: from there on all do the same, and their
//: models stay equal. The other two parts are section 5.4's: `clip` shortens a gradient that is too
//: long, and `update` asks the schedule for the learning rate and lets the optimizer move the
//: parameters. (The step's number is the optimizer's, so that model and optimizer are all that has
//: to be saved for a run to go on. Section 5.9 does that.)
//:
//: ```{listing} llm::Trainer::clip
//: :folded:
//: ```
//: ```{listing} llm::Trainer::update
//: :folded:
//: ```
//: ```{listing} llm::Trainer
//: :folded:
//: ```
//: ```{listing} llm::Trainer::Trainer
//: :folded:
//: ```
//: ```{listing} llm::TrainingSettings
//: :folded:
//: ```
//: ```{listing} llm::StepReport
//: :folded:
//: ```
//:
//: The validation loss is a mean over all of the validation text or over its first few batches. The
//: text does not end with a full batch; what remains goes through the model window by window.
//:
//: ```{listing} llm::Trainer::validation_loss
//: :folded:
//: ```
//: ```{listing} llm::remaining_loss
//: :folded:
//: ```
//:
//: ## By heart, or understood
//:
//: The last row of the table is still to be seen: training falls, validation rises. If a model sees
//: the same text often enough, it can learn it by heart. We give ours only 10,000 characters, 9,000
//: of them to train on, and 800 steps of 512 characters each, so it reads everything some 45 times.
//: It has the library's trainer, with AdamW, which learns much faster than our plain step (section
//: 5.4):

TrainingSettings small_settings(const TrainingText& text) {
  TrainingSettings settings;
  settings.model = small_model(text);
  settings.schedule = {.peak = 4e-3, .final = 4e-4, .warm_up = 30, .steps = 800};
  settings.sequences = 8;
  return settings;
}

void overfitting() {
  const std::string text = read_corpus();
  const TrainingText little = training_text(text.substr(text.size() / 2, 10000), 64);
  const TrainingSettings settings = small_settings(little);
  ThreadTeam team(2);
  Trainer trainer(settings, little.split, team);
  std::vector<double> steps, training, validation;
  double sum = 0;
  while (trainer.optimizer.steps() < settings.schedule.steps) {
    sum += trainer.step().loss;
    if (trainer.optimizer.steps() % 50 != 0) continue;
    steps.push_back(static_cast<double>(trainer.optimizer.steps()));
    training.push_back(sum / 50);
    validation.push_back(trainer.validation_loss());
    sum = 0;
    if (trainer.optimizer.steps() % 200 == 0) {
      print("step {:3}   training loss {:.2f}   validation loss {:.2f}", trainer.optimizer.steps(),
            training.back(), validation.back());
    }
  }
  const auto best = std::min_element(validation.begin(), validation.end());
  record("best_step", "{:.0f}", steps[static_cast<std::size_t>(best - validation.begin())]);
  record_data("training_overfitting", "steps", steps);
  record_data("training_overfitting", "training", training);
  record_data("training_overfitting", "validation", validation);
}
//: ```{output}
//: ```
//: ```{figure-from} training_overfitting
//: :alt: Training loss falls all the way; validation loss falls, reaches its lowest point, and rises
//:   again.
//: *{term}`Overfitting`*, seen. The training loss goes on falling; the validation loss was lowest
//: at step {value}`best_step`, and what the model learned after that was these 9,000 characters.
//: ```
//:
//: The cures, in the order in which one tries them: more text; stopping at the lowest validation
//: loss (which is why a run keeps its *best* checkpoint beside the last); a smaller model; more
//: weight decay; dropout (section 5.2). On the whole Jargon File our training is over before it can
//: happen.
//:
//: ## What it costs
//:
//: Section 5.2 counted two operations for each weight and token on the way forward. The way back
//: multiplies twice as often: once for the gradient of the inputs, once for that of the weights. So
//: training takes $6P$ operations a token, besides attention's meetings. For the small model of
//: this page:

void cost(const TrainingText& text) {
  ThreadTeam team(2);
  Trainer trainer(small_settings(text), text.split, team);
  for (int i = 0; i < 5; ++i) trainer.step();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) trainer.step();
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  const double tokens = 20.0 * static_cast<double>(trainer.batch.inputs.size());
  const double operations = 6.0 * static_cast<double>(trainer.gpt.buffer.size()) * tokens;
  print("{} parameters: {:.2f} MFLOP a token", trainer.gpt.buffer.size(),
        operations / tokens * 1e-6);
  print_timing("{:.0f} tokens a second, {:.0f} GFLOP/s on two threads", tokens / time.count(),
               operations / time.count() * 1e-9);
  const double year = 365.25 * 24 * 3600;
  record("gpt_3_millennia", "{:.0f}", 3.15e23 / (operations / time.count()) / year / 1000);
}
//: ```{output}
//: ```
//:
//: The rule scales to the largest models: GPT-3, with 175 billion parameters and 300 billion
//: tokens, took about $6 \cdot 1.75\cdot 10^{11} \cdot 3 \cdot 10^{11} = 3.15\cdot 10^{23}$
//: operations {cite}`brown2020language`. At the speed of our two threads that is
//: {value}`gpt_3_millennia` thousand years.
//:
//: ## In the wild
//:
//: Every framework's loop has the same five steps in the same order: in PyTorch they read
//: `zero_grad`, the model called on a batch, `cross_entropy`, `backward`, `step`
//: {cite}`paszke2019pytorch`, and what this page wrote as the way back is derived by the framework
//: from the way forward. Batches are large there: GPT-3's largest model saw 3.2 million tokens in
//: each step, and 300 billion in all
//: {cite}`brown2020language`. No single processor holds such a batch, so many of them take a part
//: each, and their gradients are averaged between two steps. How to divide a budget of operations
//: between parameters and tokens was answered by {cite:t}`hoffmann2022training`: about twenty tokens
//: for each parameter.
//:
//: ## Exercises
//:
//: ````{exercise} 5.3a
//: :title: Bits and bytes
//: :kind: paper
//:
//: A model has a validation loss of 1.68 nats a character, a little more than the GPT of section
//: 5.7 reaches on the 1.4 million characters of our text. How many bits is that a character, what
//: is the perplexity, and how small could the text be compressed with the model's help? Compare
//: with 8 bits a character.
//:
//: ```{hint}
//: One bit is 0.693 nats.
//: ```
//: ```{hint}
//: The size is the number of characters times the bits a character, divided by 8 for bytes.
//: ```
//: ```{solution}
//: $1.68/0.693 = 2.42$ bits; $e^{1.68} = 5.37$; $1.4\cdot 10^6 \cdot 2.42/8 = 423{,}500$ bytes,
//: less than a third of the $1.4$ million that the text takes as it stands (and the receiver needs
//: the model).
//: ```
//: ````
//:
//: ````{exercise} 5.3b
//: :title: Cross-entropy and its gradient
//: :kind: code
//: :function: cross_entropy_gradient
//:
//: Write `cross_entropy_gradient(logits, targets)`: for logits (n, V) and n targets, the gradient
//: (n, V) of the *mean* loss over the rows. Logits may be as large as 1000.
//:
//: ```{hint}
//: Softmax minus one at the target; and the mean over $n$ rows has a factor of its own.
//: ```
//: ```{hint}
//: Subtract the largest logit of each row before the exponential (section 2.1).
//: ```
//: ```{solution}
//: Softmax of each row, minus one at its target, divided by the number of rows.
//: ```
//: ````
//:
//: ````{exercise} 5.3c
//: :title: One batch, by heart
//: :kind: experiment
//:
//: Plant an error in the trainer: delete the line with `rotate_heads_backward`, as somebody might
//: have forgotten it. Who notices? Look at the first run's loss after 600 steps; at the check of
//: four gradients; at a training on one batch alone (in `teach`, draw batch 0 in every step, and
//: take 1,000 steps); and at the comparison with `Backpropagation`. Then plant a larger error:
//: multiply `back` by $-1$ in the same place.
//:
//: ```{hint}
//: The third argument of `draw_batch` is the number of the batch.
//: ```
//: ```{hint}
//: `check_gradients` picks the largest gradient of each parameter. In the weight of queries, keys
//: and values, of which of the three is that likely to be in a fresh model, and does that one
//: rotate?
//: ```
//: ```{solution}
//: | what was planted | first run, 600 steps | one batch, 600 and 1,000 steps | the two gradients differ by |
//: | --- | --- | --- | --- |
//: | nothing | 2.71 | 0.46, 0.02 | 1e-07 |
//: | the rotation forgotten | 2.71 | 0.87, 0.03 | 2e-03 |
//: | the sign turned | 3.30 | 3.17, 3.17 | 8e-01 |
//:
//: The turned sign is seen by everybody: the run stays on the rung of the letters' frequencies, one
//: batch cannot be learned, and the check of four gradients has 0.02146 by hand where the trainer
//: says −0.03048. The forgotten rotation is seen by nobody who looks at the loss, for ordinary
//: training arrives where it did. One batch is learned more slowly, which only those can know who
//: have the healthy run beside it. The check of four gradients agrees as well as before: the
//: largest gradient in that weight is one of the values', which don't rotate. Only the comparison
//: of *all* gradients with those of a second program tells at once. That is why one tests
//: gradients, and every number of them, and does not judge them by the loss.
//: ```
//: ````

}  // namespace

void training_loop() {
  const TrainingText text = jargon_file(64);
  simple_predictors(text);
  fresh_model(text);
  gradient_by_hand();
  count_what_is_kept(text);
  check_gradients(text);
  first_run(text);
  symptoms(text);
  two_ways_to_the_gradient(text);
  overfitting();
  cost(text);
}
