//: # The training loop
//:
//: A GPT is assembled, and it knows nothing. It has some hundred thousand numbers that were drawn at
//: random, and a text in front of it. Ask it what follows "the ca", and every character is as likely
//: as any other. What we want is a loop: show it text, measure in one number how wrong it was, move
//: every parameter a little so that it would have been less wrong, repeat. Section 4.3 gave us the
//: gradients. But which number is the right measure? How far should each parameter move? And when the
//: loop runs and nothing comes of it, where do we look?

#include <unistd.h>

#include <Eigen/SVD>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/recorder.hpp"
#include "common/foundations/spans.hpp"
#include "common/training/descent.hpp"
#include "common/transformer/loss.hpp"
#include "common/transformer/muon.hpp"
#include "common/transformer/training_run.hpp"

using namespace llm;

namespace {

//: ## From text to batches
//:
//: Our text is the Jargon File, a dictionary of hacker slang that many hands have written since
//: 1975, and that is in the public domain {cite}`raymond2003jargon`. The library's `read_corpus`
//: unpacks it, throws out tables of contents and ruled tables, joins wrapped lines, and spells
//: curly quotes in ASCII. The distinct characters, sorted, are the vocabulary, and the place of a
//: character among them is its token:

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
//: Turning text into tokens and back is a search in a sorted string and an index into it.
//:
//: ```{listing} llm::CharacterVocabulary
//: :folded:
//: ```
//: ```{listing} llm::character_vocabulary
//: :folded:
//: ```
//: ```{listing} llm::encode
//: :folded:
//: ```
//: ```{listing} llm::decode
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
//: ```{listing} llm::checked_size in common/transformer/batches.cpp
//: :folded:
//: ```
//:
//: So a sequence is copied twice, from `first` and from `first + 1`. Four tokens from the start of
//: `hacker` are `hack`, and their targets `acke`: four questions, each asked with all that stands
//: before the answer. That `+ 1` is the whole task, and the end of this page shows what training
//: does without it.
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
//: has `std::seed_seq` for this. It allocates memory, in every step, and a step of ours allocates
//: nothing.)
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
//: It has a practical meaning: a file compressor that codes each character in $-\log_2 p$ bits, which
//: is possible to within a rounding, would write $n L/\ln 2$ bits. The exponential $e^L$ is called
//: *{term}`perplexity`*: the number of equally likely options that would surprise as much.
//:
//: ```{listing} llm::bits
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
  record_data("training_optimizers", "levels", std::vector<double>{losses[1], losses[2]});
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
//: The model of this page is small: two blocks of width 64. A `Trainer` is such a model with all
//: that its training needs, and a `ThreadTeam` the threads that it computes with; both come below.

TrainingSettings small_settings(const TrainingText& text) {
  TrainingSettings settings;
  settings.model = {.vocabulary = text.tokenizer->size(),
                    .context = 64,
                    .width = 64,
                    .heads = 4,
                    .key_value_heads = 4,
                    .layers = 2,
                    .hidden = 256,
                    .position = Position::rotary};
  settings.schedule = {.peak = 4e-3, .final = 4e-4, .warm_up = 30, .steps = 300};
  return settings;
}

void fresh_model(const TrainingText& text) {
  ThreadTeam team(2);
  Trainer trainer(small_settings(text), text.split, team);
  const double loss = trainer.validation_loss(4);
  print("a fresh model: {:.2f} nats", loss);
  if (std::abs(loss - std::log(static_cast<double>(text.tokenizer->size()))) > 0.1) {
    throw std::runtime_error("the first loss is not ln V");
  }
}
//: ```{output}
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
//: *What the model said, minus what it should have said.* For three characters with logits
//: $(0, 0, \ln 2)$ the probabilities are $(0.25, 0.25, 0.5)$; if the first one came, the gradient is
//: $(-0.75, 0.25, 0.5)$, and its sum is 0, as it always is: probability that is given to one must be
//: taken from the others.

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
//: Validation needs the loss alone, from `cross_entropy`, which leaves the logits as they are.
//:
//: ```{listing} llm::cross_entropy
//: :folded:
//: ```
//: ```{listing} llm::check_targets
//: :folded:
//: ```
//:
//: ## The whole way back
//:
//: From the gradient of the logits, section 4.3's rules lead back through the output layer, the
//: last norm, each block from the last to the first, down to the embeddings. For a linear layer
//: $Y = XW^\top + b$ they were $G_X = G_Y W$ and $G_W = G_Y^\top X$, and these two products divide
//: the work. $G_X$ is needed at once, by the layer before. $G_W$ can wait until the way back is
//: over.
//:
//: The batch is divided among threads by sequences, which never meet. Only the gradients of the
//: *weights* collect something from every sequence. So they come in a second part, over all rows of
//: the batch, of which each thread computes some of the weight's rows. There is one buffer of
//: gradients and not one for each thread, and the sums run in the same order whatever the number of
//: threads.
//:
//: A `Backpropagation` holds the memory for all this: the gradients, and of every block what the
//: forward pass computed. All of it is reserved at the start, for the largest batch that will come.
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
//: Its main function makes the loss and all gradients of a batch. The loss is a mean, so each of
//: $n$ tokens counts $1/n$ in the gradient (times `weight`, for a batch that is itself a part of a
//: larger one):
//:
//: ```{listing} llm::Backpropagation::loss_and_gradients
//: :until: check_batch(
//: ```
//:
//: `pass` is what one thread does. It finds out which sequences are its own, and takes them forward
//: as in section 5.2, with the activations of every block kept:
//:
//: ```{listing} llm::Backpropagation::loss_and_gradients
//: :until: forward_part(
//: ```
//:
//: Then the surprise, a sequence at a time, which leaves the gradient where the logits were; and
//: from there back. `team.run` calls `pass` once on each thread, and returns when all are done:
//:
//: ```{listing} llm::Backpropagation::loss_and_gradients
//: :until: team.run(std::ref(pass))
//: ```
//:
//: Now every layer's inputs and the gradients of its outputs lie in memory, for all rows, and the
//: second part can begin:
//:
//: ```{listing} llm::Backpropagation::loss_and_gradients
//: ```
//:
//: The gradients are *added* to what is there, so a step begins by setting them to 0. `loss` stops
//: before the way back, for validation.
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
//:
//: On the way forward the stream after a block is the input of the next.
//:
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
//:
//: The way back begins at the logits. Their gradient goes through the output layer and the last
//: norm, and then through the two halves of each block, from the last block to the first.
//:
//: ```{listing} llm::backward_part
//: :folded:
//: ```
//:
//: One half of a block shows how all of it goes. Section 5.2's feed-forward half was a norm, a
//: linear layer that expands, the non-linearity, a linear layer that contracts, and the sum with
//: the stream. Its way back is handed the gradient of the stream after the block, `output`, and names
//: the places where it will work:
//:
//: ```{listing} llm::feed_forward_backward
//: :until: MatrixOut normed_gradient =
//: ```
//:
//: Then it reads the forward pass from its end to its start. Each `linear_backward_inputs` is a
//: $G_Y W$, and the norm has the rule of section 5.1. To save memory, the gradient of a layer's output
//: takes the place of the output itself as soon as nobody needs that any more, as the table of section
//: 5.2 has it: `expanded` goes into `activate_backward` as what the first layer gave, and comes out as
//: its gradient. In the last line the two ways of section 4.2 meet, what came through the layers and
//: what came along the stream:
//:
//: ```{listing} llm::feed_forward_backward
//: ```
//:
//: The non-linearity multiplies each number by its slope, with the backward passes of section 1.3.
//: SwiGLU has two gradients to give, of the gate and of the value. It works on 256 features at a time,
//: which it keeps on the stack.
//:
//: ```{listing} llm::activate_backward
//: :folded:
//: ```
//: ```{listing} llm::Piece in common/transformer/feed_forward.cpp
//: :folded:
//: ```
//: ```{listing} llm::swiglu_backward
//: :folded:
//: ```
//:
//: The attention half is alike, with one sequence at a time in the middle of it, since there rows
//: meet. Rotary positions turn the gradients of queries and keys back (section 2.3).
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
//: The second part is one product for each weight matrix, $G_Y^\top X$ over all rows of the batch,
//: of which each thread computes some rows; a bias gets the sum of the rows of $G_Y$; an
//: embedding gets the rows of its token (section 4.1). Where the output is tied, `output` and
//: `token_embedding` are two views of one memory, in the gradients as in the parameters. What the
//: output layer adds there and what the embedding adds there meet, and the sum is right: a number
//: that is used in two places moves the loss in both.
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
//: The threads are started once and wait between rounds at a barrier, since a step has several
//: rounds and starting a thread is a call to the system. The caller takes part as thread 0, and
//: gets the first exception that any of them threw.
//:
//: ```{listing} llm::ThreadTeam
//: :folded:
//: ```
//: ```{listing} llm::ThreadTeam::ThreadTeam
//: :folded:
//: ```
//: ```{listing} llm::checked_size in common/transformer/thread_team.cpp
//: :folded:
//: ```
//: ```{listing} llm::ThreadTeam::run
//: :folded:
//: ```
//: ```{listing} llm::take_part
//: :folded:
//: ```
//: ```{listing} llm::serve
//: :folded:
//: ```
//: ```{listing} llm::ThreadTeam::~ThreadTeam
//: :folded:
//: ```
//:
//: Every gradient is checked: the tests move parameters of a whole small model one by one, in
//: double precision, for every choice of the configuration, and compare.
//:
//: ## How far to step
//:
//: The gradient says which way is down *here*. Plain gradient descent takes a step of $\eta$ times
//: it, where $\eta$ is the learning rate. Its trouble is a valley. Take a loss of two parameters,
//: $L = \tfrac12(x^2 + 50 y^2)$, steep across and shallow along. Across the valley a step
//: multiplies $y$ by $1 - 50\eta$, which must stay above $-1$, so $\eta$ must be below $0.04$.
//: Along the valley such an $\eta$ leaves more than $0.96$ of $x$ after each step. The steepest
//: direction dictates the rate, and all others crawl.
//:
//: *Momentum* (section 4.1) lets velocities add up: what points the same way in every step gathers
//: speed, what flips its sign cancels. *{term}`Adam`* {cite}`kingma2015adam` goes further and gives
//: every parameter a rate of its own. It keeps two running averages for each, of the gradient $g$ and
//: of its square,
//:
//: $$m \leftarrow \beta_1 m + (1-\beta_1)\,g, \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2,$$
//:
//: and steps by the ratio of the first to the root of the second:
//:
//: $$\theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}, \qquad
//: \hat m = \frac{m}{1-\beta_1^{\,k}}, \quad \hat v = \frac{v}{1-\beta_2^{\,k}} .$$
//:
//: The hats correct for the start from zero: after $k = 1$ steps $m = (1-\beta_1) g$, so $\hat m = g$,
//: $\hat v = g^2$, and the first step is $\eta$ times the *sign* of the gradient, in every direction,
//: steep or shallow. Later, where gradients keep their sign, the ratio stays near 1; where they
//: flicker, $m$ averages to little while $v$ does not, and the step shrinks.
//:
//: *{term}`AdamW`* {cite}`loshchilov2019decoupled` adds *{term}`weight decay`*: in each step a
//: weight also loses a share $\eta\lambda$ of itself, so that weights which no gradient defends
//: fade. It is done beside the ratio and not by adding $\lambda\theta$ to the gradient, where the
//: division by $\sqrt{\hat v}$ would undo it for exactly the weights that have large gradients.
//: Gains and biases are not decayed. Our constants are $\beta_1 = 0.9$, $\beta_2 = 0.99$,
//: $\epsilon = 10^{-8}$ and $\lambda = 0.1$. So $m$ is an average over about $1/(1-\beta_1) = 10$
//: gradients, and $v$ over the squares of about 100.
//:
//: ```{listing} llm::AdamWSettings
//: :folded:
//: ```
//: ```{listing} llm::AdamW
//: :folded:
//: ```
//: ```{listing} llm::AdamW::AdamW
//: :folded:
//: ```
//:
//: Two factors are the same for all parameters of a step, so they are computed once: `step`, which
//: is $\eta/(1-\beta_1^{\,k})$, and `correction`, which is $1/\sqrt{1-\beta_2^{\,k}}$. They take
//: the place of the hats.
//:
//: ```{listing} llm::StepFactors
//: :folded:
//: ```
//: ```{listing} llm::step_factors
//: :folded:
//: ```
//:
//: The update goes over gradient `g`, parameter `w` and the two averages `m` and `v`,
//: `update_piece` numbers at a time, which are 1,024:
//:
//: ```{listing} llm::update
//: :until: Numbers w(weight
//: ```
//:
//: All of that was to give names to four pieces of memory; a `Map` copies nothing. What is left are
//: the formulas. The averages are written as a move toward the new value, $m + (1-\beta_1)(g - m)$,
//: which is the same as above, and `keep` is $1 - \eta\lambda$, or 1 for gains and biases:
//:
//: ```{listing} llm::update
//: ```
//:
//: Each number is read from memory once and written once. That matters: the step does some ten
//: operations a number, and is bound by memory. `AdamW::step` calls `update` for every parameter,
//: and cuts the large ones among the threads.
//:
//: ```{listing} llm::AdamW::step
//: :folded:
//: ```
//: ```{listing} llm::check_spans
//: :folded:
//: ```
//:
//: First the valley, from $(10, 1)$. To AdamW its two coordinates are a model with a single
//: parameter, a row of two numbers. An optimizer can look bad because of its rate alone, so each
//: tries 25 rates from 0.005 to 1.06, each a quarter more than the one before, and shows the path
//: that ends lowest:

/// The gradient of (x² + 50 y²) / 2.
Vector valley_gradient(const Vector& place) {
  Vector gradient(2);
  gradient << place(0), 50 * place(1);
  return gradient;
}

/// A step of an optimizer from place to place.
using ValleyStep = std::function<void(Vector& place, const Vector& gradient)>;

/// Where an optimizer stands before each of its steps through the valley.
Matrix valley_path(const ValleyStep& step) {
  Matrix path(40, 2);
  Vector place(2);
  place << 10, 1;
  for (Index k = 0; k < path.rows(); ++k) {
    path.row(k) = place;
    step(place, valley_gradient(place));
  }
  return path;
}

/// Prints and keeps the lowest of the paths at 25 rates.
void best_path(const char* name, const char* column,
               const std::function<ValleyStep(double rate)>& at_rate) {
  Matrix best;
  double lowest = 0, rate_of_best = 0, rate = 0.005;
  for (int trial = 0; trial < 25; ++trial, rate *= 1.25) {
    const Matrix path = valley_path(at_rate(rate));
    const Vector end = path.bottomRows(1);
    const double loss = end.dot(valley_gradient(end)) / 2;
    if (best.size() == 0 || loss < lowest) best = path, lowest = loss, rate_of_best = rate;
  }
  print("{:17} rate {:.3f}   after 39 steps at ({:6.3f}, {:6.3f}), loss {:.4f}", name, rate_of_best,
        best(39, 0), best(39, 1), lowest);
  record_data("training_valley", column, best);
}

/// Gradient descent with momentum through the valley.
ValleyStep descent(double rate, Real momentum) {
  Vector velocity = Vector::Zero(2);
  return [=](Vector& place, const Vector& gradient) mutable {
    momentum_step({place.data(), 2}, {velocity.data(), 2}, {gradient.data(), 2},
                  static_cast<Real>(rate), momentum);
  };
}

void through_the_valley() {
  ThreadTeam team(1);
  const auto adam = [&](double rate, double decay) -> ValleyStep {
    auto state =
        std::make_shared<AdamW>(std::vector<Parameter>{{"place", 0, 1, 2, ParameterRole::table}},
                                AdamWSettings{.beta_2 = 0.95, .weight_decay = decay});
    return [=, &team](Vector& place, const Vector& gradient) {
      state->step({place.data(), 2}, {gradient.data(), 2}, rate, team);
    };
  };
  best_path("gradient descent", "descent", [](double rate) { return descent(rate, 0); });
  best_path("momentum 0.8", "momentum", [](double rate) { return descent(rate, Real(0.8)); });
  best_path("Adam", "adam", [&](double rate) { return adam(rate, 0); });
  best_path("AdamW", "adamw", [&](double rate) { return adam(rate, 0.1); });
}
//: ```{output}
//: ```
//: ```{figure-from} training_valley
//: :alt: Contour lines of a long valley with four paths from the same start. Gradient descent jumps
//:   across the valley floor and creeps along it; momentum swings; Adam and AdamW go in a bow to the
//:   minimum.
//: Four ways through the same valley. Gradient descent spends its steps on jumping across.
//: ```
//:
//: Gradient descent at its best stays just below the 0.04 that we computed. Do not read much from
//: the order of the last three: 39 steps in one valley are too few. And AdamW has an unfair help
//: here. Decay pulls toward $(0, 0)$, where the minimum of this valley happens to lie.
//:
//: Then the real thing: a GPT of two blocks on the Jargon File, 300 steps each. A trial takes
//: seconds now and not microseconds, so gradient descent, momentum and AdamW get three rates each,
//: a factor of three or four apart, and go on with the best. Adam, and AdamW with a schedule, use
//: the 0.004 that served AdamW best (the schedule as its peak). The schedule and `clip_gradients`,
//: which shortens gradients that are too long, are explained below; gradient descent and momentum
//: run without either. `gpt_curve` is the loop that this page is named after, with the optimizer
//: left open: draw a batch, clear the gradients, make the loss and its gradients, step.

/// A step of a trainer that has the gradients.
using Update = std::function<void(Trainer&)>;

/// The step as a trainer takes it.
void usual_update(Trainer& trainer) {
  trainer.clip();
  trainer.update();
}

/// The training losses of 300 steps, each the mean of ten in a row.
std::vector<double> gpt_curve(const TrainingText& text, const TrainingSettings& settings,
                              ThreadTeam& team, const Update& update = usual_update) {
  Trainer trainer(settings, text.split, team);
  std::vector<double> curve(30);
  for (std::size_t step = 0; step < 300; ++step) {
    curve[step / 10] += trainer.accumulate() / 10;
    update(trainer);
  }
  return curve;
}

/// Momentum for all parameters; with `keep` 0 gradient descent.
Update momentum_update(double rate, Real keep) {
  return [rate, keep, velocity = Vector()](Trainer& trainer) mutable {
    Vector& parameters = trainer.gpt.buffer;
    if (velocity.size() == 0) velocity = Vector::Zero(parameters.size());
    momentum_step(span_of(parameters), span_of(velocity), span_of(trainer.passes.gradients),
                  static_cast<Real>(rate), keep);
    ++trainer.optimizer.adamw.steps;  // which says what batch comes next
  };
}

/// The settings of this page with a constant rate.
TrainingSettings at_constant_rate(const TrainingText& text, double rate, double decay) {
  TrainingSettings settings = small_settings(text);
  settings.schedule = {.peak = rate, .final = rate, .warm_up = 0, .steps = 300};
  settings.optimizer.adamw.weight_decay = decay;
  return settings;
}

/// Trains at three rates, prints how each ends, and returns the curve that ends lowest.
std::vector<double> best_curve(const char* name, const std::array<double, 3>& rates,
                               const std::function<std::vector<double>(double rate)>& curve_at) {
  std::vector<double> best;
  std::string line;
  for (const double rate : rates) {
    const std::vector<double> curve = curve_at(rate);
    line += fmt::format("   {:5} {:.2f}", rate, curve.back());
    if (best.empty() || !(best.back() <= curve.back())) best = curve;
  }
  print("{:18} rate and loss:{}", name, line);
  return best;
}

void optimizers_on_the_gpt(const TrainingText& text) {
  ThreadTeam team(2);
  const TrainingSettings usual = small_settings(text);
  const auto constant = [&](double rate, double decay) {
    return gpt_curve(text, at_constant_rate(text, rate, decay), team);
  };
  const auto descent = best_curve("gradient descent", {0.05, 0.15, 0.45}, [&](double rate) {
    return gpt_curve(text, usual, team, momentum_update(rate, 0));
  });
  const auto momentum = best_curve("momentum 0.9", {0.015, 0.05, 0.15}, [&](double rate) {
    return gpt_curve(text, usual, team, momentum_update(rate, Real(0.9)));
  });
  const auto adamw = best_curve("AdamW, constant", {0.001, 0.004, 0.016}, [&](double rate) {
    return constant(rate, usual.optimizer.adamw.weight_decay);
  });
  const auto scheduled = gpt_curve(text, usual, team);
  const auto show_curve = [](const char* name, const char* column,
                             const std::vector<double>& losses) {
    print("{:34} loss {:.2f} after 100 steps, {:.2f} after 300", name, losses[9], losses[29]);
    record(column, "{:.2f}", losses[29]);
    record_data("training_optimizers", column, losses);
  };
  show_curve("gradient descent", "descent", descent);
  show_curve("momentum 0.9", "momentum", momentum);
  show_curve("Adam, constant rate", "adam", constant(usual.schedule.peak, 0));
  show_curve("AdamW, constant rate", "adamw_constant", adamw);
  show_curve("AdamW, warm-up and cosine", "adamw", scheduled);
}
//: ```{output}
//: ```
//: ```{figure-from} training_optimizers
//: :alt: Training loss against steps for gradient descent, momentum, Adam and AdamW at a constant
//:   rate and AdamW with a schedule. The last three fall far below the others.
//: The same GPT, the same batches, five ways to step. The dotted lines are the predictors of the
//: table above: letter frequencies, and the character before.
//: ```
//:
//: After 300 steps gradient descent stands at {value}`descent` and momentum at {value}`momentum`,
//: both still above the table of pairs ({value}`pair_loss`), which knows one character; Adam and
//: AdamW are well below it, and so near to each other that 300 steps do not show what decay is for. A
//: Transformer is a long valley. How large is the first gradient in its parts?

/// The gradients of a fresh model on its first batch, in the layout of its parameters.
Vector first_gradient(const TrainingText& text, const Gpt& gpt) {
  const TrainingSettings settings = small_settings(text);
  ThreadTeam team(2);
  Backpropagation passes(gpt, settings.sequences, settings.model.context, team);
  TokenBatch batch(settings.sequences, settings.model.context);
  draw_batch(text.split.training, 1, 0, batch);
  passes.clear_gradients();
  passes.loss_and_gradients(batch.inputs, batch.targets);
  return passes.gradients;
}

void gradients_of_the_parts(const TrainingText& text) {
  const OwnedGpt gpt = initialized_gpt(small_settings(text).model, 1);
  const Vector gradients = first_gradient(text, gpt);
  std::vector<std::pair<Real, std::string>> sizes;
  for (const Parameter& part : gpt.layout) {
    const auto gradient = gradients.segment(part.offset, part.size());
    sizes.emplace_back(gradient.norm() / std::sqrt(static_cast<Real>(part.size())), part.name);
  }
  const auto [smallest, largest] = std::minmax_element(sizes.begin(), sizes.end());
  print("smallest {:.1e} ({})   largest {:.1e} ({})", smallest->first, smallest->second,
        largest->first, largest->second);
  record("gradient_spread", "{:.0f}", largest->first / smallest->first);
}
//: ```{output}
//: ```
//:
//: A typical number of the one is {value}`gradient_spread` times that of the other. With one rate
//: gradient descent moves the one that many times as far as the other, which suits both only by
//: luck.
//:
//: ## Warm-up, cosine, clipping
//:
//: In Adam's first steps the averages rest on a handful of batches, and yet each step has full length.
//: So one starts small: the rate rises in a line over the first steps, the *{term}`warm-up`*. At the
//: end the noise of the batches makes the parameters jitter around where they should be, with an
//: amplitude that is proportional to the rate; so the rate falls, along half a cosine
//: {cite}`loshchilov2017sgdr`, to a tenth of its peak or less. In the experiment above, short and at a
//: modest rate, the schedule changed little: {value}`adamw_constant` without it, {value}`adamw` with
//: it. It earns its place at higher rates (exercise 5.3f).
//:
//: The first step has number 0 and must already move, so in the warm-up, $w$ steps long, step $k$
//: has the share $(k+1)/w$ of the peak. After it, `share` falls from 1 to 0 along the half cosine:
//:
//: ```{listing} llm::learning_rate
//: ```
//: ```{listing} llm::Schedule
//: :folded:
//: ```
//:
//: *{term}`Gradient clipping`* {cite}`pascanu2013difficulty` is a safety rope: when the norm of the
//: whole gradient, all parameters together, is above 1, the gradient is shortened to 1,
//:
//: $$g \leftarrow g \cdot \min\!\left(1, \frac{1}{\lVert g \rVert}\right),$$
//:
//: and keeps its direction. A batch of strange text can then not throw the model away in one step.
//: A norm that is not a finite number stops the run (`Diverged`): no shortening mends it.
//:
//: ```{listing} llm::clip_gradients
//: :folded:
//: ```
//: ```{listing} llm::Diverged
//: :folded:
//: ```
//: ```{listing} llm::global_norm
//: :folded:
//: ```
//: ```{listing} llm::partial_square
//: :folded:
//: ```
//:
//: Should the batch be larger than the memory, its gradient can be collected in parts: the mean
//: over 64 sequences is the mean of the means over four times 16. This is *gradient accumulation*,
//: and since our backward passes *add* to the gradients, it is a loop:

void gradient_in_parts(const TrainingText& text) {
  const TrainingSettings settings = small_settings(text);
  const OwnedGpt gpt = initialized_gpt(settings.model, 1);
  ThreadTeam team(2);
  Backpropagation passes(gpt, 16, 64, team);
  TokenBatch batch(16, 64);
  draw_batch(text.split.training, 1, 0, batch);
  const std::span<const Token> inputs = batch.inputs, targets = batch.targets;
  passes.clear_gradients();
  passes.loss_and_gradients(inputs, targets);
  const Vector at_once = passes.gradients;
  passes.clear_gradients();
  for (std::size_t first = 0; first < 16 * 64; first += 4 * 64) {
    passes.loss_and_gradients(inputs.subspan(first, 4 * 64), targets.subspan(first, 4 * 64), 0.25);
  }
  print("16 sequences at once or 4 times 4: the gradients differ by {:.0e} of their norm",
        (passes.gradients - at_once).norm() / at_once.norm());
}
//: ```{output}
//: ```
//:
//: The trainer puts it all together: a model, an AdamW, the passes with their memory, and a batch.
//:
//: ```{listing} llm::Trainer
//: :folded:
//: ```
//: ```{listing} llm::Trainer::Trainer
//: :folded:
//: ```
//:
//: One step of it is the whole of training. It starts from gradients of 0,
//:
//: ```{listing} llm::Trainer::step
//: :until: passes.clear_gradients();
//: ```
//:
//: collects the gradients of its batches, one unless told otherwise, and stops at once if the loss
//: is no number any more, before that can reach the model:
//:
//: ```{listing} llm::Trainer::step
//: :until: const std::span<Real> gradients
//: ```
//:
//: and then asks the schedule how far, shortens what is too long, and steps:
//:
//: ```{listing} llm::Trainer::step
//: ```
//:
//: What a step reports, what the trainer can be told, what it refuses, and the fresh model that it
//: starts from:
//:
//: ```{listing} llm::StepReport
//: :folded:
//: ```
//: ```{listing} llm::TrainingSettings
//: :folded:
//: ```
//: ```{listing} llm::checked
//: :folded:
//: ```
//: ```{listing} llm::initialized_gpt
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
//: ## A step for a matrix
//:
//: Adam treats a weight matrix as a list of numbers. But it is a map from rows to rows, and so is its
//: gradient $G$. Write the gradient as $G = U S W^\top$, its singular value decomposition (section
//: 1.1): each singular value says how much the step changes what the matrix does in one direction.
//: Here are those of the first gradient of one matrix, the 256 × 64 numbers with which block 1
//: expands its rows:

void singular_values_of_a_gradient(const TrainingText& text) {
  const OwnedGpt gpt = initialized_gpt(small_settings(text).model, 1);
  const Vector gradients = first_gradient(text, gpt);
  const auto place = std::find_if(gpt.layout.begin(), gpt.layout.end(), [](const Parameter& part) {
    return part.name.ends_with("expand.weight");
  });
  const Eigen::Map<const Matrix> gradient(gradients.data() + place->offset, place->rows,
                                          place->columns);
  const Vector values = Eigen::JacobiSVD<Matrix>(gradient).singularValues().transpose();
  print("as shares of the largest: second {:.3f}   8th {:.3f}   16th {:.3f}   32nd {:.3f}",
        values(1) / values(0), values(7) / values(0), values(15) / values(0),
        values(31) / values(0));
}
//: ```{output}
//: ```
//:
//: A few are large and the others small, so a step learns a few directions and neglects the rest.
//: *{term}`Muon`* {cite}`jordan2024muon` gives all directions
//: the same: it averages the gradient, as momentum does, and sets every singular value to 1, so that
//: the step is $U W^\top$. (Its momentum is *{term}`Nesterov momentum`* {cite}`nesterov1983method`:
//: after the average has taken the gradient in, $m \leftarrow \mu m + (1 - \mu) g$, the step follows
//: not $m$ but $\mu m + (1 - \mu) g$, what the average would be if the same gradient came once more.
//: It looks one step ahead, and so turns a little earlier.)
//:
//: A decomposition for each matrix in each step would take longer than the step. There is a cheaper
//: way, with products alone. Take $X$, scaled so that no singular value is above 1, and replace it by
//:
//: $$X \leftarrow a X + b\,(X X^\top) X + c\,(X X^\top)^2 X .$$
//:
//: Put $X = U S W^\top$ in, and everything but $S$ cancels: each singular value $s$ becomes
//: $as + bs^3 + cs^5$, and its directions stay. With $a = 3.4445$, $b = -4.7750$ and $c = 2.0315$
//: that polynomial lifts small values more than threefold and keeps large ones near 1. For
//: $s = 0.1$ it gives $0.34445 - 0.00478 + 0.00002 = 0.340$. Five rounds of it:

void lift_singular_values() {
  print("round      0.01     0.1     0.5     1.0");
  std::array<double, 4> values = {0.01, 0.1, 0.5, 1.0};
  for (int round = 1; round <= 5; ++round) {
    for (double& s : values) s = 3.4445 * s - 4.7750 * std::pow(s, 3) + 2.0315 * std::pow(s, 5);
    print("{:5}   {:7.3f} {:7.3f} {:7.3f} {:7.3f}", round, values[0], values[1], values[2],
          values[3]);
  }
}
//: ```{output}
//: ```
//:
//: They do not settle at 1, and need not: after a few rounds they move between about 0.7 and 1.2, and
//: what differed by a factor of a hundred is nearly alike. The constants were chosen to lift fast.
//:
//: In code, the matrix is first divided by its norm, the root of the sum of all its squares. That
//: is also the root of the sum of the squares of its singular values (the $10^{-7}$ saves a matrix
//: of zeros from $0/0$), so that none of these is above 1:
//:
//: ```{listing} llm::orthogonalize
//: :until: matrix /= matrix.norm()
//: ```
//:
//: Then the rounds. `gram` is $XX^\top$, and `power` becomes $b\,XX^\top + c\,(XX^\top)^2$. The
//: matrix is laid so that it is wider than high: then $XX^\top$ is the smaller of the two squares
//: that one could form, 64 × 64 for the matrix above.
//:
//: ```{listing} llm::orthogonalize
//: ```
//: ```{listing} llm::check_room
//: :folded:
//: ```
//: ```{listing} llm::MuonWorkspace
//: :folded:
//: ```
//: ```{listing} llm::MuonWorkspace::MuonWorkspace
//: :folded:
//: ```
//:
//: Write $O$ for what comes out. A weight matrix $\theta$ of $r$ rows and $c$ columns then takes
//: the step
//:
//: $$\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta \sqrt{\max(1, r/c)}\; O .$$
//:
//: Why the root? Let a row of $c$ random numbers of size 1 be asked the $r$ questions of $O$; its norm
//: is $\sqrt c$. A matrix that is higher than wide, with all singular values 1, keeps the norm and
//: spreads it over $r$ answers, each of size $\sqrt{c/r}$, and the root makes that 1 again. One that is
//: wider than high keeps the share $r/c$ of the sum of squares, on average, which leaves 1 for each of
//: its $r$ answers without help. So $\eta$ says by about how much a step changes what a layer puts out,
//: whatever its shape.
//:
//: ```{listing} llm::MuonSettings
//: ```
//:
//: In code: momentum, its orthogonalized form, the decay, and the step with its root. A matrix that is
//: higher than wide is worked on transposed.
//:
//: ```{listing} llm::update_matrix
//: ```
//: ```{listing} llm::add_to_momentum
//: :folded:
//: ```
//:
//: Only the weights of linear layers inside the blocks are maps in this sense. Embeddings are
//: tables of rows, gains and biases are lists; AdamW goes on training these, with the same
//: schedule. The matrices are dealt out to the threads whole.
//:
//: ```{listing} llm::Muon
//: :folded:
//: ```
//: ```{listing} llm::Muon::Muon
//: :folded:
//: ```
//: ```{listing} llm::is_weight
//: :folded:
//: ```
//: ```{listing} llm::Muon::step
//: :folded:
//: ```
//:
//: A step of Muon has singular values near 1 whatever the gradient was, so its rate is a size of
//: its own. We give it a multiple of AdamW's rate, and try 2, 5 and 12 times: they end at
//: {value}`muon_2`, {value}`muon_5` and {value}`muon_12`. We go on with 5, in the middle of the
//: three, which need not show the best that Muon can do. The same small GPT again, with the
//: schedule of before, once with AdamW for everything and once with Muon for the weights:

/// The settings of this page with Muon for the weights of the blocks, at so many times AdamW's
/// rate; at 0, AdamW for everything.
TrainingSettings with_muon(const TrainingText& text, double times) {
  TrainingSettings settings = small_settings(text);
  settings.optimizer.weights = times > 0 ? WeightOptimizer::muon : WeightOptimizer::adamw;
  if (times > 0) settings.optimizer.muon.rate = times;
  return settings;
}

constexpr double muon_times = 5;

void muon_on_the_gpt(const TrainingText& text) {
  ThreadTeam team(2);
  for (const double times : {2.0, 5.0, 12.0}) {
    const double last = gpt_curve(text, with_muon(text, times), team).back();
    print("Muon at {:2} times AdamW's rate: loss {:.2f} after 300", times, last);
    record(fmt::format("muon_{}", times), "{:.2f}", last);
  }
  const auto timed = [&](const char* name, const char* column, double times) {
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<double> curve = gpt_curve(text, with_muon(text, times), team);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    print("{:16} loss {:.2f} after 100 steps, {:.2f} after 300", name, curve[9], curve[29]);
    print_timing("{:16} {:.1f} ms a step", "", 1000 * seconds.count() / 300);
    record(column, "{:.2f}", curve[29]);
    record_data("training_muon", column, curve);
  };
  timed("AdamW", "adamw_alone", 0);
  timed("Muon and AdamW", "muon", muon_times);
}
//: ```{output}
//: ```
//: ```{figure-from} training_muon
//: :alt: Two falling loss curves over 300 steps. They run close together for about 100 steps; then the
//:   one of Muon and AdamW falls below that of AdamW alone.
//: The same GPT and the same batches; the only difference is who trains the weights in the blocks.
//: ```
//:
//: At five times AdamW's rate Muon ends at {value}`muon` nats where AdamW ends at
//: {value}`adamw_alone`. Its five rounds are additional products, but the two times above hardly differ: at this size they are a small part of a step, and as they do not grow with the batch, in larger batches a smaller one still.
//:
//: ## Which choice won
//:
//: This small GPT rests on several choices: rotary positions (section 2.3), LayerNorm (section 5.1),
//: GELU (section 1.3), linear layers with biases, and now Muon. To know what each is worth, take all
//: of them and then exchange one at a time. SwiGLU has three matrices where GELU has two, so it gets
//: two thirds of the hidden width, 168 and not 256, to have as many weights. The last row makes the
//: three exchanges that Llama makes, all at once. Three seeds for each, because a difference that the
//: next seed turns around is no difference:

void take_back_each_choice(const TrainingText& text) {
  ThreadTeam team(2);
  const GptConfig chosen = small_settings(text).model;
  GptConfig learned = chosen, rms = chosen, no_bias = chosen, swiglu = chosen;
  learned.position = Position::learned;
  rms.norm = Norm::rms;
  no_bias.bias = false;
  swiglu.feed_forward = FeedForward::swiglu;
  swiglu.hidden = 168;
  GptConfig llama = swiglu;
  llama.norm = Norm::rms;
  llama.bias = false;
  const auto trained = [&](const char* name, const char* value, const GptConfig& model,
                           double times = muon_times) {
    std::vector<double> losses;
    TrainingSettings settings = with_muon(text, times);
    settings.model = model;
    for (settings.seed = 1; settings.seed <= 3; ++settings.seed) {
      losses.push_back(gpt_curve(text, settings, team)[29]);
    }
    const double mean = (losses[0] + losses[1] + losses[2]) / 3;
    print("{:24} {:.3f}   ({:.3f}, {:.3f}, {:.3f})", name, mean, losses[0], losses[1], losses[2]);
    record(value, "{:.2f}", mean);
  };
  print("{:24} mean    seeds 1, 2, 3", "loss after 300 steps");
  trained("all choices", "choices_all", chosen);
  trained("AdamW for everything", "choices_adamw", chosen, 0);
  trained("learned positions", "choices_learned", learned);
  trained("RMSNorm", "choices_rms", rms);
  trained("SwiGLU", "choices_swiglu", swiglu);
  trained("no biases", "choices_no_bias", no_bias);
  trained("RMSNorm, SwiGLU, no bias", "choices_llama", llama);
}
//: ```{output}
//: ```
//:
//: Positions and optimizer decide. With learned positions the loss is {value}`choices_learned`
//: instead of {value}`choices_all`: a table of 64 rows has to be learned from nothing, while a
//: rotation knows distances from the start. Without Muon it is {value}`choices_adamw`. RMSNorm does
//: as well as LayerNorm, within what the seeds differ by, and is less work. SwiGLU ends at
//: {value}`choices_swiglu`: it gains nothing here. Biases are worth having here, although Llama
//: leaves them out
//: {cite}`touvron2023llama`: without them it is {value}`choices_no_bias`, and with all that Llama does
//: {value}`choices_llama`. A model of 2 blocks after 300 steps has its own answer, and that is why one
//: measures. Section 5.7 will measure again, for a larger model, before it settles.
//:
//: `./learn bench quality` asks the practical question, how many seconds of training it takes to reach
//: a given loss, and each choice is an option of it that can be taken back (`--optimizer adamw`,
//: `--position learned`, `--norm rms`, `--bias false`).
//:
//: ## By heart, or understood
//:
//: If a model sees the same text often enough, it can learn it by heart. We give ours only 10,000
//: characters, 9,000 of them to train on, and 600 steps of 1,024 characters each (16 sequences of
//: 64), so it reads everything almost seventy times:

void overfitting() {
  const std::string text = read_corpus();
  const TrainingText little = training_text(text.substr(text.size() / 2, 10000), 64);
  TrainingSettings settings = small_settings(little);
  settings.schedule.steps = 600;
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
//: *{term}`Overfitting`*, seen. The training loss goes on falling; the validation loss was lowest at
//: step {value}`best_step`, and what the model learned after that was these 9,000 characters.
//: ```
//:
//: The cures, in the order in which one tries them: more text; stopping at the lowest validation loss
//: (which is why a run keeps its *best* checkpoint beside the last); a smaller model; more weight
//: decay; dropout (section 5.2). On the whole Jargon File our training is over before it can happen.
//:
//: ## Checkpoints
//:
//: Training a large model takes months, and power fails in seconds. A *{term}`checkpoint`* is
//: everything that the next step depends on: the parameters, Adam's two averages, and the number of
//: steps taken. (No state of a random generator, thanks to the way batches are drawn.) Two things
//: can go wrong with it. If the program dies while it writes, half a file stands where a good one
//: was. So the bytes go to a file of another name, we ask the disk to have them safely (`fsync`),
//: and then rename it: the system does that in one step, and at every moment the old or the new
//: checkpoint is there. And a file can rot, or belong to something else: so it begins with a mark
//: and its own length, and ends with a checksum.
//:
//: ```{listing} llm::save_checkpoint
//: :folded:
//: ```
//: ```{listing} llm::write_file_atomically
//: :folded:
//: ```
//:
//: A full disk shows up while the temporary file is written or flushed. Then that file is removed,
//: and the old checkpoint has not been touched.
//:
//: ```{listing} llm::Descriptor
//: :folded:
//: ```
//: ```{listing} llm::Descriptor::Descriptor
//: :folded:
//: ```
//: ```{listing} llm::Descriptor::~Descriptor
//: :folded:
//: ```
//: ```{listing} llm::Descriptor::fail
//: :folded:
//: ```
//: ```{listing} llm::write_and_flush
//: :folded:
//: ```
//: ```{listing} llm::append_numbers
//: :folded:
//: ```
//: ```{listing} llm::checksum
//: :folded:
//: ```
//:
//: Before the numbers stands a header in JSON: the settings of the run, the vocabulary, the step.
//: From it a program can rebuild the model without being told anything.
//:
//: ```{listing} llm::CheckpointHeader
//: :folded:
//: ```
//: ```{listing} llm::header_to_json
//: :folded:
//: ```
//: ```{listing} llm::header_from_json
//: :folded:
//: ```
//:
//: Reading trusts nothing. It asks, in this order: is there such a file, does it begin with our
//: mark, is it as long as it says, does its checksum agree, is its header in order, and are there
//: as many numbers as the model needs? Each has its own message.
//:
//: ```{listing} llm::CheckpointFile
//: :folded:
//: ```
//: ```{listing} llm::read_checkpoint
//: :folded:
//: ```
//: ```{listing} llm::file_bytes
//: :folded:
//: ```
//: ```{listing} llm::checked_content
//: :folded:
//: ```
//: ```{listing} llm::take_number
//: :folded:
//: ```
//: ```{listing} llm::checkpoint_model
//: :folded:
//: ```
//: ```{listing} llm::restore
//: :folded:
//: ```
//:
//: The promise is strong, so let us test it: ten steps at once, against five steps, a checkpoint, a
//: new trainer that reads it, and five more.

void stop_and_go_on(const TrainingText& text) {
  ThreadTeam team(2);
  const TrainingSettings settings = small_settings(text);
  Trainer whole(settings, text.split, team), first(settings, text.split, team);
  for (int i = 0; i < 10; ++i) whole.step();
  for (int i = 0; i < 5; ++i) first.step();
  // The number of this process keeps two readers of one machine apart.
  const std::string folder =
      std::filesystem::temp_directory_path() / fmt::format("understand_llms_{}", getpid());
  save_checkpoint(folder, first, *text.tokenizer, {});
  Trainer second(settings, text.split, team);
  restore(second, folder);
  for (int i = 0; i < 5; ++i) second.step();
  for (const char* name : {"model", "training"}) {
    const std::string file = fmt::format("{}/{}.safetensors", folder, name);
    print("{:8} {} bytes for {} parameters", name, std::filesystem::file_size(file),
          whole.gpt.buffer.size());
  }
  print("parameters that differ: {}",
        (whole.gpt.buffer.array() != second.gpt.buffer.array()).count());
  std::filesystem::remove_all(folder);
}
//: ```{output}
//: ```
//:
//: Twelve bytes a parameter: four for itself and four for each average. And not one number differs,
//: not even in its last bit. The tests go further and kill a run twenty times at random moments.
//:
//: ## When it does not learn
//:
//: Training code that is wrong rarely crashes. It trains, worse than it could, and says nothing.
//: What it does show is a loss curve, and the ladder of simple predictors tells us how to read one.
//: Here are a healthy run and five failures, made on purpose. Two have a wrong rate, one starts
//: from parameters, the gains of the norms among them, that are ten times too large: the logits are
//: then far larger still. In the last two, `spoil` has a hand in the batch before the model sees
//: it: once the targets are the inputs, without the `+ 1`, and once they are turned by 500 tokens,
//: so that each input is asked for what follows somewhere else. Before you read the numbers, say
//: for each on which rung of the ladder it will end, and whether it will jump on the way.

struct Symptom {
  double start, highest, end;
};

/// The losses at the start, the highest, and after 200 steps of a training that `spoil` has a hand
/// in.
Symptom symptom(const std::string& name, const TrainingText& text, double rate, Real weight_scale,
                const std::function<void(TokenBatch&)>& spoil, ThreadTeam& team) {
  const TrainingSettings settings = small_settings(text);
  OwnedGpt gpt = initialized_gpt(settings.model, 1);
  gpt.buffer *= weight_scale;
  Backpropagation passes(gpt, settings.sequences, settings.model.context, team);
  AdamW optimizer(gpt.layout, {});
  TokenBatch batch(settings.sequences, settings.model.context);
  std::vector<double> losses;
  for (Index step = 0; step < 200; ++step) {
    draw_batch(text.split.training, 1, step, batch);
    spoil(batch);
    passes.clear_gradients();
    losses.push_back(passes.loss_and_gradients(batch.inputs, batch.targets));
    optimizer.step(span_of(gpt.buffer), span_of(passes.gradients), rate, team);
  }
  const auto highest = *std::max_element(losses.begin(), losses.end());
  print("{:28} start {:5.2f}   highest {:6.2f}   after 200 steps {:5.2f}", name, losses.front(),
        highest, losses.back());
  return {losses.front(), highest, losses.back()};
}

void symptoms(const TrainingText& text) {
  ThreadTeam team(2);
  const auto nothing = [](TokenBatch&) {};
  const auto see_the_answer = [](TokenBatch& batch) { batch.targets = batch.inputs; };
  const auto wrong_answers = [](TokenBatch& batch) {
    std::rotate(batch.targets.begin(), batch.targets.begin() + 500, batch.targets.end());
  };
  const Symptom healthy = symptom("as it should be", text, 4e-3, 1, nothing, team);
  symptom("rate a thousand times less", text, 4e-6, 1, nothing, team);
  const Symptom too_fast = symptom("rate a hundred times more", text, 0.4, 1, nothing, team);
  symptom("weights ten times larger", text, 4e-3, 10, nothing, team);
  const Symptom unshifted = symptom("targets not shifted", text, 4e-3, 1, see_the_answer, team);
  const Symptom other_places =
      symptom("targets of other places", text, 4e-3, 1, wrong_answers, team);
  record("healthy_start", "{:.2f}", healthy.start);
  record("unshifted_start", "{:.2f}", unshifted.start);
  record("too_fast_highest", "{:.0f}", too_fast.highest);
  record("too_fast_end", "{:.2f}", too_fast.end);
  record("other_places_end", "{:.2f}", other_places.end);
}
//: ```{output}
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
//: does. Steps that are too long threw the first up to {value}`too_fast_highest` before it fell back
//: to what a wrecked model can still learn. The second never rose: it learns what there is to learn
//: where inputs tell nothing about targets, which is how often each character occurs.
//:
//: Targets that are not shifted show at the start already: {value}`unshifted_start` and not
//: {value}`healthy_start`. With tied embeddings the dot product of a row with its *own* token is
//: the largest, so a fresh model prefers to repeat its input, which is what those targets ask for.
//: A first loss that is too *good* deserves the same suspicion as one that is too bad.
//:
//: Two more habits catch most of the rest. Train on *one* batch again and again: a model that cannot
//: drive the loss of a single batch to zero has an error in it. And check every new layer's gradient
//: against finite differences before anything else is believed.
//:
//: ## What it costs
//:
//: Section 5.2 counted two operations for each weight and token on the way forward. The way back
//: multiplies twice as often: once for the gradient of the inputs, once for that of the weights. So
//: training takes $6P$ operations a token, besides attention's meetings. For the small model of this
//: page:

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
//: The rule scales to the largest models: GPT-3, with 175 billion parameters and 300 billion tokens,
//: took about $6 \cdot 1.75\cdot 10^{11} \cdot 3 \cdot 10^{11} = 3.15\cdot 10^{23}$ operations
//: {cite}`brown2020language`. At the speed of our two threads that is {value}`gpt_3_millennia`
//: thousand years.
//:
//: ## In the wild
//:
//: GPT-3 used Adam with $\beta_2 = 0.95$, clipping at 1, weight decay 0.1, a warm-up over 375
//: million tokens and a cosine down to a tenth {cite}`brown2020language`; Llama used AdamW with the
//: same $\beta_2$, clipping and weight decay {cite}`touvron2023llama`. How to divide a budget of
//: operations between parameters and tokens was answered by {cite:t}`hoffmann2022training`: about
//: twenty tokens for each parameter. The optimizer is again in motion; {cite:t}`jordan2024muon`
//: replace Adam's division by an orthogonalization of each matrix of the step, which has trained a
//: model with a trillion parameters {cite}`kimi2025k2`.
//:
//: ## Exercises
//:
//: ````{exercise} 5.3a
//: :title: Bits and bytes
//: :kind: paper
//:
//: A model has a validation loss of 1.68 nats a character, about what the GPT of section 5.7 reaches
//: on the 1.4 million characters of our text. How many bits is that a character, what is the
//: perplexity, and how small could the text be compressed with the model's help? Compare with 8 bits
//: a character.
//:
//: ```{hint}
//: One bit is 0.693 nats.
//: ```
//: ```{hint}
//: The size is the number of characters times the bits a character, divided by 8 for bytes.
//: ```
//: ```{solution}
//: $1.68/0.693 = 2.42$ bits; $e^{1.68} = 5.37$; $1.4\cdot 10^6 \cdot 2.42/8 = 423{,}500$ bytes, less
//: than a third of the $1.4$ million that the text takes as it stands (and the receiver needs the
//: model).
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
//: :title: A step of AdamW
//: :kind: code
//: :function: adamw_step
//:
//: Write `adamw_step(state, parameters, gradient, rate, decay)`, with $\beta_1 = 0.9$,
//: $\beta_2 = 0.99$ and $\epsilon = 10^{-8}$. The `state` is an `AdamState`, a struct of the two averages, the `Vector`s
//: `mean` and `mean_square` (zeros of the parameters' shape at first), and of the number `steps` taken
//: so far (0 at first). The function updates the state and returns the new parameters.
//:
//: ```{hint}
//: Count the step first: the correction of the first step has $k = 1$.
//: ```
//: ```{hint}
//: The decay takes `rate * decay` times the *parameter*; it does not pass through the averages.
//: ```
//: ```{solution}
//: The four formulas in order. In the first step the parameters move by the rate times the sign of
//: the gradient, and by the decay.
//: ```
//: ````
//:
//: ````{exercise} 5.3d
//: :title: The schedule
//: :kind: code
//: :function: schedule_rate
//:
//: Write `schedule_rate(step, warm_up, steps, peak, last)`: the learning rate of a step (the first
//: is 0). It rises in a line so that step `warm_up - 1` has the peak. From step `warm_up` on, which
//: has the peak too, it falls along half a cosine that reaches `last` at step `steps`, and stays
//: there.
//:
//: ```{hint}
//: $\frac12(1 + \cos \pi u)$ falls from 1 to 0 while $u$ goes from 0 to 1.
//: ```
//: ```{hint}
//: The first step must already move: its rate is peak / warm_up and not 0.
//: ```
//: ```{solution}
//: `peak * (step + 1) / warm_up` in the warm-up; after it, with $u$ the share of the remaining steps
//: that is over, `last + (peak - last) * (1 + cos(pi * u)) / 2`.
//: ```
//: ````
//:
//: ````{exercise} 5.3e
//: :title: One batch, by heart
//: :kind: experiment
//:
//: In `gpt_curve`, draw batch 0 in every step, and look at the loss of AdamW, with its schedule, after
//: 300 steps. Then break something: for instance, multiply the gradients of the attention by $-1$
//: before the step. Does the test of the single batch notice? Does the loss curve of ordinary
//: training?
//:
//: ```{hint}
//: The third argument of `draw_batch` is the number of the batch.
//: ```
//: ```{hint}
//: `passes.views.blocks[0].attention_input.weight *= -1` turns one gradient around.
//: ```
//: ```{solution}
//: The correct model drives the loss of the one batch down to 0.01. With the gradient of the hint
//: turned around it is at 2.75 after 100 steps (0.17 without) and at 0.96 after 300, and you know that
//: something is wrong. In ordinary training it ends at 2.82 instead of 2.36: a curve that falls
//: nicely, and that nobody would suspect who has not seen the better one. That is why one tests
//: gradients and does not judge them by the loss.
//: ```
//: ````
//:
//: ````{exercise} 5.3f
//: :title: Too fast a start
//: :kind: experiment
//:
//: In `small_settings`, raise the peak of the learning rate from 0.004 to 0.008, then to 0.03, and
//: run section 5.3 again. Compare AdamW with the schedule and without it.
//:
//: ```{hint}
//: Look at the losses after 100 steps as well as at the end.
//: ```
//: ```{hint}
//: Then set `warm_up` to 1 and keep the cosine: which half of the schedule did the work?
//: ```
//: ```{solution}
//: The losses after 300 steps, to compare with (yours may differ in the last digit):
//:
//: | peak | constant | warm-up alone | cosine alone | both |
//: | --- | --- | --- | --- | --- |
//: | 0.008 | 2.58 | 2.36 | 2.68 | 2.36 |
//: | 0.03 | 2.93 | 2.93 | 2.88 | 2.81 |
//:
//: At 0.008 the warm-up does it all: without it the run is thrown back at the start (3.1 after 100
//: steps in place of 2.6) and has not recovered after 300, with or without the cosine. At 0.03 every
//: run is worse; the warm-up alone no longer saves it, and the cosine brings part of the loss back at
//: the end. So the two cure different things: a start that is too fast, and a rate that is too high
//: throughout.
//: ```
//: ````

}  // namespace

void training_loop() {
  const TrainingText text = jargon_file(64);
  simple_predictors(text);
  fresh_model(text);
  gradient_by_hand();
  through_the_valley();
  optimizers_on_the_gpt(text);
  gradients_of_the_parts(text);
  gradient_in_parts(text);
  singular_values_of_a_gradient(text);
  lift_singular_values();
  muon_on_the_gpt(text);
  take_back_each_choice(text);
  overfitting();
  stop_and_go_on(text);
  symptoms(text);
  cost(text);
}
