//: # Non-linearity
//:
//: A linear layer asks questions of a word. A second layer, on top of it, could ask questions about
//: the answers, and a third about those. It sounds as if each layer made the network, as
//: a chain of layers is called, wiser. So take two layers, and look for something that they can do
//: and one cannot.
//:
//: You will not find anything. Why do two linear layers see no more than one, and what is the
//: smallest change that cures it?

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numbers>
#include <set>
#include <string>
#include <vector>

#include "common/foundations/activations.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"

using namespace llm;
using Strings = std::vector<std::string>;

//: ## Two layers are one
//:
//: Let the first layer have weights $W_1$ and bias $b_1$, the second $W_2$ and $b_2$. The second
//: takes what the first gives, and we multiply out:
//:
//: $$(x W_1^\top + b_1) W_2^\top + b_2 = x \underbrace{W_1^\top W_2^\top}_{W^\top} +
//: \underbrace{(b_1 W_2^\top + b_2)}_{b} , \qquad W = W_2 W_1 .$$
//:
//: (A product is transposed by transposing both factors and exchanging them, so
//: $W_1^\top W_2^\top = (W_2 W_1)^\top$.) This is a linear layer again, with weights $W$ and bias
//: $b$. Each row of $W$ is a question of the second layer, put in the features that came in. Two
//: numbers in, two in the middle, one out: with
//:
//: $$W_1 = \begin{pmatrix} 1 & 0 \\ 2 & 1 \end{pmatrix}, \quad b_1 = (1, 0), \quad
//: W_2 = \begin{pmatrix} 3 & 1 \end{pmatrix}, \quad b_2 = -1,$$
//:
//: the product is $W = W_2 W_1 = (3 \cdot 1 + 1 \cdot 2,\; 3 \cdot 0 + 1 \cdot 1) = (5, 1)$ and
//: $b = 1 \cdot 3 + 0 \cdot 1 - 1 = 2$. Both ways, the input $(1, 1)$ gives $5 + 1 + 2 = 8$.

static void two_layers_are_one() {
  Matrix inputs(3, 2), first_weights(2, 2), second_weights(1, 2);
  Vector first_bias(2), second_bias(1);
  inputs << 1, 1,  //
      2, 0,        //
      -1, 3;
  first_weights << 1, 0,  //
      2, 1;
  second_weights << 3, 1;
  first_bias << 1, 0;
  second_bias << -1;
  const Matrix hidden = linear(inputs, first_weights, first_bias);
  Matrix both(3, 2);
  both << linear(hidden, second_weights, second_bias),
      linear(inputs, second_weights * first_weights,
             first_bias * second_weights.transpose() + second_bias);
  show("the same answers", both, 0, {"(1, 1)", "(2, 0)", "(-1, 3)"}, {"two layers", "one layer"});
}
//: ```{output}
//: ```
//:
//: The argument repeats for the third layer and the hundredth. A stack of linear layers draws one
//: flat plane, whatever its weights. Here is one of three layers, with random weights; and beside
//: it the same weights with the small change that this section is about.

static void a_plane_stays_flat() {
  constexpr Index steps = 41, width = 6;
  Matrix points(steps * steps, 2);
  for (Index i = 0; i < points.rows(); ++i) {
    points(i, 0) = static_cast<Real>(i % steps) / 20 - 1;
    points(i, 1) = static_cast<Real>(i / steps) / 20 - 1;
  }
  Generator generator(4);
  Matrix flat = points, bent = points;
  for (const Index inputs : {Index{2}, width}) {
    const Matrix weights =
        random_normal(width, inputs, generator, std::sqrt(Real{2} / static_cast<Real>(inputs)));
    const Vector bias = random_normal(1, width, generator, 0.5f);
    flat = linear(flat, weights, bias);
    bent = relu(linear(bent, weights, bias));
  }
  const Matrix answer = random_normal(1, width, generator, 0.25f);
  flat = linear(flat, answer, Vector::Zero(1));
  bent = linear(bent, answer, Vector::Zero(1));
  record_data("relu_flat_plane", "flat", flat.reshaped<Eigen::RowMajor>(steps, steps));
  record_data("relu_flat_plane", "bent", bent.reshaped<Eigen::RowMajor>(steps, steps));
}
//: ```{figure-from} relu_flat_plane
//: :alt: Two surfaces over the same square. The left one is a tilted flat plane; the right one is
//:   made of many flat facets that meet in creases.
//:
//: What three layers compute from two inputs. Left: linear layers only. Right: the same weights
//: with a ReLU after each of the first two.
//: ```
//:
//: ## What a plane cannot do
//:
//: Flat is not good enough for a question as simple as "one or the other, but not both". Let each
//: of two inputs be 0 or 1, and let the answer be positive when exactly one of them is 1, and
//: negative otherwise. This is the exclusive or, XOR. A linear layer would need weights and a bias
//: with
//:
//: $$b < 0, \qquad w_1 + b > 0, \qquad w_2 + b > 0, \qquad w_1 + w_2 + b < 0$$
//:
//: for the inputs $(0,0)$, $(1,0)$, $(0,1)$ and $(1,1)$. Add the two in the middle:
//: $w_1 + w_2 + 2b > 0$. Add the first and the last: $w_1 + w_2 + 2b < 0$. Both can't be. No choice
//: of weights computes XOR; Minsky and Papert made this famous in 1969
//: {cite}`minsky1969perceptrons`.
//:
//: ## The smallest bend
//:
//: We need something between the layers that is not linear. The simplest is a line with one corner:
//: leave positive numbers alone and make negative ones 0. It is called the rectified linear unit,
//: {term}`ReLU` {cite}`nair2010rectified`:
//:
//: $$\operatorname{relu}(x) = \max(x, 0) ,$$
//:
//: applied to each feature on its own. A layer's answer now counts only if it is yes. The code
//: writes where it is told, like that of the linear layer. That may be where the inputs lie, if
//: nobody needs them any more. (`cwiseMax` takes the larger of two numbers, entry by entry;
//: section 1.1 has its kin, under "Eigen in a dozen lines".)
//:
//: ```{listing} llm::relu_forward
//: ```
//: ```{listing} llm::relu
//: :folded:
//: ```
//:
//: A question with its ReLU is called a *unit*. Two units compute XOR. Let
//:
//: $$h_1 = \operatorname{relu}(x_1 + x_2), \qquad h_2 = \operatorname{relu}(x_1 + x_2 - 1),
//: \qquad y = h_1 - 2 h_2 - \tfrac12 .$$
//:
//: The first counts the ones. The second is 0 unless both inputs are 1, and then it is 1;
//: subtracted twice, it takes the count from 2 back to 0. By hand: $(0,0)$ gives $0 - 0 - \frac12$;
//: $(1, 0)$ and $(0,1)$ give $1 - 0 - \frac12$; $(1,1)$ gives $2 - 2 - \frac12$.

static void xor_by_two_relus() {
  Matrix inputs(4, 2), first_weights(2, 2), second_weights(1, 2);
  Vector first_bias(2), second_bias(1);
  inputs << 0, 0, 0, 1, 1, 0, 1, 1;
  first_weights << 1, 1,  //
      1, 1;
  first_bias << 0, -1;
  second_weights << 1, -2;
  second_bias << -0.5f;
  const Matrix hidden = relu(linear(inputs, first_weights, first_bias));
  Matrix table(4, 3);
  table << hidden, linear(hidden, second_weights, second_bias);
  show("exclusive or", table, 1, {"(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"}, {"h1", "h2", "y"});
}
//: ```{output}
//: ```
//:
//: ## Folding
//:
//: How does a corner help? Picture the plane of all inputs as a sheet of paper. Two ReLUs make an
//: absolute value, $|x| = \operatorname{relu}(x) + \operatorname{relu}(-x)$, and what $|x_1|$ does
//: to the sheet is to fold it along the vertical axis: the points $(2, 1)$ and $(-2, 1)$ come to
//: lie on each other. $|x_2|$ folds it once more. Now draw one straight line across the folded
//: sheet, as the next linear layer would, and unfold it. The line went through four sheets of paper
//: at once: it has become a diamond.

static void fold_twice() {
  constexpr Index steps = 81;
  Matrix points(steps * steps, 2), first_weights(4, 2), second_weights(1, 4);
  for (Index i = 0; i < points.rows(); ++i) {
    points(i, 0) = static_cast<Real>(i % steps) / 20 - 2;
    points(i, 1) = static_cast<Real>(i / steps) / 20 - 2;
  }
  first_weights << 1, 0,  //
      -1, 0,              //
      0, 1,               //
      0, -1;
  second_weights << -2, -2, -1, -1;
  const Matrix hidden = relu(linear(points, first_weights, Vector::Zero(4)));
  const Matrix answers = linear(hidden, second_weights, Vector::Constant(1, 2));
  record_data("relu_fold", "answers", answers.reshaped<Eigen::RowMajor>(steps, steps));
}
//: ```{figure-from} relu_fold
//: :alt: Three panels. A square sheet with four colored quadrants; the sheet folded twice so that
//:   all quadrants lie on one, cut by a straight line; and the sheet unfolded, where the cut is a
//:   diamond.
//:
//: ReLU folds space. Left: the sheet of all inputs. Middle: folded along both axes, all four
//: quadrants lie on one, and a linear layer cuts them with one line. Right: unfolded, the one line
//: is a diamond around the origin.
//: ```
//:
//: Both folds were made by one layer of four units. A second layer can fold the folded sheet again,
//: which is a reason to stack layers: each fold can double the number of sheets that the next cut
//: goes through. Section 1.4 turns this into a theorem about depth.
//:
//: ## How many pieces
//:
//: A network with ReLUs is flat in pieces: where every unit stays on one side of its corner, it is
//: a linear layer, by the argument at the top of this page. A piece is a region of inputs where the
//: same units are on. How many can there be? In the plane, the corner of a unit is a line,
//: $w \cdot x + b = 0$. Without lines there is one region. Line number $k$ crosses the $k-1$ lines
//: before it in at most $k-1$ points, which cut it into $k$ stretches, and each stretch splits a
//: region in two. So it adds at most $k$, and $n$ units in one layer make at most
//:
//: $$1 + 1 + 2 + \dots + n = 1 + \frac{n(n+1)}{2}$$
//:
//: pieces: 2, 4, 7, 11 for one to four units. In $d$ dimensions it is the sum of the binomial
//: coefficients $\binom{n}{0}$ to $\binom{n}{d}$ {cite}`zaslavsky1975facing`. Let us count them.
//: The program draws random lines through a square, and at each of 160,000 points notes which units
//: are on; each pattern is a piece.

namespace {

/// Points of a square grid over [-1, 1]², `steps` in each direction: (steps², 2).
Matrix square_grid(Index steps) {
  Matrix points(steps * steps, 2);
  for (Index i = 0; i < points.rows(); ++i) {
    points(i, 0) = 2 * static_cast<Real>(i % steps) / static_cast<Real>(steps - 1) - 1;
    points(i, 1) = 2 * static_cast<Real>(i / steps) / static_cast<Real>(steps - 1) - 1;
  }
  return points;
}

/// For each row of `hidden` (points, units), which units are on, as the bits of one number.
std::vector<std::uint64_t> patterns(const Matrix& hidden) {
  std::vector<std::uint64_t> result;
  for (Index i = 0; i < hidden.rows(); ++i) {
    std::uint64_t bits = 0;
    for (Index j = 0; j < hidden.cols(); ++j) bits = 2 * bits + (hidden(i, j) > 0 ? 1 : 0);
    result.push_back(bits);
  }
  return result;
}

/// A layer of `units` random lines that pass near the middle of the square, with ReLU.
Matrix random_layer(const Matrix& points, Index units, Generator& generator) {
  const Matrix weights = random_normal(units, points.cols(), generator);
  return relu(linear(points, weights, random_normal(1, units, generator, 0.3f)));
}

}  // namespace

static void count_pieces() {
  const Matrix points = square_grid(400);
  for (const Index units : {1, 2, 3, 4, 8, 16}) {
    Generator generator(12);
    const auto found = patterns(random_layer(points, units, generator));
    print("{:2} units: {:3} pieces in the square, at most {:3} in the plane", units,
          std::set(found.begin(), found.end()).size(), 1 + units * (units + 1) / 2);
  }
  Generator generator(12);
  const Matrix first = random_layer(points, 8, generator);
  const Matrix second = random_layer(first, 8, generator);
  Matrix both(points.rows(), 16);
  both << first, second;
  const auto found = patterns(both);
  print("two layers of 8 units: {:3} pieces in the square",
        std::set(found.begin(), found.end()).size());
}
//: ```{output}
//: ```
//:
//: No count exceeds its bound. Those below it have lines that cross outside of the square, where
//: the program does not look, or pieces so small that no point of the grid falls into them. The
//: second layer of eight cuts the pieces of the first once more, and each of its corners is a line
//: only until it meets a line of the first layer:

static void picture_of_pieces() {
  const Matrix points = square_grid(200);
  Generator generator(12);
  const Matrix first = random_layer(points, 8, generator);
  const Matrix second = random_layer(first, 8, generator);
  Matrix both(points.rows(), 16);
  both << first, second;
  const auto as_picture = [](const std::vector<std::uint64_t>& found) {
    const std::set<std::uint64_t> distinct(found.begin(), found.end());
    Matrix numbers(200, 200);
    for (Index i = 0; i < numbers.size(); ++i) {
      const auto place = distinct.find(found[static_cast<std::size_t>(i)]);
      numbers(i / 200, i % 200) = static_cast<Real>(std::distance(distinct.begin(), place));
    }
    return numbers;
  };
  record_data("relu_pieces", "one", as_picture(patterns(first)));
  record_data("relu_pieces", "two", as_picture(patterns(both)));
}
//: ```{figure-from} relu_pieces
//: :alt: Two squares cut into colored regions. On the left by eight straight lines; on the right by
//:   the same lines and by further ones that bend where they cross the first.
//:
//: The flat pieces of one layer of eight units (left), and of two (right). The second layer's
//: corners are straight within each piece of the first, and bend where they leave it.
//: ```
//:
//: ## Units that have died
//:
//: The flat half of ReLU has a price. Suppose a unit's answer is negative for every input that
//: there is. It gives 0, always, and if its weights change a little, it still gives 0. Whoever
//: improves a network by small changes, which is how section 1.4 will do it, gets no hint from this
//: unit as to which way to turn. It is called a {term}`dead unit`.
//:
//: How does a unit get there? A bias that is too negative is enough. Here are 512 random units,
//: which see 1,000 random inputs of 16 features of typical size 1. A unit's weights have the
//: typical size $\frac14$, so the 16 products of which its answer is the sum have the mean square
//: $\frac{1}{16}$ each. In the square of the sum the products of different ones cancel on average,
//: so the answer before the bias and the ReLU has the mean square 1. "Nudged" adds a thousandth to
//: each of a unit's weights and asks whether any of its 1,000 answers changed.

static void dead_units() {
  Generator generator(6);
  const Matrix inputs = random_normal(1000, 16, generator);
  const Matrix weights = random_normal(512, 16, generator, 0.25f);
  for (const Real shift : {0.0f, -1.0f, -2.0f, -3.0f, -4.0f}) {
    const Vector bias = Vector::Constant(512, shift);
    const Matrix outputs = relu(linear(inputs, weights, bias));
    const Matrix nudged = relu(linear(inputs, weights.array() + 0.001f, bias));
    const auto dead = (outputs.colwise().maxCoeff().array() == 0).count();
    const auto unmoved = ((nudged - outputs).cwiseAbs().colwise().maxCoeff().array() == 0).count();
    print(
        "bias {:2}: {:4.1f} % of the answers are positive, {:3} units dead, {:3} unmoved when "
        "nudged",
        shift, 100 * (outputs.array() > 0).cast<double>().mean(), dead, unmoved);
  }
}
//: ```{output}
//: ```
//:
//: Where the bias is far below 0, units die, and the dead do not move when nudged, but for one
//: whose best answer lies less than a nudge below its corner. The slope says the same. If a
//: {term}`loss`, some number that we want small, has the slope $g$ by an output of ReLU, then by
//: the chain rule its slope by the input is $g$ times the slope of ReLU, which is 1 on the right
//: and 0 on the left. This step from outputs to inputs is the *backward pass* of the layer. Every
//: layer of this book gets one: `relu_forward` has its `relu_backward`. The slopes by all outputs
//: together are called their gradient, hence the name `output_gradient`.
//:
//: ```{listing} llm::relu_backward
//: ```
//:
//: Here `change` is the slope by the outputs, `x` the inputs and `gradient` where the slope by the
//: inputs goes; `select` takes the first where the input is positive, and the second, 0, elsewhere.
//: `for_each_piece` calls what it is given for one piece of a row after the other, up to 256
//: numbers at a time, which the next two activations will have a use for.
//:
//: ```{listing} llm::for_each_piece
//: :folded:
//: ```
//:
//: ## Rounder corners
//:
//: Why not round the corner off? Think of ReLU as a gate: $x$ is multiplied by 1 if it is positive
//: and by 0 if not. A softer gate lets $x$ through with a probability that grows with $x$. Take a
//: number $z$ from the normal distribution, and let $x$ pass if $z < x$. The probability of that is
//: the area under the bell curve to the left of $x$, written $\Phi(x)$, and what passes on average
//: is
//:
//: $$\operatorname{gelu}(x) = x\, \Phi(x) ,$$
//:
//: the Gaussian error linear unit, {term}`GELU` {cite}`hendrycks2016gaussian`. At $x = 1$ it is
//: $1 \cdot 0.841$, at $-1$ it is $-1 \cdot 0.159$.
//:
//: $\Phi$ has no formula in school functions, so we look for one that is nearly the same. The
//: hyperbolic tangent $\tanh x = (e^x - e^{-x}) / (e^x + e^{-x})$ rises smoothly from $-1$ to 1 and
//: is 0 at 0, as $2 \Phi(x) - 1$ does and is, and computers have it. Let us make the two agree near
//: 0. The bell curve is $e^{-x^2/2} / \sqrt{2\pi}$, so $2\Phi - 1$ has the slope
//: $2 / \sqrt{2\pi} = \sqrt{2/\pi}$ at 0; tanh has the slope 1, and $\tanh(\sqrt{2/\pi}\, x)$ the
//: one that we want. For the next term, use $e^{-x^2/2} \approx 1 - x^2/2$ and
//: $\tanh u \approx u - u^3/3$ for small numbers. With $c = \sqrt{2/\pi}$,
//:
//: $$2 \Phi(x) - 1 \approx c \Bigl(x - \frac{x^3}{6}\Bigr), \qquad \tanh\bigl(c\,(x + a x^3)\bigr)
//: \approx c \Bigl(x + a x^3 - \frac{c^2 x^3}{3}\Bigr) ,$$
//:
//: and the cubes agree if $a = c^2/3 - 1/6 = 2/(3\pi) - 1/6 = 0.0455$. That is best near 0. The
//: authors of GELU tried other numbers on the whole line and print $a = 0.044715$. GPT-2 uses their
//: formula, and so do we:
//:
//: $$\Phi(x) \approx \frac12
//: \Bigl(1 + \tanh\bigl(\sqrt{2/\pi}\,(x + 0.044715\, x^3)\bigr)\Bigr) .$$
//:
//: In the library there is no tanh. With $u$ for what stands inside of it, we write the tanh out
//: and divide above and below by $e^u$:
//:
//: $$\frac12 (1 + \tanh u) = \frac12 \cdot \frac{2 e^u}{e^u + e^{-u}} = \frac{1}{1 + e^{-2u}}
//: = \sigma(2u), \qquad \sigma(x) = \frac{1}{1 + e^{-x}} .$$
//:
//: This $\sigma$ is the logistic function, often called sigmoid, which rises from 0 to 1; it takes
//: a single exponential.
//:
//: ```{listing} llm::logistic
//: ```
//:
//: So GELU is $x\, \sigma(2u)$, a gate that opens with $2u$. With $x$ taken out of the sum, and
//: `gelu_scale` and `gelu_cube` for $\sqrt{2/\pi}$ and 0.044715, this is
//:
//: ```{listing} llm::gelu_argument
//: ```
//: ```{listing} llm::gelu_forward
//: ```
//: ```{listing} llm::gelu
//: :folded:
//: ```
//:
//: (`array()` lets `*` go number by number. The `auto` that `logistic` and `gelu_argument` return
//: is not a table of numbers but an expression, which Eigen computes entry by entry where it is
//: assigned.)
//:
//: How near does it come, without the cube, with our number and with theirs?

/// The largest distance between x Φ(x) and its formula in tanh with this factor of the cube.
static double error_of_tanh(double cube) {
  double error = 0;
  for (double x = -5; x <= 5; x += 0.01) {
    const double exact = 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
    const double tanh = std::tanh(std::sqrt(2 / std::numbers::pi) * (x + cube * x * x * x));
    error = std::max(error, std::abs(0.5 * x * (1 + tanh) - exact));
  }
  return error;
}

static void how_near_the_tanh_comes() {
  for (const double cube : {0.0, 0.0455, 0.044715}) {
    print("with {:8} x³ in the tanh, GELU is never off by more than {:.4f}", cube,
          error_of_tanh(cube));
  }
}
//: ```{output}
//: ```
//:
//: The cube that we derived removes most of the error, and the authors' number some more, as it was
//: chosen for the whole line.
//:
//: And what if the gate opens with $x$ itself? Then we have {term}`SiLU`, which is also called
//: swish {cite}`elfwing2018sigmoid,ramachandran2017searching`:
//:
//: $$\operatorname{silu}(x) = x\, \sigma(x) = \frac{x}{1 + e^{-x}} .$$
//:
//: ```{listing} llm::silu_forward
//: ```
//: ```{listing} llm::silu
//: :folded:
//: ```
//:
//: The three side by side:

static void three_activations() {
  Matrix inputs(1, 7);
  inputs << -4, -2, -1, 0, 1, 2, 4;
  Matrix table(7, 3);
  table << relu(inputs).transpose(), gelu(inputs).transpose(), silu(inputs).transpose();
  show("three activations", table, 3, {"-4", "-2", "-1", "0", "1", "2", "4"},
       {"relu", "gelu", "silu"});

  const Matrix fine = Vector::LinSpaced(401, -5, 5);
  const Matrix ones = Matrix::Ones(1, fine.cols());
  record_data("relu_kin", "x", fine);
  Matrix values(3, fine.cols()), slopes(3, fine.cols());
  values << relu(fine), gelu(fine), silu(fine);
  relu_backward(ones, fine, slopes.row(0));
  gelu_backward(ones, fine, slopes.row(1));
  silu_backward(ones, fine, slopes.row(2));
  record_data("relu_kin", "values", values);
  record_data("relu_kin", "slopes", slopes);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} relu_kin
//: :alt: Two panels with three curves each. Left: ReLU, GELU and SiLU, which agree far from 0.
//:   Right: their slopes; that of ReLU is a step, the other two rise smoothly, dip below 0 and
//:   overshoot 1.
//:
//: ReLU and its smooth kin (left), and their slopes (right). The smooth ones have a slope almost
//: everywhere on the left side too, and so a way back for a unit that has gone there.
//: ```
//:
//: Their slopes follow from the product rule. The logistic function has the slope
//: $\sigma' = e^{-x} / (1 + e^{-x})^2 = \sigma(1-\sigma)$, so that of $x\,\sigma(x)$ is
//: $\sigma + x\,\sigma(1-\sigma) = \sigma\,(1 + x\,(1-\sigma))$. Here $\sigma$ is the `share` of
//: $x$ that passes. It is used twice, so this time it is computed once and kept, in a `Piece`, an
//: array of up to 256 numbers that needs no memory but the stack:
//:
//: ```{listing} llm::silu_backward
//: ```
//: ```{listing} llm::Piece in common/foundations/activations.cpp
//: :folded:
//: ```
//:
//: For GELU the chain rule adds the slope of $2u = 2 \sqrt{2/\pi}\,(x + 0.044715\,x^3)$, which is
//: $2 \sqrt{2/\pi}\,(1 + 3 \cdot 0.044715\,x^2)$, as a factor of $x\,(1-\sigma)$; in the code it is
//: called `slope`:
//:
//: ```{listing} llm::gelu_backward
//: ```
//:
//: ## What it costs
//:
//: An {term}`activation function` (and what it gives, an {term}`activation`) takes a few operations
//: for each number, where the linear layer before it did $2 d_\text{in}$. With $d_\text{in} = 768$
//: that is nothing, as long as a few stays a few. An exponential is a dozen instructions or two,
//: and each number also has to come from memory and go back. Measured on a million numbers:

static void cost_of_activations() {
  Generator generator(7);
  const Matrix inputs = random_normal(1000, 1000, generator);
  Matrix outputs = inputs;
  const auto nanoseconds = [&](auto activation) {
    return 1e3 * fastest_seconds([&] { activation(inputs, outputs); });
  };
  print_timing("nanoseconds a number: relu {:.2f}, gelu {:.2f}, silu {:.2f}",
               nanoseconds(relu_forward), nanoseconds(gelu_forward), nanoseconds(silu_forward));
  print_timing("a number of a linear layer with 768 inputs, at the machine's best: {:.2f}",
               2 * 768 / multiply_add_limit());
}
//: ```{output}
//: ```
//:
//: The exponential shows, and still the dearest of the three costs little beside the linear layer
//: that made the number.
//:
//: ## In the wild
//:
//: The original Transformer used ReLU {cite}`vaswani2017attention`, GPT-2 uses GELU
//: {cite}`radford2019language`, and the Llama family SiLU, in a layer where one half of the
//: features gates the other {cite}`shazeer2020glu`; we build it in chapter 5. The differences in
//: quality are small and were found by trying. The author of the paper on gated layers offers no
//: explanation, he writes, but divine benevolence {cite}`shazeer2020glu`. ReLU is not gone: in
//: 2023, models with ReLU were found to lose little, and to have so many exact zeros that much of
//: the next layer can be skipped {cite}`mirzadeh2023relu`.
//:
//: ## Exercises
//:
//: `````{exercise} 1.3a
//: :title: Three pieces in one dimension
//: :kind: paper
//:
//: Find weights for the "hat" that is 0 up to $x = 0$, rises to 1 at $x = 1$, falls to 0 at $x = 2$
//: and stays 0, as a sum of three ReLUs, $\sum_i a_i \operatorname{relu}(x - c_i)$. Why are two not
//: enough? (Section 1.4 builds on this hat.)
//:
//: ```{hint}
//: Each ReLU changes the slope by $a_i$ at the place $c_i$, and nowhere else.
//: ```
//: ```{hint}
//: What is the slope of the hat on each of its four pieces, from left to right? How much must it
//: change at each corner?
//: ```
//: ```{solution}
//: $\operatorname{relu}(x) - 2 \operatorname{relu}(x-1) + \operatorname{relu}(x-2)$. The hat has
//: three corners, and each ReLU has one.
//: ```
//: `````
//:
//: `````{exercise} 1.3b
//: :title: Two layers into one
//: :kind: code
//: :function: merge_layers
//:
//: Write `merge_layers(first_weights, first_bias, second_weights, second_bias)`, which returns the
//: one linear layer that does what the two do, one after the other, as a `MergedLayer`: a struct of
//: a `Matrix weights` and a `Vector bias`. Shapes: $(m, d)$, $(m)$, $(k, m)$, $(k)$ in; $(k, d)$
//: and $(k)$ out.
//:
//: ```{hint}
//: Multiply out $(x W_1^\top + b_1) W_2^\top + b_2$. Which terms have an $x$ in them?
//: ```
//: ```{hint}
//: The first layer's bias goes through the second layer's weights, like everything that the first
//: layer gives.
//: ```
//: ```{solution}
//: The weights are $W_2 W_1$, in this order, and the bias is $b_1 W_2^\top + b_2$.
//: ```
//: `````
//:
//: `````{exercise} 1.3c
//: :title: A leak against death
//: :kind: code
//: :function: leaky_relu_backward
//:
//: A leaky ReLU {cite}`maas2013rectifier` gives $x$ for $x > 0$, and $s\,x$ with a small slope $s$,
//: say 0.01, for other $x$. Write `leaky_relu_backward(output_gradient, inputs, slope)`: the slope
//: of the loss by the inputs, given the slope by the outputs. All shapes are $(n, d)$.
//:
//: ```{hint}
//: On which side of the corner a number lies is decided by the input, not by the gradient.
//: ```
//: ```{hint}
//: What is the slope of the leaky ReLU itself, at an input of 2 and at one of $-2$? The chain rule
//: joins it to the slope that comes from the outputs.
//: ```
//: ```{solution}
//: Eigen's `select` chooses entry by entry between the gradient and the gradient times the slope.
//: ```
//: `````
//:
//: `````{exercise} 1.3d
//: :title: Folds and pieces
//: :kind: experiment
//:
//: `count_pieces` has two layers of 8 units. Predict whether 16 units make more pieces as one layer
//: of 16, as two of 8, or as four of 4. Then count, with several seeds.
//:
//: ```{hint}
//: Random layers do not fold as well as chosen ones: what lies where all units of a layer are off
//: is squashed into one point.
//: ```
//: ```{hint}
//: Give `random_layer` the output of the one before, and put all the hidden layers side by side
//: before calling `patterns`.
//: ```
//: ```{solution}
//: With the seeds 1 to 10, the one layer of 16 has 102.3 pieces on average (from 82 to 113), the
//: two of 8 have 104.1 (from 78 to 148), and the four of 4 have 47.8 (from 16 to 108). The one
//: layer has more than the two with six seeds, and the four have the fewest with nine, although
//: chosen weights could give the deep network far more. The number of pieces of a typical network
//: grows with the number of its units and hardly with how they are stacked
//: {cite}`hanin2019complexity`, and narrow layers lose some. Depth makes many pieces possible; it
//: does not make them by itself.
//: ```
//: `````

void nonlinearity() {
  two_layers_are_one();
  a_plane_stays_flat();
  xor_by_two_relus();
  fold_twice();
  count_pieces();
  picture_of_pieces();
  dead_units();
  how_near_the_tanh_comes();
  three_activations();
  cost_of_activations();
}
