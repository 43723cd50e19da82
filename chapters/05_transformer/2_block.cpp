//: # The block
//:
//: We have all the parts. Attention lets words read each other (chapter 3), the causal mask keeps
//: them from reading ahead (section 4.1), the stream carries what they learn (section 4.2), norms
//: keep it quiet (section 5.1). GPT-2, in its smallest version, is said to have "124 million
//: parameters". Where are they? If you took them away part by part, which part would hurt? And when
//: the model is run, where does the time go? Halfway down this page a program of ours counts them
//: to the last one, 124,439,808, and you will be able to do it on paper.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/training/statistics.hpp"
#include "common/transformer/model/block.hpp"
#include "common/transformer/storage/training_run.hpp"

using namespace llm;

namespace {

//: ## Two questions a word can ask
//:
//: Stand at one position of the stream, say at the second "the" of "the cat sat on the". There are
//: two kinds of work to do. One is to find out what stands *elsewhere*: who sat, on what. That is
//: attention, the only part of the model in which rows meet. The other is to *think about* what has
//: been gathered: "after `on the` a noun is due". That is a function of one row alone, the same for
//: every row, and we have known it since chapter 1: two linear layers with a non-linearity between
//: them, here called the {term}`feed-forward layer`:
//:
//: $$\operatorname{FF}(x) = \phi(x W_1^\top + b_1)\, W_2^\top + b_2,\qquad
//: W_1\colon (m, d),\; W_2\colon (d, m),$$
//:
//: with $\phi$ one of ReLU and GELU here; a third kind, SwiGLU, follows below. It first *expands*
//: the row to $m$ numbers, usually $m = 4d$: the rows of $W_1$ are $m$ questions with yes-or-no
//: answers of varying strength. Then it *contracts* the answers to an update of $d$ numbers. A
//: {term}`block` is the two works in turn, each reading the stream through a norm and adding its
//: answer to it:
//:
//: $$x \leftarrow x + \operatorname{Attention}(\operatorname{norm}(x)), \qquad
//:   x \leftarrow x + \operatorname{FF}(\operatorname{norm}(x)).$$
//:
//: A GPT is nothing but this: tokens become rows, rows go through $N$ blocks and one last norm, and a
//: linear layer turns each row into one score for each token of the vocabulary, a *{term}`logit`*.
//: Softmax makes probabilities of them.
//:
//: ```{figure-from} block_diagram
//: :alt: Diagram. Token and position embeddings enter the residual stream, a vertical line. Twice a
//:   branch leaves it through a norm, passes attention or the feed-forward layer, and is added back.
//:   This is repeated N times, then come a final norm, the output layer and the logits.
//: A GPT. The thick line is the residual stream; everything else reads from it and adds to it. The
//: numbers beside it are a row of two features on its way through one block, which we now follow.
//: ```
//:
//: ## Who is who
//:
//: The layers are those of the chapters before, and not only in name. Each was a function that reads
//: one matrix and writes another, and these functions are what our GPT calls. Nothing in this table
//: is written a second time:
//:
//: | layer | met in | its function | in the GPT |
//: | --- | --- | --- | --- |
//: | embedding | section 4.1 | `embedding_forward` | tokens to rows, once at the start |
//: | learned positions | section 2.2 | `residual_forward` | added to these rows |
//: | rotations | section 2.3 | `apply_rotary` | in their place: queries and keys of every block |
//: | linear layer | section 1.2 | `linear_forward` | four in each block, one at the end |
//: | non-linearity | section 1.3 | `relu_forward`, `gelu_forward`, `silu_forward` | between the two layers of the feed-forward layer |
//: | attention with heads | sections 3.2, 3.3 | `causal_attention_forward` | first half of every block |
//: | causal mask | sections 3.4, 4.1 | inside it | a query meets no later key |
//: | softmax | section 2.1 | `softmax_row_in_place` | inside it, on what each query may see |
//: | residual addition | section 4.2 | `residual_forward` | twice in every block |
//: | norm | section 5.1 | `norm_forward` | before each half of a block, and once at the end |
//:
//: One line is new: attention. Chapter 3 built it from a formula, with all scores of a head in one
//: matrix. The model calls a form of it that is arranged for long texts and gives the same numbers; it
//: stands at the end of the forward pass below.
//:
//: ## A block by hand
//:
//: Let us follow one row through one block with a pencil. The row is $x = (1, -1)$, alone in its
//: sequence, so attention has only itself to read: its weight is 1 whatever the score. The norm
//: leaves $(1, -1)$ as it is (mean 0, variance 1). With identity matrices for values and output, the
//: attention answers $(1, -1)$, and the stream becomes $(2, -2)$. The norm makes $(1, -1)$ of that
//: again. With identity matrices in the feed-forward layer too, ReLU leaves $(1, 0)$, and the stream
//: becomes $(3, -2)$. The program does the same with the real model, its weights set by hand. The
//: functions that it calls are below; all that matters here is their order, rows in, first half of the
//: block, second half:

void block_by_hand() {
  OwnedGpt gpt({.vocabulary = 2,
                .context = 1,
                .width = 2,
                .heads = 1,
                .key_value_heads = 1,
                .layers = 1,
                .hidden = 2,
                .feed_forward = FeedForward::relu,
                .bias = false});
  gpt.parameters.token_embedding.row(0) << 1, -1;
  BlockParameters& block = gpt.parameters.blocks[0];
  block.attention_input.weight.bottomRows(2).setIdentity();  // values; queries and keys stay 0
  block.attention_output.weight.setIdentity();
  block.expand.weight.setIdentity();
  block.contract.weight.setIdentity();
  BlockActivations activations(gpt.config, 1);
  BlockWorkspace workspace{AttentionWorkspace(1)};
  const std::vector<Token> tokens = {0};
  embed_tokens(gpt, tokens, 0, activations.input);
  show("the row", activations.input, 1);
  Matrix stream(3, 2);  // what the figure writes beside the residual stream
  stream.row(0) = activations.input;
  attention_forward(gpt, block, {0, 1, 1}, activations, workspace);
  show("after attention", activations.middle, 1);
  stream.row(1) = activations.middle;
  feed_forward_forward(gpt, block, {0, 1, 1}, activations, activations.input, workspace);
  show("after feed-forward", activations.input, 1);
  stream.row(2) = activations.input;
  record_data("block_diagram", "stream", stream);
}
//: ```{output}
//: ```
//:
//: ## The choices
//:
//: Models differ in their sizes and in a handful of choices, most of which you have met. They stand
//: in one struct. Three of its fields choose among the layers that you know: learned positions or
//: rotary ones, layer norm or RMSNorm, and the non-linearity of the feed-forward layer.
//:
//: ```{listing} llm::Token
//: :folded:
//: ```
//: ```{listing} llm::Position
//: :folded:
//: ```
//: ```{listing} llm::Norm
//: :folded:
//: ```
//: ```{listing} llm::FeedForward
//: :folded:
//: ```
//: ```{listing} llm::GptConfig
//: ```
//:
//: Two of the choices are new. *{term}`Tied`* means that the output layer has no weights of its
//: own: the score of token $v$ is the dot product of the row with the *embedding* of $v$. That
//: saves $V d$ parameters, and it makes sense: both tables answer the question what a token is like
//: {cite}`press2017using`. And *{term}`SwiGLU`* is a feed-forward layer with a gate: two linear
//: layers read the row, one result goes through SiLU, and the two are multiplied
//: {cite}`shazeer2020glu`. One question then decides how much of another's answer goes through;
//: section 5.4 measures whether that pays for our small model.
//:
//: Some widths follow from the fields. The heads share the row, so each has $d/h$ columns; keys and
//: values have $d/h$ for each head of their own; and with SwiGLU the feed-forward layer expands to
//: twice its hidden width, since gate and value stand side by side:
//:
//: ```{listing} llm::head_width
//: :folded:
//: ```
//: ```{listing} llm::key_value_width
//: :folded:
//: ```
//: ```{listing} llm::expanded_width
//: :folded:
//: ```
//: ```{listing} llm::head_layout
//: :folded:
//: ```
//:
//: And some fields make no sense together: five heads cannot share 64 columns, and a rotation turns
//: pairs of columns, so a head needs an even number of them. Such a configuration is refused with
//: the name of the field and its value, before anything is built.
//:
//: ```{listing} llm::validate
//: :folded:
//: ```
//: ```{listing} llm::check_size
//: :folded:
//: ```
//: ```{listing} llm::check_number
//: :folded:
//: ```
//: ```{listing} llm::check_divides
//: :folded:
//: ```
//:
//: ## One buffer for everything
//:
//: What is there to be stored? First the parameters of a block: six parts, in the order in which a
//: row meets them. A linear layer is a weight, a question a row, $(d_\text{out}, d_\text{in})$, and a
//: bias; a norm is a gain and a bias.
//:
//: ```{listing} llm::LinearParameters
//: :folded:
//: ```
//: ```{listing} llm::NormParameters
//: :folded:
//: ```
//: ```{listing} llm::BlockParameters
//: ```
//:
//: The queries, keys and values of all heads are asked for by one weight, rows on rows: first the
//: questions whose answers are the queries, below them those for the keys, then those for the values.
//: It is one product and not three small ones, and the answers stand side by side in its output. With
//: $h$ heads of width $d_h = d/h$ and as many heads for keys and values the weight has $3d$ rows; with
//: fewer key and value heads (section 3.3), fewer. Around the blocks stand the tables and the last
//: norm:
//:
//: ```{listing} llm::GptParameters
//: ```
//:
//: Why are these `MatrixMap`s, and not matrices? A model has many of them, and much of what one does
//: with them does not care which is which: the optimizer changes every number by a rule of its own, a
//: checkpoint writes them all to disk, a gradient check moves them one by one. So all the parameters
//: of a model lie in *one* long row of numbers, and the matrices are views into it. The gradients are
//: a second row of the same layout.
//:
//: ```{listing} llm::MatrixMap
//: :folded:
//: ```
//: ```{listing} llm::VectorMap
//: :folded:
//: ```
//:
//: Who says where in the row each matrix begins? A function walks through the model once, in the order
//: of these structs, and hands out places. At each stop it has a name and a shape. It notes both with
//: the offset that it has come to, moves the offset on by rows times columns, and returns the place.
//: What a configuration does not have (a bias, a table of positions) gets zero numbers and takes no
//: place.
//:
//: ```{listing} llm::Walk
//: :folded:
//: ```
//: ```{listing} llm::walk_model
//: :folded:
//: ```
//:
//: What it notes of each parameter is this:
//:
//: ```{listing} llm::Parameter
//: ```
//: ```{listing} llm::ParameterRole
//: :folded:
//: ```
//:
//: The role is for the optimizers of section 5.4, which do not treat all parameters alike. The weight
//: of a linear layer maps rows to rows. A table is a list of rows, one for each token or position, and
//: maps nothing. A gain or a bias is a row of numbers, and should not decay toward 0.
//:
//: The same walk serves three aims: to collect names and places, to count, or to hand out views of a
//: buffer. Counting is the shortest. The walk has no buffer, its places lead nowhere, and all that we
//: want is how far it came:
//:
//: ```{listing} llm::parameter_count
//: ```
//: ```{listing} llm::parameter_layout
//: :folded:
//: ```
//: ```{listing} llm::parameter_views
//: :folded:
//: ```
//:
//: ## Where the parameters are
//:
//: Now the count, first on paper. Per block, with $m = 4d$ and biases: $d \cdot 3d + 3d$ for
//: queries, keys and values, $d^2 + d$ for the attention's output, $4d^2 + 4d$ and $4d^2 + d$ for the
//: feed-forward layer, and $2d$ for each of two norms. That is $12 d^2 + 13 d$. Around the blocks
//: stand $V d$ for the token embeddings, $T d$ for the learned positions and $2d$ for the last norm:
//:
//: $$P = V d + T d + N(12 d^2 + 13 d) + 2d .$$
//:
//: For GPT-2, $V = 50257$, $T = 1024$, $d = 768$ and $N = 12$. The program does not use the formula. It
//: asks the layout, and adds up by name:

GptConfig gpt_2(Index width, Index layers) {
  return {.vocabulary = 50257,
          .context = 1024,
          .width = width,
          .heads = width / 64,
          .key_value_heads = width / 64,
          .layers = layers,
          .hidden = 4 * width};
}

//: A name says what a parameter belongs to: the walk called the first block's output matrix
//: `blocks.0.attention.output.weight`, and its norm `blocks.0.attention.norm.gain`. So the names are
//: all that we need to sort by:

/// What a parameter belongs to, from its name.
std::string group_of(const std::string& name) {
  if (name.find("norm") != std::string::npos) return "norms";
  if (name.find("attention") != std::string::npos) return "attention";
  if (name.find("feed_forward") != std::string::npos) return "feed-forward";
  return name.starts_with("position") ? "positions" : "tokens";
}

const std::vector<std::string> groups = {"tokens", "positions", "attention", "feed-forward",
                                         "norms"};

std::map<std::string, Index> count_by_group(const GptConfig& config) {
  std::map<std::string, Index> counts;
  for (const Parameter& parameter : parameter_layout(config)) {
    counts[group_of(parameter.name)] += parameter.size();
  }
  return counts;
}

void where_the_parameters_are() {
  const GptConfig config = gpt_2(768, 12);
  std::map<std::string, Index> counts = count_by_group(config);
  const Index total = parameter_count(config);
  for (const std::string& group : groups) {
    print("{:13} {:>11}   {:4.1f} %", group, counts[group],
          100.0 * static_cast<double>(counts[group]) / static_cast<double>(total));
  }
  print("{:13} {:>11}", "all", total);
  const Index d = 768;
  print("{:13} {:>11}", "by formula", 50257 * d + 1024 * d + 12 * (12 * d * d + 13 * d) + 2 * d);
}
//: ```{output}
//: ```
//:
//: There is the number, and it is not where many expect it. Attention, which gave the paper its title,
//: holds less than a quarter. The feed-forward layers hold twice that, and nearly a third is a table
//: of words. The table does not grow with depth, so its share melts in larger models:

void larger_models() {
  struct Size {
    const char* name;
    Index width, layers;
  };
  std::vector<std::string> names;
  Matrix shares(4, 5);
  Index row = 0;
  for (const auto& [name, width, layers] : {Size{"GPT-2", 768, 12}, Size{"medium", 1024, 24},
                                            Size{"large", 1280, 36}, Size{"XL", 1600, 48}}) {
    const GptConfig config = gpt_2(width, layers);
    std::map<std::string, Index> counts = count_by_group(config);
    for (Index i = 0; i < 5; ++i) {
      shares(row, i) = static_cast<Real>(counts[groups[static_cast<std::size_t>(i)]]) /
                       static_cast<Real>(parameter_count(config));
    }
    print("{:7} {:5} wide, {:2} blocks: {:>13} parameters, {:2.0f} % in the table of tokens", name,
          width, layers, parameter_count(config), 100 * shares(row, 0));
    names.push_back(name);
    ++row;
  }
  record_data("block_parameters", "names", names);
  record_data("block_parameters", "groups", groups);
  record_data("block_parameters", "shares", shares);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} block_parameters
//: :alt: Stacked bars for the four sizes of GPT-2. The share of the token table falls from 31 to 5
//:   percent, those of attention and feed-forward grow and keep the ratio one to two.
//: Where the parameters of the four GPT-2 models are. Attention and feed-forward keep their ratio of
//: one to two; the tables at the ends shrink.
//: ```
//:
//: ## The forward pass
//:
//: A model, then, is a configuration and views of its parameters; with rotary positions it also keeps
//: the table of angles, which is computed once.
//:
//: ```{listing} llm::Gpt
//: ```
//: ```{listing} llm::Gpt::Gpt
//: :folded:
//: ```
//: ```{listing} llm::validated
//: :folded:
//: ```
//: ```{listing} llm::model_rotary_table
//: :folded:
//: ```
//:
//: It owns no memory for its parameters. Nothing that a model computes depends on who does: it may be
//: a trainer, or a file that was read whole. For a model that stands on its own there is a type that
//: holds both, the buffer and the `Gpt` that looks into it. (The buffer is a base of its own so that it
//: exists before the views are made.) It starts with gains of 1 and zeros everywhere else; random
//: numbers come later. Whatever takes a `const Gpt&` takes an `OwnedGpt`.
//:
//: ```{listing} llm::OwnedGpt
//: ```
//: ```{listing} llm::ParameterMemory
//: :folded:
//: ```
//: ```{listing} llm::OwnedGpt::OwnedGpt
//: :folded:
//: ```
//:
//: And this is the whole of what it does. The tokens go through the blocks and leave rows of the
//: residual stream; the last norm and the output layer make logits of them:
//:
//: ```{listing} llm::forward
//: ```
//:
//: (The workspace is memory that attention needs for a moment. The last norm may write over the
//: stream, which nobody needs any more.) `run_blocks` is a loop over the blocks. The matrices that a
//: block works with are the members of `activations`, which we shall meet one by one. One of them,
//: `activations.input`, holds the stream: each block reads it there, and writes it there again.
//:
//: ```{listing} llm::run_blocks
//: ```
//: ```{listing} llm::Sequences
//: :folded:
//: ```
//: ```{listing} llm::BlockWorkspace
//: :folded:
//: ```
//:
//: `all` says that the rows are one sequence, whose first token stands at `position`, here 0. In
//: training several sequences lie one below the other, and only attention has to know where one ends
//: and the next begins. `cache` is `nullptr` here. It can be one `CachedLayer` for each block, a place
//: where the keys and values of earlier tokens are kept: that is the subject of section 5.6, and until
//: then there is none.
//:
//: Let us go through it in order. The row of a token is its row of the table; where positions are
//: learned, the row of its position is added:
//:
//: ```{listing} llm::embed_tokens
//: ```
//:
//: Then the block, the two halves in turn. There is one such function. Training, evaluation, reading
//: a prompt and writing token by token all run it, so that what a model learned to do in the one it
//: does in the others:
//:
//: ```{listing} llm::block_forward
//: ```
//:
//: The first half reads the stream from `input` and leaves the sum in `middle`. It norms the rows of
//: the stream, and one product makes queries, keys and values of them, for all heads and all sequences
//: at once. (`linear_rows` is `linear_forward` with the weight and the bias of a `LinearParameters`. It
//: can share the product among the threads of a team, which is for section 5.6, too.)
//:
//: ```{listing} llm::attention_forward
//: :until: activations.projected.middleRows(part.first, part.count)
//: ```
//:
//: Then attention, for one sequence at a time; what it gathered goes through the output layer, and the
//: stream is added to it. This addition is the residual connection:
//:
//: ```{listing} llm::attention_forward
//: ```
//:
//: In the middle of it `attend` sees one sequence. First it rotates queries and keys by their
//: positions, if the model has rotary ones. In `projected` they stand side by side, head after head,
//: `width` columns of queries, `shared` columns of keys and as many of values:
//:
//: ```{listing} llm::attend in common/transformer/model/block.cpp
//: :until: rotate_heads(
//: ```
//: ```{listing} llm::rotate_heads
//: :folded:
//: ```
//: ```{listing} llm::rotated_heads
//: :folded:
//: ```
//:
//: The queries then meet the keys. Without a cache, keys and values are the other two column ranges of
//: `projected`, and the three ranges are the three matrices of chapter 3:
//:
//: ```{listing} llm::attend in common/transformer/model/block.cpp
//: ```
//:
//: The second half of a block has the shape of the first, and no row in it looks at another. It names
//: the rows of five matrices; then come norm, expansion, non-linearity, contraction, and the sum:
//:
//: ```{listing} llm::feed_forward_forward
//: ```
//:
//: The non-linearity is one of three. ReLU and GELU are those of section 1.3. SwiGLU, which is new,
//: reads the gate from the left half of what was expanded and the value from the right half:
//:
//: ```{listing} llm::swiglu_forward
//: ```
//: ```{listing} llm::activate
//: :folded:
//: ```
//: ```{listing} llm::expanded_columns
//: :folded:
//: ```
//:
//: At the end, after the last norm, the logit of a token is the dot product of the row with the
//: token's row of the output table. That table is a weight as any other, with one question for each
//: token of the vocabulary, so it is the fifth place where the model calls the linear layer:
//:
//: ```{listing} llm::output_forward
//: ```
//:
//: One piece is missing. Attention is the function of chapter 3, arranged for speed. It goes
//: through the queries of each head in blocks of 32 (`block_queries`), so that the scores in flight
//: are a small matrix that stays in the processor's cache, and not $T \times T$ numbers for each
//: head {cite}`dao2022flashattention`. Which key a query may look at follows from its position; the
//: last query of a block sees the most, and the part of the keys beyond it is never multiplied.
//:
//: ```{listing} llm::QueryBlock
//: :folded:
//: ```
//: ```{listing} llm::query_block
//: :folded:
//: ```
//: ```{listing} llm::AttentionWorkspace
//: :folded:
//: ```
//: ```{listing} llm::AttentionWorkspace::AttentionWorkspace
//: :folded:
//: ```
//: ```{listing} llm::check_attention
//: :folded:
//: ```
//: ```{listing} llm::causal_attention_forward
//: :until: log_sums, queries.rows(), layout.heads
//: ```
//:
//: For each head, `column` is where its queries begin and `shared` where the keys and values begin
//: that it reads; for each block of its queries, the scores are one product with the keys that are
//: visible:
//:
//: ```{listing} llm::causal_attention_forward
//: :until: keys.block(0, shared, block.visible, width), weights);
//: ```
//:
//: A softmax makes weights of the scores, in place, and a second product mixes the values straight into
//: the columns of this head in the output. No joining is needed (section 3.3).
//:
//: ```{listing} llm::causal_attention_forward
//: ```
//:
//: The softmax is where the mask is. A row is cut where its visible keys end. What lies before becomes
//: weights by the softmax of section 2.1, which takes the $1/\sqrt{d_h}$ along; what lies beyond gets
//: the weight 0. Of all the weights one number a row is kept, the log-sum-exp, from which the backward
//: pass makes the weights again:
//:
//: ```{listing} llm::causal_softmax
//: ```
//:
//: ## What a block keeps
//:
//: All that a block computes on its way went into the matrices of one struct. For `forward` one such
//: struct serves all blocks, each writing over what the last one left, since only the logits are asked
//: for. Training gives each block its own (section 5.3), because the way back needs what the way
//: forward computed.
//:
//: ```{listing} llm::BlockActivations
//: ```
//: ```{listing} llm::BlockActivations::BlockActivations
//: :folded:
//: ```
//:
//: Who needs what? By section 4.3, the way back through a linear layer is $G_X = G_Y W$ and $G_W =
//: G_Y^\top X$: the weight's gradient takes the layer's inputs $X$ and the gradient of its outputs
//: $G_Y$. So inputs have to stay. Outputs need not: as soon as the last one who wanted an output has
//: read it, its gradient can take its place. Here are the nine, in the order of the way forward. (Each
//: way back starts at the bottom.)
//:
//: | buffer | holds on the way forward | is read by | on the way back | is read by |
//: | --- | --- | --- | --- | --- |
//: | `input` | the stream before the block | first norm; first sum | the norm's backward pass reads it, then it becomes its own gradient | the block before, as the gradient of what it put out; in the first block, the embeddings |
//: | `attention_normed` | the normed stream | layer for queries, keys, values | stays | weight gradient of that layer |
//: | `projected` | queries, keys (both rotated), values | attention | attention's backward pass reads it, then it becomes its own gradient, turned back | inputs' gradient and weight gradient of the layer that made it |
//: | `mixed` | what attention read from the values | attention's output layer | stays | attention's backward pass; weight gradient of the output layer |
//: | `log_sums` | log-sum-exp of each row of scores | nobody | stays | attention's backward pass, to make the weights again |
//: | `middle` | the stream between the halves | second norm; second sum | the norm's backward pass reads it, then it becomes its own gradient | inputs' gradient and weight gradient of attention's output layer; the sum of the first half |
//: | `feed_forward_normed` | the normed stream | the layer that expands | stays | weight gradient of that layer |
//: | `expanded` | the answers | the non-linearity | the slopes are read from it, then it becomes its own gradient | inputs' gradient and weight gradient of the layer that expands |
//: | `activated` | the answers after the non-linearity | the layer that contracts | stays | weight gradient of that layer |
//:
//: Four buffers are inputs of linear layers, and stay. Four become gradients: three are outputs of
//: linear layers, `projected`, `middle` and `expanded` (the sum with the stream adds nothing to a
//: gradient), and `input` is in the same way the output of the last layer of the block before. When
//: the way back is over, the two kinds lie there in pairs, and each pair makes the gradient of one
//: weight. The gradients of the other four are needed for a moment only, and share a workspace.
//:
//: That is also what training costs in memory: $8d + h + 2m$ numbers a token in each block where keys
//: and values have as many heads as queries, for GPT-2 $6144 + 12 + 6144 = 12{,}300$, or 49 KB, and
//: 590 KB in its 12 blocks. A sequence of 1,024 tokens takes 605 MB, more than all the weights.
//:
//: ## A fresh model
//:
//: A new model needs random weights, and their size matters: section 4.2 showed how the stream grows
//: with depth. We draw everything with a deviation of 0.02, and the two matrices of each block that
//: write to the stream with $0.02/\sqrt{2N}$, because the stream is written to $2N$ times. That is
//: the rule of GPT-2's paper, which scales the weights of residual layers by one over the root of
//: their number {cite}`radford2019language`. (The code that was published with GPT-2's weights has
//: no such factor, and draws its table of positions with 0.01.)
//:
//: ```{listing} llm::initialize
//: ```
//: ```{listing} llm::draw
//: :folded:
//: ```
//:
//: Let us send a sentence through such a model and watch the stream. Rows come in at the size of
//: the embeddings, $0.02\sqrt 2$ (token plus position), and each block adds a little, most of it in
//: its second half:

void a_sentence_goes_through() {
  const std::string sentence = "the cat sat on the mat";
  const CharacterTokenizer tokenizer = character_tokenizer(sentence);
  const GptConfig config{.vocabulary = tokenizer.size(),
                         .context = 32,
                         .width = 64,
                         .heads = 4,
                         .key_value_heads = 4,
                         .layers = 3,
                         .hidden = 256};
  const OwnedGpt gpt = initialized_gpt(config, 1);
  const std::vector<Token> tokens = tokenizer.encode(sentence);
  const auto length = static_cast<Index>(tokens.size());
  BlockActivations activations(config, length);
  BlockWorkspace workspace{AttentionWorkspace(length)};
  embed_tokens(gpt, tokens, 0, activations.input);
  print("{} tokens as rows of {}: size {:.3f}", length, config.width,
        root_mean_square(activations.input));
  for (const BlockParameters& block : gpt.parameters.blocks) {
    attention_forward(gpt, block, {0, length, length}, activations, workspace);
    feed_forward_forward(gpt, block, {0, length, length}, activations, activations.input,
                         workspace);
    print("after a block: attention {:.3f}   feed-forward {:.3f}",
          root_mean_square(activations.middle), root_mean_square(activations.input));
  }
  const Matrix logits = forward(gpt, tokens);
  Vector own(length);
  for (Index t = 0; t < length; ++t) own(t) = logits(t, tokens[static_cast<std::size_t>(t)]);
  const Real others = std::sqrt((logits.squaredNorm() - own.squaredNorm()) /
                                static_cast<Real>(logits.size() - length));
  print("logits: {} rows of {}, a row's own token {:.2f} on average, the others of size {:.2f}",
        logits.rows(), logits.cols(), own.mean(), others);
}
//: ```{output}
//: ```
//:
//: Most logits are near 0. The last norm gives a row the length $\sqrt{64} = 8$, and its dot product
//: with an embedding of deviation 0.02 that has nothing to do with it is of size $8 \cdot 0.02 =
//: 0.16$. One logit in each row is larger: the output is tied, so the row still points along the
//: embedding of its own token. Otherwise the untrained model holds all characters for equally likely.
//: Section 5.3 will insist on that.
//:
//: ## Without it
//:
//: Which of the parts matter? We train a small GPT on the Jargon File for a few seconds (how, is
//: the next section's matter), and then silence one part at a time, by setting the matrix through
//: which it writes to the stream to zero. Nothing is trained again; we only ask how much the
//: silence costs, in the loss on text that it was not trained on (the *validation* loss). The more
//: a model relies on a part, the more it hurts. (`silenced` takes a `MatrixMap` by value: the copy is
//: another view of the same numbers, so what it sets to zero is the model's own matrix.)

TrainingSettings ablation_settings() {
  TrainingSettings settings;
  settings.model = {
      .context = 64, .width = 64, .heads = 4, .key_value_heads = 4, .layers = 3, .hidden = 256};
  settings.schedule = {.peak = 4e-3, .final = 4e-4, .warm_up = 50, .steps = 500};
  return settings;
}

void silence_the_parts() {
  TrainingSettings settings = ablation_settings();
  const TrainingText text = training_text(read_corpus(), settings.model.context);
  settings.model.vocabulary = text.tokenizer->size();
  ThreadTeam team(2);
  Trainer trainer(settings, text.split, team);
  while (trainer.optimizer.steps() < settings.schedule.steps) trainer.step();
  const double whole = trainer.validation_loss(20);
  std::vector<std::string> names;
  std::vector<double> costs;
  print("the whole model   loss {:.2f}", whole);
  const auto silenced = [&](const std::string& name, MatrixMap weight) {
    const Matrix kept = weight;
    weight.setZero();
    const double loss = trainer.validation_loss(20);
    weight = kept;
    print("without {:24} loss {:.2f}", name, loss);
    names.push_back(name);
    costs.push_back(loss - whole);
  };
  for (std::size_t i = 0; i < 3; ++i) {
    BlockParameters& block = trainer.gpt.parameters.blocks[i];
    silenced(fmt::format("attention of block {}", i + 1), block.attention_output.weight);
    silenced(fmt::format("feed-forward of block {}", i + 1), block.contract.weight);
  }
  silenced("positions", trainer.gpt.parameters.position_embedding);
  record_data("block_silence", "names", names);
  record_data("block_silence", "costs", costs);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} block_silence
//: :alt: Horizontal bars: the rise of the loss when each part of a small trained model is silenced.
//:   The feed-forward layer of the first block stands far above all others.
//: What the silence of each part costs, in nats a character.
//: ```
//:
//: A rise of 0.69 nats means that the right character gets half the probability it got before. The
//: feed-forward layer of block 1 is worth more than two such halvings: it is the part that turns a
//: bare character into a guess at the next one, and everything after it was trained to read what it
//: writes. The attention of block 1 and the positions, by which it finds the neighbors, come next.
//: The last two blocks have hardly found work yet. This model is 500 steps old; exercise 5.2d asks
//: you to look again when it is older.
//:
//: ## Where the time goes
//:
//: A product of an $(n, k)$ and a $(k, m)$ matrix takes $2nkm$ operations. So each weight of a
//: linear layer costs two operations for each row that passes, a multiplication and an addition,
//: whatever its place. Per token and block that makes $2 \cdot 12 d^2$; the output layer adds
//: $2 V d$. Attention adds what grows with the length: a query meets $T/2$ keys on average (half of
//: them are masked), and each meeting costs $2d$ for the score and $2d$ for the mixing over all
//: heads, so $2 T d$ a block. Compare $24 d^2$ with $2 T d$: within the blocks the two are equal at
//: $T = 12 d$, for GPT-2 9,216 tokens. With the output layer's $2Vd$, attention is half of
//: everything where $N \cdot 2Td = N \cdot 24 d^2 + 2Vd$, a little later: at $T = 12 d + V/N$, which
//: is 13,404 tokens.

void where_the_time_goes() {
  const double d = 768, layers = 12, vocabulary = 50257;
  std::vector<double> lengths, attention_share;
  for (double length = 64; length <= 65536; length *= 2) {
    const double weights = layers * 24 * d * d, output = 2 * vocabulary * d;
    const double meetings = layers * 2 * length * d;
    lengths.push_back(length);
    attention_share.push_back(100 * meetings / (weights + output + meetings));
    if (length == 64 || length == 1024 || length == 8192 || length == 65536) {
      print("T = {:5}   GFLOP a token {:6.3f}   in the meetings of attention {:4.1f} %", length,
            (weights + output + meetings) * 1e-9, attention_share.back());
    }
  }
  record_data("block_time", "lengths", lengths);
  record_data("block_time", "share", attention_share);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} block_time
//: :alt: Share of operations spent in attention's scores and mixing against context length, an
//:   S-shaped curve on a logarithmic axis that reaches half at about 13,000 tokens.
//: The part of the work that grows with the square of the text, for GPT-2's shape. At the 1,024
//: tokens of its own context it is small; it takes over in the ten thousands.
//: ```
//:
//: Prediction against measurement, for a model of 384 features and 6 blocks on 256 tokens, on one
//: thread:

void predicted_and_measured() {
  const GptConfig config{.vocabulary = 65,
                         .context = 256,
                         .width = 384,
                         .heads = 6,
                         .key_value_heads = 6,
                         .layers = 6,
                         .hidden = 1536};
  const OwnedGpt gpt = initialized_gpt(config, 1);
  const std::vector<Token> tokens(256, 7);
  const double d = 384, operations = 256 * (6 * (24 * d * d + 2 * 256 * d) + 2 * 65 * d);
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    forward(gpt, tokens);
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    best = std::min(best, time.count());
  }
  print("predicted {:.2f} GFLOP", operations * 1e-9);
  print_timing("measured {:.0f} ms, so {:.0f} GFLOP/s", 1e3 * best, operations / best * 1e-9);
}
//: ```{output}
//: ```
//:
//: The rate is below what the matrix product alone reaches in section 1.2, since norms, softmax and
//: GELU take time and do little arithmetic; but it is the products that set the pace, and the formula
//: is a good guide to what a model will cost before it exists. Training takes three times as much a
//: token: the backward pass multiplies twice where the forward pass multiplies once.
//:
//: ## Dropout, and its absence
//:
//: Diagrams of the Transformer often show one more part. {term}`Dropout` {cite}`srivastava2014dropout`
//: sets each number of a layer's output to zero with probability $p$ while the model trains, and
//: divides the others by $1 - p$, so that the expected value stays what it was; when the model is used
//: it does nothing. A model that may lose any number at any time cannot hang everything on one of
//: them. By experiment, with $p = 0.2$:

void dropout() {
  Generator generator(8);
  const Index count = 10000;
  Vector values = Vector::Ones(count);
  for (Real& value : values) value *= uniform(generator) < 0.2 ? Real(0) : 1 / Real(0.8);
  print("mean {:.2f}   deviation {:.2f}   zeros {:.0f} %", values.mean(),
        std::sqrt((values.array() - values.mean()).square().mean()),
        100.0 * static_cast<double>((values.array() == 0).count()) / static_cast<double>(count));
}
//: ```{output}
//: ```
//:
//: The mean is kept, and noise is added: a deviation of $\sqrt{p/(1-p)} = 0.5$ for every 1. Noise
//: is a price worth paying when a model sees the same text again and again and begins to learn it
//: by heart. A large model on a large corpus sees each text about once; there is nothing to learn
//: by heart, and the noise only slows it. GPT used dropout of 0.1 {cite}`radford2018improving`;
//: PaLM trained without {cite}`chowdhery2023palm`, and so did Llama {cite}`touvron2023llama`. Ours
//: has none either, and section 5.3 shows when one would want it.
//:
//: ## In the wild
//:
//: | model | positions | norm | feed-forward | heads / key-value heads | tied |
//: | --- | --- | --- | --- | --- | --- |
//: | GPT-2 {cite}`radford2019language` | learned | layer | GELU | 12 / 12 | yes |
//: | Llama 2 7B {cite}`touvron2023llama` | rotary | RMS | SwiGLU | 32 / 32 | no |
//: | Llama 3 8B {cite}`grattafiori2024llama` | rotary | RMS | SwiGLU | 32 / 8 | no |
//: | Gemma 2 2B {cite}`gemma2024gemma` | rotary | RMS | GELU gate | 8 / 4 | yes |
//:
//: Each of the first three rows is a `GptConfig` of ours. Weights that others have trained would
//: fit into it.
//:
//: ## Exercises
//:
//: ````{exercise} 5.2a
//: :title: How wide, how deep?
//: :kind: paper
//:
//: You may spend about 10 million parameters on a character model with $V = 96$, $T = 256$, $m = 4d$
//: and tied output. Name a width and a depth that come within 5 percent, once with few blocks and once
//: with many.
//:
//: ```{hint}
//: For a small vocabulary nearly everything is in the $12 N d^2$.
//: ```
//: ```{hint}
//: $N d^2 \approx 833{,}000$. Choose $N$ and take the root, then round $d$ to a multiple of 64.
//: ```
//: ```{solution}
//: Few: $N = 4$ gives $d \approx 456$; with $d = 448$ the blocks have
//: $4(12\cdot 448^2 + 13 \cdot 448) = 9{,}657{,}088$, the tables and the last norm $158{,}592$:
//: 9.82 million. Many: $N = 22$ gives $d \approx 195$; with $d = 192$ it is
//: $9{,}787{,}008 + 67{,}968$, or 9.85 million.
//: ```
//: ````
//:
//: ````{exercise} 5.2b
//: :title: Count the parameters
//: :kind: code
//: :function: count_parameters
//:
//: Write `count_parameters(vocabulary, context, width, layers, hidden, tied)` for a GPT with learned
//: positions, layer norms, biases and as many key and value heads as query heads. No loop over
//: matrices: a formula.
//:
//: ```{hint}
//: With a hidden width $m$ that need not be $4d$, the feed-forward layer has $2dm + m + d$.
//: ```
//: ```{hint}
//: The attention has $4d^2 + 4d$, the two norms of a block $4d$, the last norm $2d$. An untied output
//: has $Vd$ and no bias.
//: ```
//: ```{solution}
//: $Vd + Td + N(4d^2 + 4d + 2dm + m + d + 4d) + 2d$, and $Vd$ more when the output is not tied.
//: ```
//: ````
//:
//: ````{exercise} 5.2c
//: :title: A pre-norm block
//: :kind: code
//: :function: pre_norm_block
//:
//: Write `pre_norm_block(stream, norm, attention, feed_forward)`, where the last three are functions
//: from a matrix to a matrix of the same shape. It returns the stream after one block.
//:
//: ```{hint}
//: The feed-forward layer reads the stream *after* attention has added to it.
//: ```
//: ```{hint}
//: Two lines: each adds a function of the normed stream to the stream.
//: ```
//: ```{solution}
//: The two assignments of the section, in order.
//: ```
//: ````
//:
//: ````{exercise} 5.2d
//: :title: The parts of an older model
//: :kind: experiment
//:
//: In `ablation_settings`, raise the steps from 500 to 5,000 (a minute or two), and run section 5.2
//: again. Which parts matter more than before? Then silence *all* attention at once, by a loop over
//: the blocks. What can the model still do?
//:
//: ```{hint}
//: Compare the rises, not the losses: the whole model is better as well.
//: ```
//: ```{hint}
//: A character model without attention sees one character. What is the best it can do with that?
//: ```
//: ```{solution}
//: After 5,000 steps the whole model stands at 1.68 nats. How the loss rises when a part is silent
//: (from the losses before rounding):
//:
//: | | block 1 | block 2 | block 3 |
//: | --- | --- | --- | --- |
//: | attention, after 500 steps | 0.22 | 0.01 | 0.02 |
//: | attention, after 5,000 | 1.82 | 0.03 | 0.07 |
//: | feed-forward, after 500 steps | 1.61 | 0.02 | 0.01 |
//: | feed-forward, after 5,000 | 3.65 | 0.31 | 0.23 |
//:
//: Silent positions cost 1.73 in place of 0.17. The feed-forward layers of the later blocks have found
//: work; attention still does nearly all of its own in block 1, but that is worth eight times what it
//: was. With all attention silent the loss is 3.49. A model that sees one character could get to the
//: 2.61 of a table of pairs (section 5.3). This one was not trained to, and does worse than one who
//: knows only how often each character occurs (3.26).
//: ```
//: ````

}  // namespace

void block() {
  block_by_hand();
  where_the_parameters_are();
  larger_models();
  a_sentence_goes_through();
  silence_the_parts();
  where_the_time_goes();
  predicted_and_measured();
  dropout();
}
