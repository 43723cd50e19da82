//: # Summary: a model that learns
//:
//: Everything of this chapter in one program: a network of two residual blocks that reads
//: characters under the blindfold, whose backward pass is written out, checked for leaks and
//: against finite differences, trained, and asked to write. There is nothing on this page that the
//: chapter has not explained, and little that can be left out. To keep it short, a character is its
//: byte, so the alphabet has 256 letters and most of them never occur.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "common/attention/masks.hpp"
#include "common/attention/multi_head.hpp"
#include "common/foundations/activations.hpp"
#include "common/foundations/corpus.hpp"
#include "common/foundations/gradient_check.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/positions.hpp"
#include "common/sequence/softmax.hpp"
#include "common/training/causality.hpp"
#include "common/training/descent.hpp"
#include "common/training/embedding.hpp"
#include "common/training/initialization.hpp"
#include "common/training/residual.hpp"
#include "common/training/surprise.hpp"

using namespace llm;

namespace {

constexpr Index alphabet = 256, width = 64, hidden_width = 128, length = 32, blocks = 2;
const HeadLayout layout = divide_heads(width, 4);

struct Linear {
  Matrix weights;  // (d_out, d_in)
  Vector bias;     // (d_out)
};

struct Block {
  MultiHeadParameters attention;
  Linear expand, contract;  // (hidden, d), (d, hidden)
};

struct Model {
  Matrix characters, positions;  // (256, d), (T, d)
  std::vector<Block> blocks;
  Linear output;  // (256, d)

  std::vector<std::span<Real>> arrays();
};

std::vector<std::span<Real>> Model::arrays() {
  std::vector<std::span<Real>> all = {span_of(characters), span_of(positions),
                                      span_of(output.weights), span_of(output.bias)};
  for (Block& block : blocks) {
    for (const std::span<Real> array : block.attention.arrays()) all.push_back(array);
    for (Linear* layer : {&block.expand, &block.contract}) {
      all.push_back(span_of(layer->weights));
      all.push_back(span_of(layer->bias));
    }
  }
  return all;
}

//: The layers that write to the stream, four of them, are drawn with a deviation scaled by the
//: depth:

Linear random_linear(Index in, Index out, Real deviation, Generator& generator) {
  return {random_normal(out, in, generator, deviation), Vector::Zero(out)};
}

Model random_model(Generator& generator) {
  const Real even = 1 / std::sqrt(Real(width));
  Model model{random_normal(alphabet, width, generator, Real(0.5)),
              random_normal(length, width, generator, Real(0.5)),
              {},
              random_linear(width, alphabet, even / 2, generator)};
  for (Index i = 0; i < blocks; ++i) {
    Block block{random_multi_head(layout, generator),
                random_linear(width, hidden_width, even, generator),
                random_linear(hidden_width, width,
                              residual_deviation(1 / std::sqrt(Real(hidden_width)), 2 * blocks),
                              generator)};
    block.attention.output_weights *= residual_deviation(1, 2 * blocks);
    model.blocks.push_back(std::move(block));
  }
  return model;
}

Model zero_like(const Model& model) {
  Model zeros = model;
  for (const std::span<Real> array : zeros.arrays()) std::fill(array.begin(), array.end(), 0);
  return zeros;
}

//: Forward, with what the way back will ask for:

struct Kept {
  Matrix before_attention, before_linear, hidden;  // the stream, twice, and before the ReLU
  MultiHead attention;
};

struct Pass {
  std::vector<Kept> blocks;
  Matrix stream, probabilities;
};

Pass forward(const Model& model, std::span<const int> tokens) {
  Pass pass;
  Matrix& stream = pass.stream = embed(tokens, model.characters);
  add_positions(stream, model.positions);
  const Matrix mask = causal_mask(stream.rows());
  for (const Block& block : model.blocks) {
    Kept& kept = pass.blocks.emplace_back();
    kept.before_attention = stream;
    kept.attention = multi_head_attention(stream, mask, layout, block.attention);
    residual_forward(stream, kept.attention.outputs, stream);
    kept.before_linear = stream;
    kept.hidden = linear(stream, block.expand.weights, block.expand.bias);
    residual_forward(stream, linear(relu(kept.hidden), block.contract.weights, block.contract.bias),
                     stream);
  }
  pass.probabilities = softmax_rows(linear(stream, model.output.weights, model.output.bias));
  return pass;
}

//: Backward, the same lines from the last to the first:

Matrix through_linear(const Matrix& gradient, const Matrix& inputs, const Linear& layer,
                      Linear& gradients) {
  Matrix input_gradient(inputs.rows(), inputs.cols());
  linear_backward(gradient, inputs, layer.weights, input_gradient, gradients.weights,
                  gradients.bias);
  return input_gradient;
}

void backward(const Model& model, std::span<const int> tokens, const Pass& pass,
              std::span<const int> targets, Model& gradients) {
  const Matrix scores = softmax_rows_backward(
      next_token_surprise_backward(pass.probabilities, targets), pass.probabilities);
  Matrix stream = through_linear(scores, pass.stream, model.output, gradients.output);
  for (std::size_t i = model.blocks.size(); i-- > 0;) {
    const Block& block = model.blocks[i];
    const Kept& kept = pass.blocks[i];
    Block& changes = gradients.blocks[i];
    Matrix hidden = through_linear(stream, relu(kept.hidden), block.contract, changes.contract);
    relu_backward(hidden, kept.hidden, hidden);
    residual_backward(
        stream, through_linear(hidden, kept.before_linear, block.expand, changes.expand), stream);
    residual_backward(stream,
                      multi_head_attention_backward(stream, kept.before_attention, kept.attention,
                                                    layout, block.attention, changes.attention),
                      stream);
  }
  embedding_backward(stream, tokens, gradients.characters);
  add_positions_backward(stream, gradients.positions);
}

//: Before any training, the two tests: does it look ahead, and is the gradient the derivative? The
//: second moves a few numbers of each array, in `float`, and asks for agreement to one percent of
//: the largest derivative among them. That finds a forgotten factor or term. It does not find a few
//: percent in an array of small derivatives; for that there are the tests in double precision.

void check(Model model, std::span<const int> tokens, std::span<const int> targets) {
  const auto probabilities = [&](std::span<const int> read) {
    return forward(model, read).probabilities;
  };
  print("leak from the future   {}", future_leak(probabilities, tokens.first(6), 128));
  const auto loss = [&] {
    return next_token_surprise(forward(model, tokens).probabilities, targets);
  };
  Model gradients = zero_like(model);
  backward(model, tokens, forward(model, tokens), targets, gradients);
  const auto parameters = model.arrays(), slopes = gradients.arrays();
  std::size_t count = 0;
  for (const std::span<Real> array : parameters) count += array.size();
  record("parameters", "{}", count);
  std::vector<Real> derivatives;
  std::vector<double> differences;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::size_t first = i == 0 ? static_cast<std::size_t>(tokens[0] * width) : 0;
    for (const double difference :
         finite_differences(loss, parameters[i].subspan(first, 4), 1e-2)) {
      differences.push_back(difference);
    }
    for (const Real slope : slopes[i].subspan(first, 4)) derivatives.push_back(slope);
  }
  print("derivatives checked    {} in {} arrays", differences.size(), parameters.size());
  print("within 1 % of largest  {}", gradient_error(derivatives, differences) < 0.01);
}

//: ```{output}
//: ```
//:
//: Then the loop:

void train(Model& model, const std::vector<int>& text) {
  Generator generator(1);
  Model velocities = zero_like(model);
  constexpr int steps = 3000, batch = 16;
  std::vector<double> surprises;
  for (int step = 1; step <= steps; ++step) {
    Model gradients = zero_like(model);
    double surprise = 0;
    for (int i = 0; i < batch; ++i) {
      const std::size_t place = static_cast<std::size_t>(
          uniform_index(static_cast<Index>(text.size()) - length, generator));
      const std::span<const int> tokens = std::span(text).subspan(place, length),
                                 targets = std::span(text).subspan(place + 1, length);
      const Pass pass = forward(model, tokens);
      surprise += next_token_surprise(pass.probabilities, targets) / batch;
      backward(model, tokens, pass, targets, gradients);
    }
    const auto parameters = model.arrays(), momenta = velocities.arrays(),
               slopes = gradients.arrays();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      momentum_step(parameters[i], momenta[i], slopes[i], Real(0.1) / batch, Real(0.9));
    }
    surprises.push_back(surprise);
    if (step % 500 == 0) {
      print("steps {:4} to {:4}   surprise {:.3f}", step - 499, step,
            std::accumulate(surprises.end() - 500, surprises.end(), 0.0) / 500);
    }
  }
  record_data("training_summary", "surprise", surprises);
}

//: ```{output}
//: ```
//:
//: ```{figure-from} training_summary
//: :alt: A curve of the surprise over 3000 steps. It starts near the dotted line at the logarithm of
//:   256, falls steeply within the first hundred steps, and goes on falling ever more slowly; a gray
//:   band of single batches lies around it.
//:
//: The surprise of each batch (gray) and its mean over 50 steps. A fresh model is about as surprised as
//: one that finds all 256 bytes alike (dotted). That most bytes never occur it learns at once; the
//: rest, which characters follow which, takes the other steps.
//: ```
//:
//: The model of section 4.1 had one layer of attention and no highway. This one has two blocks that
//: add, twice the parameters and half as many steps again, and it is graded on the text that it
//: trains on, so the two are no fair race. The surprise is lower, and the text is closer to words:

int draw(const MatrixRef& probabilities, Generator& generator) {
  Real left = static_cast<Real>(uniform(generator));
  int token = 0;
  while (token + 1 < probabilities.cols() && left >= probabilities(0, token)) {
    left -= probabilities(0, token++);
  }
  return token;
}

void write(const Model& model, std::size_t characters) {
  Generator generator(11);
  std::vector<int> written = {'\n'};
  std::string line;
  while (line.size() < characters) {
    const std::size_t seen = std::min(written.size(), static_cast<std::size_t>(length));
    const Pass pass = forward(model, std::span(written).last(seen));
    written.push_back(draw(pass.probabilities.bottomRows(1), generator));
    const bool printable = written.back() >= ' ' && written.back() <= '~';
    line += printable ? static_cast<char>(written.back()) : ' ';
  }
  for (std::size_t i = 0; i < line.size(); i += 80) print("  {}", line.substr(i, 80));
}
//: ```{output}
//: ```
//:
//: Read it aloud and you hear English without hearing a sentence. Words of about the right length,
//: the usual endings, here and there a real word: this is what one gets from 32 characters of
//: memory, {value}`parameters` parameters and some seconds. Three things separate it from a GPT,
//: and chapter 5 adds them: norms, which let many blocks train at a higher rate; an optimizer that
//: knows better than one rate for all; and a hundred times the work, done fast.
//:
//: ## Formulas and shapes
//:
//: The chapter on one page. $G_Y$ is the gradient of the loss with respect to $Y$, and has its shape.
//:
//: | what | formula | shapes | in the library | section |
//: | --- | --- | --- | --- | --- |
//: | embedding | row $t$ of $X$ is row $\text{token}_t$ of $E$ | $E$: $(V, d)$; $X$: $(T, d)$ | {cpp:func}`~llm::embedding_forward`, {cpp:func}`~llm::embedding_backward` | {doc}`4.1 <1_causal_masking>` |
//: | surprise | $L = -\frac1T \sum_t \ln p_t$ | probabilities $(T, V)$; $L$ a number | {cpp:func}`~llm::next_token_surprise` | {doc}`4.1 <1_causal_masking>` |
//: | momentum | $u \leftarrow \beta u + G_\theta$, $\theta \leftarrow \theta - \eta u$ | velocity $u$ as the parameters $\theta$ | {cpp:func}`~llm::momentum_step` | {doc}`4.1 <1_causal_masking>` |
//: | residual layer | $x_{l+1} = x_l + f_l(x_l)$ | $(T, d)$ | {cpp:func}`~llm::residual_forward` | {doc}`4.2 <2_residual_connections>` |
//: | its way back | $G_l = G_{l+1} +$ what $f_l$ hands back for $G_{l+1}$ | $(T, d)$ | {cpp:func}`~llm::residual_backward` | {doc}`4.2 <2_residual_connections>` |
//: | start of what writes to the stream | deviation divided by $\sqrt{\text{number of additions}}$ | a number | {cpp:func}`~llm::residual_deviation` | {doc}`4.2 <2_residual_connections>` |
//: | linear layer back | $G_X = G_Y W$, $G_W = G_Y^\top X$, $G_b = $ sum of the rows of $G_Y$ | $G_Y$: $(T, d_{out})$; $W$: $(d_{out}, d_{in})$ | {cpp:func}`~llm::linear_backward` | {doc}`4.3 <3_backpropagation>` |
//: | softmax back | $(G_s)_j = w_j\,(g_j - \sum_i w_i g_i)$ | one row of $T_k$ | {cpp:func}`~llm::softmax_rows_backward` | {doc}`4.3 <3_backpropagation>` |
//: | attention back | $G_V = A^\top G_Z$, $G_A = G_Z V^\top$, $G_Q = G_S K/\sqrt d$, $G_K = G_S^\top Q/\sqrt d$ | each as what it is the gradient of | {cpp:func}`~llm::scaled_dot_product_attention_backward` | {doc}`4.3 <3_backpropagation>` |
//: | finite difference | $\dfrac{L(\theta + h) - L(\theta - h)}{2h}$, off by $\frac{h^2}{6} L^{\prime\prime\prime}$ | a number a parameter | {cpp:func}`~llm::finite_differences` | {doc}`4.3 <3_backpropagation>` |

}  // namespace

void summary() {
  const std::string corpus = read_corpus();
  const std::vector<int> text(
      reinterpret_cast<const unsigned char*>(corpus.data()),
      reinterpret_cast<const unsigned char*>(corpus.data()) + corpus.size());
  Generator generator(5);
  Model model = random_model(generator);
  check(model, std::span(text).subspan(1000, length), std::span(text).subspan(1001, length));
  train(model, text);
  write(model, 400);
}
