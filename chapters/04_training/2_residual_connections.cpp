//: # Residual connections
//:
//: Section 1.4 found functions that a deep network draws with far fewer units than a shallow one.
//: So let us go deep: 64 layers of the kind that chapter 1 built, with random weights, as they are
//: before training. We send a signal in at one end and see what comes out at the other. Then we
//: send a gradient in at the other end, as training would, and see what reaches the first layer.
//:
//: Before you read on, guess: how large is the number that tells the first layer what to do?

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numeric>
#include <string>
#include <vector>

#include "common/foundations/activations.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "common/harness/recorder.hpp"
#include "common/training/descent.hpp"
#include "common/training/initialization.hpp"
#include "common/training/residual.hpp"
#include "common/training/statistics.hpp"

using namespace llm;

namespace {

//: ## A product of 64 factors
//:
//: Make it as small as can be. The signal is one number, and each layer multiplies it by $a$. After
//: $N$ layers it is $a^N$ times what it was. The derivative of the output with respect to the input
//: is $a^N$ as well, since the derivative of a chain is the product of the derivatives of its
//: links. Now change one thing: each layer *adds* its result to its input instead of replacing it,
//: so that a link is $x + ax$ and its factor is $1 + a$. And as a third try let each layer add a
//: little less, $x + \frac{a}{N}x$:

void one_number_through_64_layers() {
  print("a      replaced   added      added, divided by 64");
  for (const double a : {0.7, 1.0, 1.3, -0.7}) {
    print("{:4}   {:8.1e}   {:8.1e}   {:8.2f}", a, std::pow(a, 64), std::pow(1 + a, 64),
          std::pow(1 + a / 64, 64));
  }
}
//: ```{output}
//: ```
//:
//: A product of many factors goes to nothing or to infinity unless every factor is nearly 1, and
//: $1 + \frac aN$ is nearly 1 whatever $a$ is. (You may know the limit: $(1 + \frac aN)^N$ tends to
//: $e^a$.) The addition alone does not make the last column; it makes it *easy*, because a layer
//: that does little now passes on what it received, where before it passed on little.
//:
//: That is the whole idea of a {term}`residual connection` {cite}`he2016deep`. For a layer $f$ that
//: maps rows of $d$ features to rows of $d$ features,
//:
//: $$x_{l+1} = x_l + f_l(x_l),$$
//:
//: where $x_l$ is $(T, d)$, what enters layer $l$. In words: the layer writes a correction, and
//: what it has nothing to say about goes through unchanged. In code it is one line and two checks.
//: The sum may be written over the stream, which is what we will do:
//:
//: ```{listing} llm::residual_forward
//: ```
//:
//: Going back, the derivative of a sum with respect to each of its parts is 1. Write $G_l$, $(T, d)$,
//: for the gradient of the loss with respect to $x_l$. The gradient $G_{l+1}$ of what leaves the layer
//: reaches both parts whole: the update $f_l(x_l)$, and from there through the layer's own backward
//: pass its input, and $x_l$ directly. Since $x_l$ was used twice, what the two ways bring is added:
//:
//: $$G_l = G_{l+1} + \text{backward}_{f_l}(G_{l+1}).$$
//:
//: It is the forward formula with the arrow turned round, and the code is as short:
//:
//: ```{listing} llm::residual_backward
//: ```
//:
//: Unroll the first formula over all layers, and then the second:
//:
//: $$x_N = x_0 + \sum_{l<N} f_l(x_l), \qquad
//: G_0 = G_N + \sum_{l<N} \text{backward}_{f_l}(G_{l+1}).$$
//:
//: Both begin with a term that has passed through no layer at all. Whatever the layers do, the
//: input is in the output, and the gradient of the output is in the gradient of the input. Hence
//: the picture of a highway: there is a way from each layer to the loss on which nothing
//: multiplies.
//:
//: ## Sixty-four real layers
//:
//: Now with vectors. Our layer is the one of section 1.4 without its biases: it reads its input
//: with a matrix $A$, takes the ReLU, and writes with a matrix $B$, both $(d, d)$ and, like all
//: weights, a question a row,
//:
//: $$f(x) = \operatorname{relu}(x A^\top)\, B^\top .$$
//:
//: What should we expect? Measure a matrix by the root of the mean square of its entries, the
//: typical size of one number in it:
//:
//: ```{listing} llm::root_mean_square
//: ```
//:
//: If the entries of $A$ have deviation $1/\sqrt d$, each number in $x A^\top$ is a sum of $d$
//: products, each of variance $\frac1d$ times the mean square of $x$: the product with $A$ keeps
//: the size. So does the one with $B$. The ReLU between them sets half of the numbers to 0 and
//: keeps the others, so it halves the mean square. One layer multiplies the mean square by
//: $\frac12$, the size by $\sqrt{1/2}$, and 64 layers multiply the size by $2^{-32} = 2.3 \cdot
//: 10^{-10}$. There is your guess, or nearly.
//:
//: Added to its input, a layer adds a mean square of $\frac12$ to one of 1, and a random update has
//: no reason to point along its input, so the squares add: a factor of $\frac32$ for the mean
//: square, and $1.5^{32} = 4.3 \cdot 10^5$ for the size after 64. The highway alone has turned a
//: vanishing signal into an exploding one. It needs a speed limit, and two are in use. One makes
//: the updates small to begin with, the division by $N$ above; it will need $\sqrt N$, as squares
//: add. The other is a *norm*: divide each row by its own size, so that it has size 1. That is most
//: of what section 5.1 calls RMSNorm. Section 5.1 derives the backward pass of its near relative,
//: and exercise 5.1c that of this one; here we borrow both.

Matrix unit_rows(const MatrixRef& rows) {
  Matrix result = rows;
  for (Index t = 0; t < rows.rows(); ++t) result.row(t) /= root_mean_square(rows.row(t));
  return result;
}

Matrix unit_rows_backward(const MatrixRef& output_gradient, const MatrixRef& rows) {
  Matrix gradient = output_gradient;
  for (Index t = 0; t < rows.rows(); ++t) {
    const Real size = root_mean_square(rows.row(t));
    const Vector unit = rows.row(t) / size;
    const Real along = unit.dot(output_gradient.row(t)) / static_cast<Real>(unit.size());
    gradient.row(t) = (output_gradient.row(t) - along * unit) / size;
  }
  return gradient;
}

//: A norm can stand in two places. *After* the addition, $x_{l+1} = \text{norm}(x_l + f(x_l))$,
//: where the Transformer of 2017 had it; or *before* the layer,
//: $x_{l+1} = x_l + f(\text{norm}(x_l))$, where it touches only what the layer reads and leaves the
//: highway free. That makes four ways to wire the same layers:

enum class Wiring { plain, residual, norm_before, norm_after };

struct Layer {
  Matrix inward;   // A (d, d), reads
  Matrix outward;  // B (d, d), writes
};

struct Kept {     // of the forward pass, for the way back
  Matrix stream;  // (T, d) what entered
  Matrix read;    // (T, d) what the layer read: the stream, or its norm
  Matrix hidden;  // (T, d) before the ReLU
  Matrix sum;     // (T, d) before the norm that comes after
};

Matrix forward(const std::vector<Layer>& layers, Wiring wiring, Matrix stream,
               std::vector<Kept>& kept) {
  kept.assign(layers.size(), {});
  for (std::size_t l = 0; l < layers.size(); ++l) {
    kept[l].stream = stream;
    kept[l].read = wiring == Wiring::norm_before ? unit_rows(stream) : stream;
    kept[l].hidden = kept[l].read * layers[l].inward.transpose();
    const Matrix update = relu(kept[l].hidden) * layers[l].outward.transpose();
    if (wiring == Wiring::plain) {
      stream = update;
    } else {
      residual_forward(stream, update, stream);
    }
    kept[l].sum = stream;
    if (wiring == Wiring::norm_after) stream = unit_rows(stream);
  }
  return stream;
}

//: The backward pass takes the layers from the last to the first. It returns the gradient at each
//: layer's input, and adds up the gradients of the weights for when we train:

std::vector<Matrix> backward(const std::vector<Layer>& layers, Wiring wiring, Matrix gradient,
                             const std::vector<Kept>& kept, std::vector<Layer>& weight_gradients) {
  std::vector<Matrix> at_input(layers.size());
  for (std::size_t l = layers.size(); l-- > 0;) {
    if (wiring == Wiring::norm_after) gradient = unit_rows_backward(gradient, kept[l].sum);
    weight_gradients[l].outward += gradient.transpose() * relu(kept[l].hidden);
    Matrix hidden = gradient * layers[l].outward;
    relu_backward(hidden, kept[l].hidden, hidden);
    weight_gradients[l].inward += hidden.transpose() * kept[l].read;
    Matrix branch = hidden * layers[l].inward;
    if (wiring == Wiring::norm_before) branch = unit_rows_backward(branch, kept[l].stream);
    if (wiring == Wiring::plain) {
      gradient = branch;
    } else {
      residual_backward(gradient, branch, gradient);
    }
    at_input[l] = gradient;
  }
  return at_input;
}

std::vector<Layer> random_layers(int count, Index width, Real inward, Real outward,
                                 Generator& generator) {
  std::vector<Layer> layers;
  for (int l = 0; l < count; ++l) {
    Matrix read = random_normal(width, width, generator, inward);
    layers.push_back({std::move(read), random_normal(width, width, generator, outward)});
  }
  return layers;
}

//: We run 16 random rows of 128 features forward through 64 layers, and a random gradient of size 1
//: backward, through each wiring, and once more through the additions with small updates, whose $B$
//: has a deviation 8 times smaller, $1/\sqrt{64}$:

struct Sizes {
  std::vector<double> signal, gradient;  // after 0 to N layers; at the inputs of layers 0 to N
};

Sizes sizes_through_depth(int count, Wiring wiring, Real outward_deviation, unsigned seed = 2) {
  constexpr Index width = 128;
  Generator generator(seed);
  const Real deviation = 1 / std::sqrt(Real(width));
  const std::vector<Layer> layers =
      random_layers(count, width, deviation, outward_deviation * deviation, generator);
  std::vector<Layer> weight_gradients = random_layers(count, width, 0, 0, generator);
  std::vector<Kept> kept;
  const Matrix output = forward(layers, wiring, random_normal(16, width, generator), kept);
  const Matrix output_gradient = random_normal(16, width, generator);
  const std::vector<Matrix> at_input =
      backward(layers, wiring, output_gradient, kept, weight_gradients);
  Sizes sizes;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    sizes.signal.push_back(root_mean_square(kept[l].stream));
    sizes.gradient.push_back(root_mean_square(at_input[l]));
  }
  sizes.signal.push_back(root_mean_square(output));
  sizes.gradient.push_back(root_mean_square(output_gradient));
  return sizes;
}

void signal_and_gradient() {
  struct Case {
    std::string name, column;
    Wiring wiring;
    Real outward;
  };
  const Real small = residual_deviation(1, 64);
  print("                        signal after 64   gradient at the first");
  for (const Case& one :
       {Case{"replaced", "plain", Wiring::plain, 1}, Case{"added", "added", Wiring::residual, 1},
        Case{"added, small updates", "small", Wiring::residual, small},
        Case{"norm after the addition", "after", Wiring::norm_after, 1},
        Case{"norm before the layer", "before", Wiring::norm_before, 1}}) {
    const Sizes sizes = sizes_through_depth(64, one.wiring, one.outward);
    print("{:23} {:15.1e}   {:21.1e}", one.name, sizes.signal.back(), sizes.gradient.front());
    record(one.column + "-signal", "{:.1f}", sizes.signal.back());
    record_data("residual_depth", one.column + "_signal", sizes.signal);
    record_data("residual_depth", one.column + "_gradient", sizes.gradient);
  }
}
//: ```{output}
//: ```
//:
//: ```{figure-from} residual_depth
//: :alt: Two panels with logarithmic axes over 64 layers. Left, the size of the signal: replaced
//:   falls along a straight line to below 1e-9, added rises to nearly 1e6, norm before the layer to
//:   about 6, and the other two stay near 1. Right, the size of the gradient from layer 64 back to
//:   layer 0, with the same fan.
//:
//: The size of the signal on its way forward (left) and of the gradient on its way back (right,
//: read it from right to left). The gray dots are the predictions $2^{-l/2}$ and $1.5^{l/2}$.
//: ```
//:
//: The predictions hold: ten decades down when each layer replaces its input, more than five up
//: when it adds, and the backward pass mirrors the forward pass, because it goes through the same
//: matrices. (These are one draw of the random weights. How much of a number like the first is the
//: luck of the draw, the next table but one shows.) The last three rows are numbers that one can
//: compute with.
//:
//: The two norms differ in a way that the table hints at. After the addition, the norm brings the
//: signal itself back to 1 in each layer. To do so it divides all that has come so far by about
//: $\sqrt{1.5}$, so after 64 layers $1.5^{-32} = 2.3 \cdot 10^{-6}$ of the input is left on the
//: highway, and of the gradient that goes around all layers no more comes back: the highway has
//: become a product of factors again. Before the layer, the highway has no norm on it, so the
//: updates pile up: 64 of mean square $\frac12$ on a start of 1 make $\sqrt{1 + 64/2} = 5.7$,
//: against {value}`before-signal` in this draw. The stream grows like the root of the depth, so a later
//: layer changes it by a smaller share than an early one. That slow growth is harmless, and the
//: free way for gradients is worth it: with the norm on the highway, the original Transformer must
//: begin with tiny steps that grow slowly, a warm-up, and with the norm off the highway it need not
//: {cite}`xiong2020layer`. Section 5.1 trains both.
//:
//: ## Initialization scaled by depth
//:
//: The row with small updates had no norm at all, and it stayed near 1 because each of its 64
//: updates had a mean square of $\frac12 \cdot \frac1{64}$. In general, for $N$ additions whose sum
//: shall not depend on $N$, the deviation of the matrices that *write* to the stream is divided by
//: $\sqrt N$:
//:
//: ```{listing} llm::residual_deviation
//: ```
//:
//: The paper on GPT-2 says that the weights of its residual layers are scaled so, with $N$ the number
//: of these layers {cite}`radford2019language`. A model of $n$ attention layers and $n$ layers of the
//: kind of this page, which are called *feed-forward layers* there, adds $N = 2n$ times. (The code that
//: was released with the paper does not do it: it draws all weight matrices with a deviation of 0.02,
//: and its position vectors with 0.01 {cite}`openai2019code`. Not everything that a paper says is in
//: its code.) Let us see what the division does, at several depths, to a stream whose layers have their
//: norm before them, as GPT-2's have. Each number is a mean over 20 draws of the weights:

/// The size of the stream after the last layer, for each of 20 draws of the weights.
std::vector<double> ends_of_draws(int count, Wiring wiring, Real outward_deviation) {
  std::vector<double> ends;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    ends.push_back(sizes_through_depth(count, wiring, outward_deviation, seed).signal.back());
  }
  return ends;
}

double mean(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

void depth_scaled() {
  print("layers   sqrt(1 + layers / 2)   stream at the end   smallest   largest   scaled");
  std::vector<double> depths, unscaled, scaled;
  for (const int count : {1, 2, 4, 8, 16, 32, 64}) {
    const std::vector<double> ends = ends_of_draws(count, Wiring::norm_before, 1);
    depths.push_back(count);
    unscaled.push_back(mean(ends));
    scaled.push_back(mean(ends_of_draws(count, Wiring::norm_before, residual_deviation(1, count))));
    print("{:6}   {:20.2f}   {:17.2f}   {:8.2f}   {:7.2f}   {:6.2f}", count,
          std::sqrt(1 + count / 2.0), unscaled.back(), *std::ranges::min_element(ends),
          *std::ranges::max_element(ends), scaled.back());
    double beside = 0;
    for (const double end : ends) beside = std::max(beside, std::abs(end / unscaled.back() - 1));
    record("beside", "{:.0f}", 100 * beside);
  }
  record_data("residual_scaling", "depths", depths);
  record_data("residual_scaling", "unscaled", unscaled);
  record_data("residual_scaling", "scaled", scaled);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} residual_scaling
//: :alt: Size of the residual stream after the last layer against the number of layers, both axes
//:   logarithmic. Unscaled it follows the root of 1 + N/2 up to about 6; scaled it stays at 1.2.
//:
//: The stream after the last layer, with the norm before each layer. Dashed: $\sqrt{1 + N/2}$.
//: ```
//:
//: The means follow $\sqrt{1 + N/2}$, and of the draws of 64 layers the farthest lies
//: {value}`beside` % beside their mean. Scaled, the stream is $\sqrt{1 + 1/2} = 1.22$ at any depth:
//: at the start of training the layers of a deep model together speak as loudly as those of a
//: shallow one.
//:
//: For the plain stack the luck of the draw is larger, since its layers multiply. Twenty draws of 64
//: plain layers, whose size should be $2^{-32}$:

void luck_of_the_draw() {
  const std::vector<double> ends = ends_of_draws(64, Wiring::plain, 1);
  std::vector<double> squares, logarithms;
  for (const double end : ends) {
    squares.push_back(end * end);
    logarithms.push_back(std::log(end));
  }
  print("predicted {:.1e}   root of the mean square {:.1e}", std::pow(2, -32),
        std::sqrt(mean(squares)));
  print("smallest {:.1e}   typical {:.1e}   largest {:.1e}", *std::ranges::min_element(ends),
        std::exp(mean(logarithms)), *std::ranges::max_element(ends));
  record("lucky-share", "{:.0f}", 100 * *std::ranges::max_element(squares) / (20 * mean(squares)));
}
//: ```{output}
//: ```
//:
//: The prediction was one for the mean square over all draws, and that of twenty comes within a
//: factor of two of it. One cannot hope for more: the luckiest draw alone makes
//: {value}`lucky-share` % of the sum of the squares. The typical draw, the one whose logarithm is
//: the mean of the logarithms, is smaller: in a product, one small factor costs more than one large
//: factor repairs.
//:
//: ## Sizes are not enough
//:
//: If size were all, plain layers could be saved without any addition: draw $A$ with $\sqrt{2/d}$
//: instead of $1/\sqrt d$, so that the ReLU's loss is made up for in advance {cite}`he2015delving`.
//: Then each layer keeps the size, on average. Here are two different random inputs on their way
//: through 64 such layers, and the cosine of the angle between them (1 means that they point the
//: same way, 0 that they have nothing in common):

void two_inputs_through_depth() {
  constexpr Index width = 128;
  print("layers   cosine, replaced   cosine, added");
  std::vector<std::vector<double>> cosines;
  for (const Wiring wiring : {Wiring::plain, Wiring::residual}) {
    Generator generator(3);
    const Real outward = wiring == Wiring::plain ? 1 : residual_deviation(1, 64);
    const std::vector<Layer> layers = random_layers(65, width, std::sqrt(Real(2) / width),
                                                    outward / std::sqrt(Real(width)), generator);
    std::vector<Kept> kept;
    forward(layers, wiring, random_normal(2, width, generator), kept);
    std::vector<double>& of_wiring = cosines.emplace_back();
    for (const Kept& layer : kept) {
      of_wiring.push_back(layer.stream.row(0).dot(layer.stream.row(1)) /
                          (layer.stream.row(0).norm() * layer.stream.row(1).norm()));
    }
  }
  for (const std::size_t l : std::initializer_list<std::size_t>{0, 4, 16, 32, 64}) {
    print("{:6}   {:16.3f}   {:13.3f}", l, cosines[0][l], cosines[1][l]);
  }
  record("cosine-plain", "{:.2f}", cosines[0].back());
  record("cosine-added", "{:.2f}", cosines[1].back());
}
//: ```{output}
//: ```
//:
//: The plain stack has kept the size and lost the content. No output of a ReLU is negative, so any
//: two rows of them point more alike than what went in, and after 64 layers two inputs that had
//: nothing in common have a cosine of {value}`cosine-plain`: they come out as nearly the same
//: vector. Nothing behind it can tell a cat from a comma. Stacks of attention without residual
//: connections do the same, and faster, since attention averages {cite}`dong2021attention`. With
//: the additions it is {value}`cosine-added`. The updates pull too, but what came in is still there
//: at the end, and it still tells the two apart.
//:
//: ## Learning with and without
//:
//: So much for untrained networks. Does it matter to training? The task: 128 points on two spirals
//: that wind around each other, to be told apart, which takes some bending of the plane. The
//: network: a fixed random layer from the plane to 32 features, $N$ layers, and a weight vector
//: that reads out one number, which should be $1$ on the one spiral and $-1$ on the other. The loss
//: is the mean squared error; who answers 0 to everything has a loss of 1. The plain stack gets the
//: careful deviation that keeps sizes, so that we compare with the best that it can be.

struct Points {
  Matrix places;   // (n, 3): x, y, and 1, which serves as a bias
  Matrix answers;  // (n, 1): 1 or -1
};

Points two_spirals(Index count) {
  Points points{Matrix::Ones(count, 3), Matrix(count, 1)};
  for (Index i = 0; i < count; ++i) {
    const Real angle = 1 + Real(4.5) * static_cast<Real>(i / 2) / static_cast<Real>(count / 2);
    points.answers(i, 0) = i % 2 == 0 ? Real(1) : Real(-1);
    points.places(i, 0) = points.answers(i, 0) * angle / 3 * std::cos(angle);
    points.places(i, 1) = points.answers(i, 0) * angle / 3 * std::sin(angle);
  }
  return points;
}

struct Network {
  Wiring wiring;
  Matrix entry;               // (d, 3), stays as it is
  std::vector<Layer> layers;  // N
  Matrix readout;             // (1, d)
};

Network random_network(int count, Wiring wiring) {
  constexpr Index width = 32;
  Generator generator(5);
  const Real outward = wiring == Wiring::plain ? 1 : residual_deviation(1, count);
  Matrix entry = random_normal(width, 3, generator, 1 / std::sqrt(Real(3)));
  return {wiring, std::move(entry),
          random_layers(count, width, std::sqrt(Real(2) / width), outward / std::sqrt(Real(width)),
                        generator),
          Matrix::Zero(1, width)};
}

/// What the network says at each point, (n, 1).
Matrix answers_of(const Network& network, const Points& points) {
  std::vector<Kept> kept;
  return forward(network.layers, network.wiring, points.places * network.entry.transpose(), kept) *
         network.readout.transpose();
}

double loss_of(const Network& network, const Points& points) {
  return (answers_of(network, points) - points.answers).squaredNorm() /
         static_cast<double>(points.answers.size());
}

//: The training loop is that of the last section with a squared error in the place of the surprise. A
//: step of momentum takes lists of numbers; a matrix lends its own, in the order of the memory, by
//: `span_of` (section 1.4):

std::vector<double> train(Network& network, const Points& points) {
  constexpr Real rate = Real(0.001), momentum = Real(0.9);
  Network velocity = random_network(static_cast<int>(network.layers.size()), network.wiring);
  for (Layer& layer : velocity.layers) layer = {0 * layer.inward, 0 * layer.outward};
  const Network nothing = velocity;
  std::vector<double> losses;
  for (int step = 0; step < 300; ++step) {
    losses.push_back(loss_of(network, points));
    std::vector<Kept> kept;
    const Matrix stream =
        forward(network.layers, network.wiring, points.places * network.entry.transpose(), kept);
    const Matrix errors = stream * network.readout.transpose() - points.answers;
    const Matrix error_gradient = 2 * errors / static_cast<Real>(errors.size());
    Network gradient = nothing;
    gradient.readout = error_gradient.transpose() * stream;
    backward(network.layers, network.wiring, error_gradient * network.readout, kept,
             gradient.layers);
    momentum_step(span_of(network.readout), span_of(velocity.readout), span_of(gradient.readout),
                  rate, momentum);
    for (std::size_t l = 0; l < network.layers.size(); ++l) {
      for (Matrix Layer::*weights : {&Layer::inward, &Layer::outward}) {
        momentum_step(span_of(network.layers[l].*weights), span_of(velocity.layers[l].*weights),
                      span_of(gradient.layers[l].*weights), rate, momentum);
      }
    }
  }
  losses.push_back(loss_of(network, points));
  return losses;
}

void learning_at_depth() {
  const Points points = two_spirals(128);
  print("layers   loss, replaced   loss, added");
  for (const int count : {1, 4, 16, 64}) {
    Network plain = random_network(count, Wiring::plain);
    Network residual = random_network(count, Wiring::residual);
    const std::vector<double> without = train(plain, points), with = train(residual, points);
    print("{:6}   {:14.3f}   {:11.3f}", count, without.back(), with.back());
    record_data("residual_training", fmt::format("plain_{}", count), without);
    record_data("residual_training", fmt::format("residual_{}", count), with);
    if (count < 64) continue;
    record("plain-loss", "{:.3f}", without.back());
    const Matrix answers = answers_of(plain, points);
    const Eigen::Map<const Matrix> spirals(answers.data(), 64, 2);  // a column each
    print("the answers of 64 that replace: {:.2f} on one spiral, {:.2f} on the other",
          spirals.col(0).mean(), spirals.col(1).mean());
  }
}
//: ```{output}
//: ```
//:
//: ```{figure-from} residual_training
//: :alt: Training loss against steps in two panels, one curve for each of 1, 4, 16 and 64 layers.
//:   Replaced: 4 layers learn fastest, 16 leap about 1 before they come down, and 64 stop at one
//:   half. Added: all depths learn, deeper ones faster.
//:
//: The loss on the two spirals while the network learns, at four depths. Left: each layer replaces
//: its input. Right: each layer adds to it.
//: ```
//:
//: Depth helps at first in both columns. With 16 layers the plain stack wanders for more than half
//: of its steps before it finds its way down, and with another draw of the weights or another rate
//: (exercise 4.2d) it ends elsewhere. With 64 it stops at {value}`plain-loss`, and the last line of
//: the output says what it has found: 1 for the one spiral, and 0 for the other, where it should
//: say $-1$. With what reaches the read-out there is nothing better. The vectors of all points
//: point nearly the same way by then, as the cosines above showed, and differ in length alone: a
//: weight vector that has a positive dot product with one of them has a positive one with all. Half
//: of the points right and the other half 0 is a loss of $\frac12$. (A draw can be worse: with the
//: seed 9 in `random_network` the answer is 0 everywhere.) Note that this is the loss on the points
//: it was *trained* on. It is no overfitting; 64 layers could do all that 4 can, if only 60 of them
//: learned to do nothing. That is the observation that residual networks were invented for
//: {cite}`he2016deep`: "do nothing" is hard to learn for a layer that replaces, and costs a layer
//: that adds no more than weights of 0.
//:
//: ## A stream that layers read and write
//:
//: The unrolled formula $x_N = x_0 + \sum_l f_l(x_l)$ suggests another picture of such a network.
//: Not a pipeline, in which each stage works on what the stage before has made, but a shared sheet
//: of paper, $d$ numbers wide for each position. A layer reads the sheet, and adds its note to it.
//: The next layers see the original and all notes so far. This sheet is called the
//: {term}`residual stream` {cite}`elhage2021mathematical`. Attention reads notes at other positions
//: and writes what it found to its own; feed-forward layers work on the notes of their position;
//: and the output layer reads the sum.
//:
//: In a pipeline, taking one stage out breaks it. From a sheet, one note goes missing. We train
//: both kinds of network with 8 layers, remove each layer in turn (a plain layer is skipped, and
//: its neighbors are connected), and look at the loss:

void remove_each_layer() {
  const Points points = two_spirals(128);
  constexpr int count = 8;
  for (const Wiring wiring : {Wiring::plain, Wiring::residual}) {
    Network network = random_network(count, wiring);
    train(network, points);
    std::vector<double> losses;
    for (int l = 0; l < count; ++l) {
      Network shorter = network;
      shorter.layers.erase(shorter.layers.begin() + l);
      losses.push_back(loss_of(shorter, points));
    }
    std::string line;
    for (const double loss : losses) line += fmt::format(" {:6.2f}", loss);
    const std::string name = wiring == Wiring::plain ? "replaced" : "added";
    print("{:8}   all layers {:.3f}   without layer 0 to 7: {}", name, loss_of(network, points),
          line);
    record_data("residual_deletion", name, losses);
  }
}
//: ```{output}
//: ```
//:
//: ```{figure-from} residual_deletion
//: :alt: Bars of the loss after removing each of eight layers. In the plain network every
//:   bar is near 1 or higher; in the residual network the bars are far below.
//:
//: The loss after one of eight trained layers is removed. The dashed line is the loss of answering
//: 0.
//: ```
//:
//: Whichever layer the plain network loses, it does about as badly as one that answers 0, or worse:
//: its last layers get notes in a language that they have never seen. The other one is damaged, its
//: first layer matters most, and without any one of the others it still tells most points apart: a
//: point on the wrong side of 0 has a squared error of at least 1, so a loss of 0.3 means that at
//: most three tenths of the points are there. Veit and colleagues found the same in image networks
//: of a hundred layers, and an explanation: $N$ additions make $2^N$ ways from the input to the
//: output, one through each subset of the layers. Most of these ways are about $N/2$ layers long,
//: but most of the gradient comes by the few short ones {cite}`veit2016residual`.
//:
//: ## What it costs
//:
//: Nothing is stored, as the update can be added in place, and the backward pass needs no number
//: from the forward pass. There are $Td$ additions, beside the $2Td^2$ multiplications and as many
//: additions of our layer's two products: one in $4d$, or 0.2 % at $d = 128$. Additions are slower
//: than that suggests, since each one waits for memory and a product reuses what it has loaded:

void cost_of_the_addition() {
  constexpr Index rows = 256, width = 128;
  Generator generator(4);
  const Layer layer = random_layers(1, width, 1, 1, generator).front();
  const Matrix input = random_normal(rows, width, generator);
  Matrix update(rows, width), stream = input;
  const double products = fastest_seconds([&] {
    update.noalias() = relu(input * layer.inward.transpose()) * layer.outward.transpose();
  });
  const double addition = fastest_seconds([&] { residual_forward(stream, update, stream); });
  print_timing("layer {:.0f} us   addition {:.1f} us   share {:.1f} %", 1e6 * products,
               1e6 * addition, 100 * addition / products);
  record("addition-share", "{:.1f}", 100 * addition / products);
}
//: ```{output}
//: ```
//:
//: Measured, {value}`addition-share` % of the layer's time. It is hard to find a better bargain.
//:
//: ## In the wild
//:
//: He, Zhang, Ren and Sun trained image networks of 152 layers with it when 20 were many
//: {cite}`he2016deep`; Srivastava, Greff and Schmidhuber had opened a highway with learned gates
//: shortly before {cite}`srivastava2015training`. The Transformer took it over around every
//: attention and every feed-forward layer, with the norm after the addition
//: {cite}`vaswani2017attention`. GPT-2 moved the norm before the layer and scaled the
//: initialization {cite}`radford2019language`, and Llama kept the norm there
//: {cite}`touvron2023llama`. ReZero multiplies each update by a learned number that starts at 0, so
//: that the untrained network is the identity {cite}`bachlechner2021rezero`; you will build it
//: below. DeepNet keeps the norm after the addition, enlarges the stream before it by a factor that
//: depends on the depth, and trains a thousand layers {cite}`wang2022deepnet`.
//:
//: ## Exercises
//:
//: `````{exercise} 4.2a
//: :title: Ways through the network
//: :kind: paper
//:
//: Let each of $N$ layers multiply one number by $a$ and add it to its input, so that the output is
//: $(1 + a)^N x$. Multiply the power out for $N = 3$. Which term belongs to which way through the
//: network? For $N = 64$ and $a = \frac{1}{64}$, what part of the gradient comes by the way that
//: passes through no layer, and what part by those that pass through exactly one?
//:
//: ```{hint}
//: Each factor $(1 + a)$ is a choice between going around the layer, 1, and through it, $a$.
//: ```
//: ```{hint}
//: There are $\binom{N}{k}$ ways through exactly $k$ layers, and each contributes $a^k$. Divide by
//: the whole, which is nearly $e$.
//: ```
//: ```{solution}
//: $(1 + a)^3 = 1 + 3a + 3a^2 + a^3$: one way around all three, three through one layer, three
//: through two, one through all. For $N = 64$, $a = 1/64$ the whole is
//: $(1 + \frac{1}{64})^{64} = 2.70$. The highway contributes 1, that is 37 %. The ways through one
//: layer contribute $64 \cdot \frac{1}{64} = 1$, another 37 %. Three quarters of the gradient have
//: passed through at most one layer. This is the sense in which a deep residual network behaves
//: like many shallow ones.
//: ```
//: `````
//:
//: `````{exercise} 4.2b
//: :title: A gate on the update
//: :kind: code
//: :function: gated_backward
//:
//: ReZero adds $g \cdot f(x)$ instead of $f(x)$, with one learned number $g$ a layer that starts at
//: 0. Write `gated_backward(output_gradient, update, gate)`: given the gradient of the sum $x + g u$,
//: the update $u$, both $(T, d)$, and the gate $g$, it returns a `GateGradients`, a struct of three
//: gradients: `stream`, what reaches $x$ by the highway; `update`, what reaches $u$; and the number
//: `gate`, what reaches $g$.
//:
//: ```{hint}
//: Write one entry: $y_{ij} = x_{ij} + g\,u_{ij}$. In how many entries of $y$ does $x_{ij}$ appear?
//: $u_{ij}$? $g$?
//: ```
//: ```{hint}
//: The gate appears in all of them, with the factor $u_{ij}$, so its gradient is a sum over all
//: entries.
//: ```
//: ```{solution}
//: The stream's gradient is the output's own, the update's is $g$ times that, and the gate's is the
//: sum over all entries of gradient times update. Look at $g = 0$: no gradient reaches the layer's
//: weights at first, but the gate's own gradient is not 0, so the gate opens, and then the layer
//: learns.
//: ```
//: `````
//:
//: `````{exercise} 4.2c
//: :title: Gates that start closed
//: :kind: experiment
//:
//: Build ReZero into this section's network: a number for each layer that starts at 0, multiplies
//: the update going forward, and is moved by `momentum_step` like a weight. Leave the division by
//: $\sqrt N$ out. What are the signal and the gradient before training, at any depth? Does a stack
//: of 64 layers learn the spirals?
//:
//: ```{hint}
//: Add `Real gate` to `Layer` and the gate's gradient to `backward`, with the function of exercise
//: 4.2b. `kept` needs the update.
//: ```
//: ```{hint}
//: At the start the network is the identity, so both sizes are exactly 1. The rate of 0.001 may be
//: too careful for this start.
//: ```
//: ```{solution}
//: With all gates at 0 every layer passes on what it gets, so the signal and the gradient have
//: their sizes of the start at any depth, without a norm and without scaling. Only the read-out and
//: then the gates can move at first, and the layers wait for the gates to open: with a rate of
//: 0.001 the 300 steps are too few. With 0.003 a stack of 64 layers learns the spirals, and with
//: 0.01 too, a rate at which 64 layers with scaled updates run away. The scaling by $1/\sqrt N$ and
//: the closed gates are two answers to one question, how loud the layers shall be at the start: a
//: little each, or not at all until they ask for it.
//: ```
//: `````
//:
//: `````{exercise} 4.2d
//: :title: A luckier rate
//: :kind: experiment
//:
//: The comparison of this section uses one rate for all depths, 0.001. Is that fair to the plain
//: stack? Train it with rates from 0.0001 to 0.01 at 16 and at 64 layers. Predict first at which
//: depth a better rate can help.
//:
//: ```{hint}
//: A rate scales the gradient. Can it give back what was lost on the way?
//: ```
//: ```{hint}
//: Look at the cosines: after 16 layers two inputs still differ a little, after 64 hardly.
//: ```
//: ```{solution}
//: The losses after 300 steps of 16 layers:
//:
//: | rate | 0.0001 | 0.0003 | 0.001 | 0.003 | 0.01 |
//: | --- | --- | --- | --- | --- | --- |
//: | plain | 0.615 | 0.002 | 0.010 | 0.000 | not a number |
//: | residual | 0.396 | 0.009 | 0.001 | 0.000 | not a number |
//:
//: and of 64:
//:
//: | rate | 0.0001 | 0.0003 | 0.001 | 0.003 | 0.01 |
//: | --- | --- | --- | --- | --- | --- |
//: | plain | 0.992 | 0.502 | 0.500 | 1.000 | 1.000 |
//: | residual | 0.015 | 0.001 | 0.000 | not a number | not a number |
//:
//: (The last digits differ from compiler to compiler, and where the loss leaps about, the first
//: too.) At 16 layers a good rate is all that the plain stack needs: with those from 0.0003 to 0.003
//: both learn. At 64 no rate brings the plain stack below one half, since no rate gives back what
//: the signal has lost on its way. The residual stack of 64 layers pays for its depth with the
//: largest rates only, and with the smallest it is already better than that of 16. What residual
//: connections give is not a better network of 16 layers; it is that more layers do no harm.
//: ```
//: `````

}  // namespace

void residual_connections() {
  one_number_through_64_layers();
  signal_and_gradient();
  depth_scaled();
  luck_of_the_draw();
  two_inputs_through_depth();
  learning_at_depth();
  remove_each_layer();
  cost_of_the_addition();
}
