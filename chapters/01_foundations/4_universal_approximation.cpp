//: # Universal function approximation
//:
//: Two units with a corner each computed XOR. Take a curve that nobody chose to be easy, such as
//: the one below. Can a network with one hidden layer draw it? Any curve at all? And if some
//: network can, will we find it?
//:
//: The first two questions have an answer that is proved. The third has not, and it is the one that
//: the rest of this book is about.

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "common/foundations/activations.hpp"
#include "common/foundations/gradient_check.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "common/harness/recorder.hpp"

using namespace llm;
using Strings = std::vector<std::string>;

namespace {

/// The curve that the networks of this section are to draw, for x from -1 to 1.
double target(double x) {
  return std::sin(std::numbers::pi * x) + 0.3 * std::cos(3 * std::numbers::pi * x);
}

/// `count` evenly spaced numbers from `first` to `last`, as a column (count, 1).
Matrix evenly(Index count, Real first, Real last) {
  return Vector::LinSpaced(count, first, last).transpose();
}

/// The curve at each of some places, (n, 1) to (n, 1).
Matrix target_at(const Matrix& places) {
  return places.unaryExpr([](Real x) { return static_cast<Real>(target(x)); });
}

}  // namespace

//: ## The theorem
//:
//: A network with one {term}`hidden layer` of $n$ units takes $x$, a row of $d$ numbers, to
//:
//: $$\hat f(x) = \sum_{j=1}^{n} a_j\, \varphi(w_j \cdot x + b_j) + c ,$$
//:
//: a linear layer of $n$ questions, an activation function $\varphi$, and a linear layer that adds
//: up the answers. Between 1989 and 1993 it was found out what such networks can do. Cybenko proved
//: it for activations that rise from 0 to 1 {cite}`cybenko1989approximation`, Hornik for all that
//: are continuous, bounded and not constant {cite}`hornik1991approximation`, and Leshno, Lin,
//: Pinkus and Schocken for exactly those that can {cite}`leshno1993multilayer`:
//:
//: > Let $\varphi$ be continuous and not a polynomial. Let $f$ be a continuous function on a closed
//: > and bounded set $K$ of $\mathbb{R}^d$, and let $\varepsilon > 0$. Then there are a number $n$
//: > and weights $w_j, b_j, a_j, c$ with $|f(x) - \hat f(x)| < \varepsilon$ for all $x$ in $K$. If
//: > $\varphi$ is a polynomial, there is an $f$ for which this fails.
//:
//: Read it as one reads a contract. It says that there *are* weights. It does not say how many
//: units it takes, and the number may be astronomical. It does not say how to find the weights. It
//: says nothing about $x$ outside of $K$, and nothing about functions with jumps. It is a promise
//: about expression, not about learning.
//:
//: ## The proof as a program
//:
//: For one input and ReLU we can do better than to believe it. Three ReLUs make a hat:
//: $\operatorname{relu}(x) - 2 \operatorname{relu}(x - 1) + \operatorname{relu}(x - 2)$ is 0 up to
//: $x = 0$, rises to 1 at $x = 1$, falls back to 0 at $x = 2$ and stays there, since each ReLU
//: changes the slope by its weight where it has its corner. Now put a hat of height $f(x_i)$ at
//: each of the places $x_0 < x_1 < \dots < x_n$, as wide as the two gaps beside it. Halfway between
//: two places, two hats are at half their height; together they add up to the line that connects
//: the points $(x_i, f(x_i))$:
//:
//: ```{figure-from} approximation_hats
//: :alt: A wavy curve, nine triangular hats of different heights under and over the axis, and the
//:   line of eight straight pieces that is their sum.
//:
//: Hats of the height of the curve add up to a line that meets it at every peak of a hat.
//: ```
//:
//: Neighboring hats share their corners, so we need not pay three ReLUs for each. Let $s_j$ be the
//: slope between $x_j$ and $x_{j+1}$. At $x_j$ the slope has to change from $s_{j-1}$ to $s_j$, and
//: a ReLU with its corner there, $\operatorname{relu}(x - x_j)$, changes it by its weight:
//:
//: $$\hat f(x) = f(x_0) + \sum_{j=0}^{n-1} (s_j - s_{j-1}) \operatorname{relu}(x - x_j),
//: \qquad s_{-1} = 0 .$$
//:
//: This is a hidden layer of $n$ units with weights 1 and biases $-x_j$, with the changes of slope
//: as output weights:

namespace {

/// A network with one hidden layer and ReLU: d inputs, n units, one output.
struct Network {
  Matrix hidden_weights;  // (n, d)
  Vector hidden_bias;     // (n)
  Matrix output_weights;  // (1, n)
  Vector output_bias;     // (1)
};

/// What the network computes from each row of `inputs`: (rows, 1).
Matrix run_network(const Network& network, const Matrix& inputs) {
  const Matrix hidden = relu(linear(inputs, network.hidden_weights, network.hidden_bias));
  return linear(hidden, network.output_weights, network.output_bias);
}

/// The network of `units` ReLUs that meets the curve at units + 1 evenly spaced places.
Network constructed_network(Index units) {
  const Matrix places = evenly(units + 1, -1, 1), heights = target_at(places);
  Network network{Matrix::Ones(units, 1), -places.topRows(units).transpose(), Matrix(1, units),
                  heights.row(0)};
  Real slope_before = 0;
  for (Index j = 0; j < units; ++j) {
    const Real slope = (heights(j + 1) - heights(j)) / (places(j + 1) - places(j));
    network.output_weights(j) = slope - slope_before;
    slope_before = slope;
  }
  return network;
}

/// The largest distance between the network and the curve from -1 to 1.
double largest_error(const Network& network) {
  const Matrix places = evenly(4001, -1, 1);
  return (run_network(network, places) - target_at(places)).cwiseAbs().maxCoeff();
}

}  // namespace

//: How far off is it? Look at two neighbors $x_j$ and $x_{j+1}$ at a distance $h$, and let $e(x)$
//: be the curve minus the line between them. It is 0 at both ends, and bends as the curve does,
//: since a line does not bend: if the second derivative of the curve lies everywhere between $-M$
//: and $M$, so does that of $e$. Compare it with the parabola that is 0 at both ends and bends as
//: much as is allowed, $p(x) = \frac{M}{2} (x - x_j)(x_{j+1} - x)$, with the second derivative
//: $-M$. The difference $p - e$ has a second derivative of at most $-M + M = 0$: it never bends
//: upward. A curve that is 0 at both ends and never bends upward lies nowhere below 0 between them,
//: so $e \le p$. The same holds for $-e$. So the curve gets no further from its line than the
//: parabola does, which is highest in the middle, where it is
//: $\frac{M}{2} \cdot \frac{h}{2} \cdot \frac{h}{2}$:
//:
//: $$|f(x) - \hat f(x)| \le \frac{M h^2}{8}, \qquad h = \frac{2}{n} .$$
//:
//: So twice as many units make a quarter of the error. Our curve is
//: $f(x) = \sin \pi x + 0.3 \cos 3 \pi x$; its second derivative is at most
//: $\pi^2 + 0.3 \cdot 9 \pi^2 = 36.5$.

static void error_of_construction() {
  const double steepest_bend = 3.7 * std::numbers::pi * std::numbers::pi;
  for (Index units = 4; units <= 256; units *= 2) {
    const double gap = 2.0 / static_cast<double>(units);
    print("{:3} units: largest error {:.5f}, bound {:.5f}", units,
          largest_error(constructed_network(units)), steepest_bend * gap * gap / 8);
  }
  const double rate =
      std::log2(largest_error(constructed_network(16)) / largest_error(constructed_network(256))) /
      4;
  print("from 16 to 256 units the error falls like units to the power -{:.2f}", rate);

  const Matrix places = evenly(401, -1, 1), knots = evenly(9, -1, 1);
  record_data("approximation_hats", "x", places.transpose());
  record_data("approximation_hats", "target", target_at(places).transpose());
  record_data("approximation_hats", "network",
              run_network(constructed_network(8), places).transpose());
  record_data("approximation_hats", "knots", knots.transpose());
  record_data("approximation_hats", "heights", target_at(knots).transpose());
}
//: ```{output}
//: ```
//:
//: The rate is the predicted one, and the bound holds.
//:
//: In more than one dimension the proof needs one more idea. A continuous function on a bounded set
//: can be approximated as closely as you like by a sum of waves $\alpha \cos(w \cdot x + \beta)$;
//: that is Weierstrass's theorem, in the version for trigonometric functions. Each wave depends on
//: $x$ only through the one number $w \cdot x$, so it is a curve, and a curve we can draw: replace
//: each cosine by its line of ReLUs. All of them together are one hidden layer.
//:
//: ## Without the bend
//:
//: Why must $\varphi$ not be a polynomial? Let it be $\varphi(x) = x^2$. Then each unit is
//: $(w_j x + b_j)^2 = w_j^2 x^2 + 2 w_j b_j x + b_j^2$, and a sum of a thousand such is still a
//: parabola. To see the difference, draw weights and biases of the hidden layer at random, and find
//: the best output weights, those with the least sum of squared errors, which Eigen can solve for.

static void best_fit_by_activation() {
  const Matrix places = evenly(401, -1, 1), heights = target_at(places);
  const auto error = [&](const Matrix& hidden) {
    Matrix features(hidden.rows(), hidden.cols() + 1);
    features << hidden, Matrix::Ones(hidden.rows(), 1);
    const Matrix solution = features.completeOrthogonalDecomposition().solve(heights);
    return std::sqrt((features * solution - heights).array().square().mean());
  };
  for (const Index units : {4, 16, 64}) {
    Generator generator(1);
    const Matrix weights = random_normal(units, 1, generator, 3);
    const Vector bias = random_normal(1, units, generator, 2);
    const Matrix before = linear(places, weights, bias);
    print("{:2} units: typical error {:.3f} with relu, {:.3f} with gelu, {:.3f} with the square",
          units, error(relu(before)), error(gelu(before)), error(before.array().square()));
  }
}
//: ```{output}
//: ```
//:
//: With ReLU and GELU, more units get closer. With the square, four units are as good as
//: sixty-four, and none of them is good.
//:
//: ## Learning it
//:
//: The construction knew the curve and put its corners by plan. A language model has no plan to
//: follow: nobody knows the function that takes a text to its next word. All we have is examples,
//: pairs of an input and the wanted output. So forget the construction. Start from random weights,
//: measure how wrong the network is on the examples, and change every weight a little in the
//: direction that makes it less wrong.
//:
//: How wrong it is on $N$ examples $(x_i, y_i)$ we measure with the mean squared error, our first
//: {term}`loss`:
//:
//: $$L = \frac1N \sum_{i=1}^{N} (\hat y_i - y_i)^2, \qquad \hat y_i = \hat f(x_i) .$$
//:
//: The loss is a function of all the weights. Its slope by each of them, the partial derivatives,
//: form a vector, the {term}`gradient` $g$. A step that moves each parameter a little, by the
//: entries of a vector $v$, changes the loss by about $\sum_i g_i v_i$, the slope by each parameter
//: times its move. That is the dot product $g \cdot v$, the two lengths times the cosine of the
//: angle between them (section 1.1): among all steps of one length it is largest for the step along
//: $g$, where the cosine is 1, and smallest for the step against it. So the gradient points where
//: the loss grows fastest, and a small step the other way makes it smaller. This is
//: {term}`gradient descent`: for every parameter $\theta$, again and again,
//:
//: $$\theta \leftarrow \theta - \eta \frac{\partial L}{\partial \theta} ,$$
//:
//: with the {term}`learning rate` $\eta$, the size of the steps.
//:
//: ## The gradient by hand
//:
//: Take one unit and one example: $x = 1$, $y = 1$, weight $w = 2$, bias $b = -1$, output weight
//: $a = 3$, output bias $c = 0$. Forward:
//:
//: $$z = w x + b = 1, \quad h = \operatorname{relu}(z) = 1, \quad \hat y = a h + c = 3, \quad
//: L = (3 - 1)^2 = 4 .$$
//:
//: Backward, we ask of each quantity how much the loss grows when it grows a little, beginning at
//: the end. By the chain rule, each slope is the slope that came before, times one factor:
//:
//: $$\frac{\partial L}{\partial \hat y} = 2 (\hat y - y) = 4, \quad
//: \frac{\partial L}{\partial a} = 4 h = 4, \quad \frac{\partial L}{\partial c} = 4, \quad
//: \frac{\partial L}{\partial h} = 4 a = 12, \quad
//: \frac{\partial L}{\partial z} = 12 \cdot 1, \quad
//: \frac{\partial L}{\partial w} = 12 x = 12, \quad \frac{\partial L}{\partial b} = 12 .$$
//:
//: The factor 1 at $z$ is the slope of ReLU, since $z > 0$. With $\eta = 0.01$, one step gives
//: $w = 1.88$, $b = -1.12$, $a = 2.96$ and $c = -0.04$; then $z = h = 0.76$, $\hat y = 2.21$, and
//: the loss has fallen from 4 to $1.21^2 = 1.46$.
//:
//: For many units and examples, the same with sums. Write $X$ for the inputs of a linear layer, one
//: example a row, $Y = X W^\top + b$ for its outputs, and $G$ for the slopes of the loss by the
//: outputs, in the shape of $Y$. The weight $W_{jk}$ takes part in $Y_{ij}$ for every example $i$,
//: each time multiplied by $X_{ik}$; the bias $b_j$ in $Y_{ij}$ for every $i$; and the input
//: $X_{ik}$ in $Y_{ij}$ for every $j$, multiplied by $W_{jk}$. Along each of these ways a slope
//: comes back, and they add up:
//:
//: $$\frac{\partial L}{\partial W_{jk}} = \sum_i G_{ij} X_{ik}, \qquad
//: \frac{\partial L}{\partial b_j} = \sum_i G_{ij}, \qquad
//: \frac{\partial L}{\partial X_{ik}} = \sum_j G_{ij} W_{jk} .$$
//:
//: As matrices: $G^\top X$, the sums of the columns of $G$, and $G W$. In words: the gradient of a
//: question is the sum of the inputs that it was asked of, each as often as the loss minds its
//: answer; and that of an input is the sum of the questions, in the same proportion. Each has the
//: shape of what it is the slope by. The first two stay with the layer:
//:
//: ```{listing} llm::linear_backward_parameters
//: ```
//: ```{listing} llm::VectorOut
//: :folded:
//: ```
//:
//: The third goes on to the layer before, whose output gradient it is:
//:
//: ```{listing} llm::linear_backward_inputs
//: ```
//:
//: The backward pass of the layer is both. They are two functions because the first layer of a
//: network has nobody to hand a gradient on to.
//:
//: ```{listing} llm::linear_backward
//: :folded:
//: ```
//:
//: Gradients of parameters are added to what is there, and the gradient of the inputs is written.
//: This is a rule for the whole library. A parameter may be used in several places, and each adds
//: its share; so the caller sets gradients to zero once, at the start. Chapter 4 comes back to
//: this, with deeper networks.
//:
//: Our network is linear, ReLU, linear. Its backward pass calls theirs in the opposite order. The
//: gradient after the ReLU is not needed once that before it is known, so one is written over the
//: other:

namespace {

/// A network whose parameters are all zero, with the shapes of another: a place for its gradient.
Network zeros_like(const Network& network) {
  return {Matrix::Zero(network.hidden_weights.rows(), network.hidden_weights.cols()),
          Vector::Zero(network.hidden_bias.size()),
          Matrix::Zero(network.output_weights.rows(), network.output_weights.cols()),
          Vector::Zero(network.output_bias.size())};
}

/// The mean squared error on examples (N, d) with wanted outputs (N, 1); its gradient is added to
/// `gradient`.
double loss_and_gradient(const Network& network, const Matrix& inputs, const Matrix& wanted,
                         Network& gradient) {
  const Matrix before = linear(inputs, network.hidden_weights, network.hidden_bias);  // (N, n)
  const Matrix hidden = relu(before);
  const Matrix errors = linear(hidden, network.output_weights, network.output_bias) - wanted;

  const Matrix output_gradient = errors * (2 / static_cast<Real>(errors.rows()));  // (N, 1)
  Matrix hidden_gradient(hidden.rows(), hidden.cols());
  linear_backward(output_gradient, hidden, network.output_weights, hidden_gradient,
                  gradient.output_weights, gradient.output_bias);
  relu_backward(hidden_gradient, before, hidden_gradient);
  linear_backward_parameters(hidden_gradient, inputs, gradient.hidden_weights,
                             gradient.hidden_bias);
  return errors.array().square().mean();
}

/// One step of gradient descent: every parameter against its slope.
void descend(Network& network, const Network& gradient, Real learning_rate) {
  network.hidden_weights -= learning_rate * gradient.hidden_weights;
  network.hidden_bias -= learning_rate * gradient.hidden_bias;
  network.output_weights -= learning_rate * gradient.output_weights;
  network.output_bias -= learning_rate * gradient.output_bias;
}

}  // namespace

/// Records what flows through the network for x = 1, y = 1: each value on the way to the loss, and
/// each slope on the way back.
static void record_slopes(const Network& network) {
  const Matrix x = Matrix::Ones(1, 1), y = x;
  const Matrix z = linear(x, network.hidden_weights, network.hidden_bias), h = relu(z);
  const Matrix answer = linear(h, network.output_weights, network.output_bias);
  const Matrix answer_slope = 2 * (answer - y);
  Matrix h_slope(1, 1), z_slope(1, 1);
  linear_backward_inputs(answer_slope, network.output_weights, h_slope);
  relu_backward(h_slope, z, z_slope);
  const double loss = (answer - y).squaredNorm();
  print("values: z {:.0f}, h {:.0f}, answer {:.0f}, loss {:.0f}", z(0), h(0), answer(0), loss);
  print("slopes on the way: answer {:.0f}, h {:.0f}, z {:.0f}", answer_slope(0), h_slope(0),
        z_slope(0));
  record_data("approximation_slopes", "values",
              std::vector<double>{x(0), z(0), h(0), answer(0), loss});
  record_data("approximation_slopes", "slopes",
              std::vector<double>{z_slope(0), h_slope(0), answer_slope(0)});
}

static void one_step_by_hand() {
  const auto one = [](Real value) { return Matrix::Constant(1, 1, value); };
  Network network{one(2), one(-1), one(3), one(0)};
  record_slopes(network);
  Network gradient = zeros_like(network);
  const double before = loss_and_gradient(network, one(1), one(1), gradient);
  print("slopes of the parameters: w {:.0f}, b {:.0f}, a {:.0f}, c {:.0f}",
        gradient.hidden_weights(0), gradient.hidden_bias(0), gradient.output_weights(0),
        gradient.output_bias(0));
  record_data("approximation_slopes", "parameters",
              std::vector<double>{network.hidden_weights(0), network.hidden_bias(0),
                                  network.output_weights(0), network.output_bias(0)});
  record_data("approximation_slopes", "parameter_slopes",
              std::vector<double>{gradient.hidden_weights(0), gradient.hidden_bias(0),
                                  gradient.output_weights(0), gradient.output_bias(0)});
  descend(network, gradient, 0.01f);
  print("loss {:.2f}, after one step {:.2f}", before,
        loss_and_gradient(network, one(1), one(1), gradient));
}
//: ```{output}
//: ```
//:
//: ```{figure-from} approximation_slopes
//: :alt: A chain of boxes from x over z, h and the answer to the loss, with the parameters w, b, a
//:   and c below. Above each arrow to the right stands the value that goes forward, 1, 1, 1, 3 and
//:   4; on the arrows to the left and down stand the slopes that come back, 4, 12 and 12, and for
//:   the parameters 12, 12, 4 and 4.
//:
//: The unit by hand, with the numbers of the run. Values flow to the right and end in the loss;
//: slopes flow back, and each parameter's slope is the one that arrives at its box, times what the
//: parameter was multiplied with.
//: ```
//:
//: ## Trust, and check
//:
//: A mistake in a backward pass seldom crashes. The network learns a little worse, and nobody knows
//: why. There is one remedy, and this book uses it for every gradient that it derives. The slope by
//: a parameter can also be measured: make the parameter a little larger, then a little smaller, and
//: see how the loss changes,
//:
//: $$\frac{\partial L}{\partial \theta} \approx
//: \frac{L(\theta + \epsilon) - L(\theta - \epsilon)}{2 \epsilon} .$$
//:
//: These are {term}`finite differences <finite difference>`. They need two forward passes a
//: parameter, far too slow to learn with, and good enough to test with. A float may not hold
//: $\theta + \epsilon$ exactly, so the difference of the losses is divided by the distance between
//: the two numbers that were tried, and not by $2 \epsilon$:
//:
//: ```{listing} llm::finite_differences
//: ```
//:
//: What we compare is the largest difference between a derived slope and a measured one, in units
//: of the largest measured slope. Both functions take a run of numbers, a `std::span`, and
//: `span_of` lends them that of a matrix or a vector.
//:
//: ```{listing} llm::gradient_error
//: :folded:
//: ```
//: ```{listing} llm::span_of
//: :folded:
//: ```

static void check_the_gradient() {
  Generator generator(2);
  Network network{random_normal(6, 1, generator), random_normal(1, 6, generator),
                  random_normal(1, 6, generator), random_normal(1, 1, generator)};
  const Matrix inputs = evenly(50, -1, 1), wanted = target_at(inputs);
  Network gradient = zeros_like(network);
  loss_and_gradient(network, inputs, wanted, gradient);
  const auto loss = [&] {
    return (run_network(network, inputs) - wanted).cast<double>().array().square().mean();
  };
  print("difference from the measured slopes, in units of the largest slope:");
  for (const double step : {0.1, 0.01, 0.001, 0.0001, 0.00001}) {
    const auto difference = [&](auto& parameters, auto& derivatives) {
      return gradient_error(span_of(derivatives),
                            finite_differences(loss, span_of(parameters), step));
    };
    print("step {:<6}  hidden weights {:.0e}, bias {:.0e}   output weights {:.0e}, bias {:.0e}",
          step, difference(network.hidden_weights, gradient.hidden_weights),
          difference(network.hidden_bias, gradient.hidden_bias),
          difference(network.output_weights, gradient.output_weights),
          difference(network.output_bias, gradient.output_bias));
  }
}
//: ```{output}
//: ```
//:
//: With steps of 0.001 they agree to four digits or so. A larger step can carry examples over the
//: corners of the hidden units, where the loss is not smooth, and slopes of the hidden layer go
//: wrong; those of the output layer, which has no bend after it, stay right. Smaller steps leave
//: the difference of two nearly equal numbers, of which floats know seven digits. The tests of the
//: library do the same in double precision, where the step can be smaller and agreement means seven
//: digits and more.
//:
//: ## Construction against learning
//:
//: Now learn. 201 examples of the curve, random weights whose corners lie somewhere between $-1$
//: and $1$, and 6,000 steps at the learning rate 0.03:

namespace {

/// A network of random slopes, whose corners are spread over -1 to 1.
Network random_network(Index units, Generator& generator) {
  Network network{random_normal(units, 1, generator), Vector(units),
                  random_normal(1, units, generator, std::sqrt(1 / static_cast<Real>(units))),
                  Vector::Zero(1)};
  for (Index j = 0; j < units; ++j) {
    const auto corner = static_cast<Real>(2 * uniform(generator) - 1);
    network.hidden_bias(j) = -corner * network.hidden_weights(j);
  }
  return network;
}

/// Trains a network on the curve, and returns the loss before each step.
std::vector<double> learn(Network& network, int steps, Real learning_rate) {
  const Matrix inputs = evenly(201, -1, 1), wanted = target_at(inputs);
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    Network gradient = zeros_like(network);
    losses.push_back(loss_and_gradient(network, inputs, wanted, gradient));
    descend(network, gradient, learning_rate);
  }
  return losses;
}

/// Root of the mean squared distance between the network and the curve from -1 to 1.
double typical_error(const Network& network) {
  const Matrix places = evenly(4001, -1, 1);
  const Matrix errors = run_network(network, places) - target_at(places);
  return std::sqrt(errors.cast<double>().array().square().mean());
}

/// Every tenth number.
std::vector<double> thinned(const std::vector<double>& numbers) {
  std::vector<double> kept;
  for (std::size_t i = 0; i < numbers.size(); i += 10) kept.push_back(numbers[i]);
  return kept;
}

}  // namespace

static void construction_against_learning() {
  const Matrix places = evenly(601, -1.5f, 1.5f);
  record_data("approximation_learned", "x", places.transpose());
  record_data("approximation_learned", "target", target_at(places).transpose());
  const double level = typical_error(constructed_network(16));
  record_data("approximation_loss", "constructed", std::vector<double>{level * level});
  for (const Index units : {4, 8, 16, 32, 64}) {
    Generator generator(5);
    Network learned = random_network(units, generator);
    const std::vector<double> losses = learn(learned, 6000, 0.03f);
    const Network constructed = constructed_network(units);
    print("{:2} units: typical error {:.4f} constructed, {:.4f} learned", units,
          typical_error(constructed), typical_error(learned));
    record_data("approximation_loss", std::to_string(units), thinned(losses));
    record(fmt::format("learned {}", units), "{:.3f}", typical_error(learned));
    record(fmt::format("constructed {}", units), "{:.3f}", typical_error(constructed));
    if (units != 16) continue;
    record_data("approximation_learned", "learned", run_network(learned, places).transpose());
    record_data("approximation_learned", "constructed",
                run_network(constructed, places).transpose());
  }
}
//: ```{output}
//: ```
//:
//: ```{figure-from} approximation_loss
//: :alt: The loss against the step on logarithmic axes, one falling line for each width from 4 to
//:   64 units.
//:
//: The loss while learning. The networks of 4 and 8 units get stuck. The wider ones still fall when
//: the steps run out, and none of them has reached the dashed level, where the construction of 16
//: units is.
//: ```
//:
//: ```{figure-from} approximation_learned
//: :alt: The curve, the constructed and the learned network of 16 units, from -1.5 to 1.5. Between
//:   -1 and 1 both follow the curve; outside, both go on as straight lines and leave it.
//:
//: Sixteen units each. Inside the shaded interval, where the examples are, both follow the curve.
//: Outside, each goes on in a straight line. (All units of the construction are off to the left of
//: $-1$, so it is flat there.)
//: ```
//:
//: Compare the two columns. At 16 units the construction errs by {value}`constructed 16`, the
//: learned network by {value}`learned 16`. At 64 units the construction has got about sixteen times
//: better, as promised, and the learned network has not even halved its error: {value}`learned 64`.
//: The weights that the theorem speaks of exist, we have them in our hands, and gradient descent,
//: started at random, did not come near them in 6,000 steps. Expression and learning are two
//: questions.
//:
//: Much of the rest of the book closes this gap: better steps than plain gradient descent (section
//: 5.4), layers that keep slopes from fading or exploding (4.2, 5.1), and more examples than one
//: could plan for. And look at what both networks do to the right of 1. The theorem promised
//: nothing there, and that is what we get.
//:
//: ## Depth against width
//:
//: One hidden layer is enough, says the theorem. Why then are networks deep? Because of what
//: "enough" costs. Take the tent on the interval from 0 to 1, which rises to 1 in the middle and
//: falls back:
//:
//: $$t(x) = 2 \operatorname{relu}(x) - 4 \operatorname{relu}(x - \tfrac12) .$$
//:
//: It folds the interval in half and stretches it to full length again. Apply it to its own result,
//: and there are two teeth; again, four. Each layer of two units doubles their number. A network of
//: $k$ such layers has $2k$ units and draws $2^k$ straight pieces, while in one hidden layer every
//: unit adds at most one corner, so $2^k$ pieces take $2^k$ units (one for the first slope, the
//: others for the corners).

namespace {

/// The tent t(t(…t(x)…)) of `depth` layers of two ReLUs, at each place (n, 1).
Matrix sawtooth(const Matrix& places, int depth) {
  Matrix rise(2, 1), fall(1, 2);
  Vector corners(2);
  rise << 1, 1;
  corners << 0, -0.5f;
  fall << 2, -4;
  Matrix values = places;
  for (int layer = 0; layer < depth; ++layer) {
    values = linear(relu(linear(values, rise, corners)), fall, Vector::Zero(1));
  }
  return values;
}

/// In how many straight pieces a curve goes, seen at evenly spaced places from 0 to 1.
Index straight_pieces(const Matrix& heights) {
  Index pieces = 1;
  for (Index i = 2; i < heights.rows(); ++i) {
    const Real before = heights(i - 1) - heights(i - 2), after = heights(i) - heights(i - 1);
    if (before != after) ++pieces;
  }
  return pieces;
}

/// Mean distance to `heights` of the best network with one hidden layer whose corners are evenly
/// spaced from 0 to 1.
double shallow_error(const Matrix& places, const Matrix& heights, Index units) {
  Matrix features(places.rows(), units + 1);
  for (Index j = 0; j < units; ++j) {
    const Real corner = static_cast<Real>(j) / static_cast<Real>(units);
    features.col(j) = relu(places.array() - corner);
  }
  features.col(units).setOnes();
  const Matrix solution = features.colPivHouseholderQr().solve(heights);
  return (features * solution - heights).cwiseAbs().mean();
}

}  // namespace

static void depth_against_width() {
  const Matrix places = evenly(1025, 0, 1);
  for (int depth = 1; depth <= 6; ++depth) {
    const Matrix heights = sawtooth(places, depth);
    print("layers {}, units {:2}: {:2} straight pieces", depth, 2 * depth,
          straight_pieces(heights));
    if (depth == 1 || depth == 2 || depth == 4) {
      record_data("approximation_sawtooth", std::to_string(depth), heights.transpose());
    }
  }
  record_data("approximation_sawtooth", "x", places.transpose());
}
//: ```{output}
//: ```
//:
//: ```{figure-from} approximation_sawtooth
//: :alt: Three panels with one tooth, two teeth and eight teeth: one, two and four layers.
//:
//: One, two and four layers of two units. Each layer folds the interval once more.
//: ```
//:
//: It is not only that a shallow network must have as many units to be exact. With far fewer, it is
//: not even close. The sawtooth with 64 pieces swings between 0 and 1; the constant $\frac12$ is
//: off by $\frac14$ on average. A line of $m$ pieces crosses the height $\frac12$ at most $m$
//: times, the sawtooth 64 times, so if $m$ is much smaller, most of the swings are missed. Here is
//: the best that one hidden layer can do, by least squares, with its corners evenly spaced:

static void shallow_fits() {
  const Matrix places = evenly(1025, 0, 1);
  const Matrix heights = sawtooth(places, 6);
  for (const Index units : {8, 16, 32, 64}) {
    print("one layer, {:2} units: mean error {:.3f}", units, shallow_error(places, heights, units));
  }
}
//: ```{output}
//: ```
//:
//: Up to 32 units it is hardly better than the constant, and at 64, one unit a piece, the error is
//: gone. Twelve units in six layers do the same. Telgarsky made a theorem of it: for every $k$
//: there are networks of the order of $k^3$ layers, a few units each, that no network of the order
//: of $k$ layers comes near, unless its units number in the order of $2^k$
//: {cite}`telgarsky2016benefits`. Depth is a way to use a unit many times.
//:
//: ## What it costs
//:
//: Our hidden layer has $3n + 1$ parameters for $n$ units with one input, and a forward pass takes
//: $5n$ operations: a multiplication and an addition for each unit in either layer, and the bend
//: between them. The construction needs $n \sim \varepsilon^{-1/2}$ units for an error of
//: $\varepsilon$: a hundred times as exact for ten times the price. That is cheap, and it is cheap
//: because there was one input. In $d$ dimensions, hats on a grid with ten places in each direction
//: are $10^d$ hats. A word has hundreds of features, and the number of atoms in the universe has
//: eighty digits. No construction of this kind will ever write a sentence. What saves learning is
//: that the functions we care about are not arbitrary: Barron showed that for a class of smooth
//: ones, the error of a hidden layer falls like $1/\sqrt n$ whatever the dimension, if its weights
//: are chosen well {cite}`barron1993universal`.
//:
//: ## In the wild
//:
//: A GPT is a stack of blocks, and every block has this network in it: a linear layer to four times
//: the width, an activation, and a linear layer back. It is called the feed-forward layer, and two
//: thirds of the weights of the blocks are in it. In trained models its units can be read: each
//: hidden unit answers to certain patterns in the text before it, and its output weights favor the
//: words that come next {cite}`geva2021transformer`. The sum
//: $\sum_j a_j \varphi(w_j \cdot x + b_j)$ is the same as on this page, with questions $w_j$ that
//: were learned.
//:
//: ## Exercises
//:
//: `````{exercise} 1.4a
//: :title: How many units
//: :kind: paper
//:
//: You want to draw $\sin x$ from 0 to $2\pi$ with one hidden layer of ReLUs, nowhere off by more
//: than 0.001. How many units does the construction need?
//:
//: ```{hint}
//: The second derivative of $\sin$ is nowhere larger than 1. What is $h$ for $n$ units on this
//: interval?
//: ```
//: ```{hint}
//: Put both into the bound $M h^2 / 8$ of this page, and ask which $n$ makes it small enough.
//: ```
//: ```{solution}
//: $h^2 \le 0.008$, so $h \le 0.0894$ and $n \ge 2 \pi / 0.0894 = 70.2$: 71 units.
//: ```
//: `````
//:
//: `````{exercise} 1.4b
//: :title: The gradient of a fold
//: :kind: code
//: :function: fold_gradient
//:
//: Let a unit fold instead of cut: $z = w x + b$, $h = |z|$, $\hat y = a h + c$. Its four numbers
//: are a `FoldUnit`, a struct of `Real w, b, a, c`. Write `fold_gradient(unit, inputs, wanted)`,
//: which returns the slopes of the mean squared error on $N$ examples by the four, as a `FoldUnit`
//: again. `inputs` and `wanted` are vectors of $N$ numbers; for none of the inputs is $z = 0$.
//:
//: ```{hint}
//: Follow "The gradient by hand" from the end to the beginning, and stop where the activation comes
//: in: what is the slope of $|z|$ on either side of 0?
//: ```
//: ```{hint}
//: Every example has its own $\hat y$, $h$ and $z$, and all use the same four numbers. What does
//: the mean over $N$ examples do to their slopes?
//: ```
//: ```{solution}
//: The slopes of each example are those of the page, with 1 or $-1$ for the slope of $|z|$; they
//: add up, and the mean divides them by $N$. Finite differences on the loss agree with them.
//: ```
//: `````
//:
//: `````{exercise} 1.4c
//: :title: The size of the steps
//: :kind: experiment
//:
//: `construction_against_learning` uses a learning rate of 0.03. Predict what 0.003 and 0.3 do to
//: the networks, the narrow and the wide ones, and then run section 1.4 with each. Is there a best
//: one?
//:
//: ```{hint}
//: Print the loss every 500 steps. What is the largest step that still makes it smaller?
//: ```
//: ```{hint}
//: On a parabola of second derivative $c$, a step of $\eta$ multiplies the distance to the minimum
//: by $1 - \eta c$. What happens when $\eta c > 2$?
//: ```
//: ```{solution}
//: The typical errors after 6,000 steps, with one rate more:
//:
//: | units | 0.003 | 0.03 | 0.1 | 0.3 |
//: | --- | --- | --- | --- | --- |
//: | 4 | 0.440 | 0.436 | 0.436 | 0.436 |
//: | 8 | 0.381 | 0.165 | 0.165 | 0.154 |
//: | 16 | 0.309 | 0.086 | 0.092 | 0.157 |
//: | 32 | 0.220 | 0.065 | 0.059 | 0.421 |
//: | 64 | 0.197 | 0.058 | 0.038 | 0.386 |
//:
//: A tenth of the rate gets about as far in ten steps as the whole in one, so 6,000 steps are not
//: enough for any but the narrowest network, which is stuck at every rate. Ten times the rate helps
//: the network of 8 a little, nearly doubles the error of that of 16, and ruins those of 32 and 64:
//: along the steepest direction each step overshoots by more than it gains, as $|1 - \eta c| > 1$,
//: and the more units push the output the same way, the steeper it is. The best rate is a little
//: below the largest that is stable, and that depends on the network.
//: ```
//: `````
//:
//: `````{exercise} 1.4d
//: :title: Can a sawtooth be learned
//: :kind: experiment
//:
//: Twelve units in six layers can draw a sawtooth of 64 pieces. Let one hidden layer of 64 units
//: *learn* a sawtooth of 4 pieces with `learn`, stretched over the interval from $-1$ to 1, and
//: then one of 8, of 16 and of 32. Where does it give up?
//:
//: ```{hint}
//: Give `learn` the wanted heights as an argument: `sawtooth((inputs.array() + 1) / 2, 2)` has 4
//: pieces. Its inputs stay between $-1$ and 1, for that is where `random_network` starts its
//: corners.
//: ```
//: ```{hint}
//: Compare the loss with that of the constant $\frac12$, which is $\frac{1}{12}$ for every
//: sawtooth.
//: ```
//: ```{solution}
//: After 6,000 steps with the rate 0.03 the loss is 0.0000 for 4 pieces, 0.039 for 8, 0.080 for 16
//: and 0.084 for 32, where the constant has 0.084 on the 201 examples: 4 pieces are learned, 8 to
//: one half, 16 and 32 hardly at all. To a wide, slow curve all examples pull the weights the same
//: way; on a fine sawtooth the pulls of neighboring teeth cancel, and the gradient is nearly 0
//: wherever the corners are not already in place. Gradient descent learns slow curves first
//: {cite}`rahaman2019spectral`.
//: ```
//: `````

void universal_approximation() {
  error_of_construction();
  best_fit_by_activation();
  one_step_by_hand();
  check_the_gradient();
  construction_against_learning();
  depth_against_width();
  shallow_fits();
}
