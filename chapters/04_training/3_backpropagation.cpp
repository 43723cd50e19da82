//: # Backpropagation by hand
//:
//: Every step of training in section 4.1 asked for the derivative of one number, the loss, with
//: respect to each of {value}`4.1:parameters` others, the parameters. There is an obvious way to
//: get a derivative: move one parameter a little, run the model, see how the loss changes. It takes
//: a run for each parameter, tens of thousands of runs for one step, and for GPT-2 a hundred
//: million. The functions whose names end in `_backward` did it in a single pass from the last
//: layer to the first. We took them on trust. How can one pass know what each parameter would have
//: done?

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "common/attention/attention.hpp"
#include "common/attention/masks.hpp"
#include "common/foundations/activations.hpp"
#include "common/foundations/gradient_check.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/softmax.hpp"
#include "common/training/residual.hpp"

using namespace llm;

namespace {

//: ## One path, five numbers
//:
//: Take the smallest network: one input $x$, one weight $w$, a ReLU, a second weight $v$, and the
//: squared distance from a target $t$ as the loss. Forward, with $x = 2$, $w = 3$, $v = \frac12$,
//: $t = 1$:
//:
//: $$h = wx = 6, \quad a = \operatorname{relu}(h) = 6, \quad
//: y = va = 3, \quad L = (y - t)^2 = 4 .$$
//:
//: Now back. Ask at each stage: if *this* number grew by a little, how many times that little would
//: the loss grow? For $y$ it is $2(y - t) = 4$. The number before it, $a$, moves $y$ by $v$ times
//: its own move, so it moves the loss by $4 v = 2$ times. Before that, $h$: the ReLU is open at 6,
//: so what moves $h$ moves $a$ alike, 2 again. And so on, each stage multiplying what came from
//: behind by its own small derivative. The weights hang on the path at the side and get theirs in
//: passing: $v$ moves $y$ by $a$, so its derivative is $4a = 24$, and $w$ moves $h$ by $x$, so its
//: is $2x = 4$.

void one_path() {
  const auto loss = [](double x, double w, double v) {
    const double y = v * std::max(w * x, 0.0);
    return (y - 1) * (y - 1);
  };
  const double x = 2, w = 3, v = 0.5, little = 1e-4;
  const double at_output = 2 * (v * w * x - 1);
  const double at_hidden = at_output * v;
  print("        going back   by moving it a little");
  print("v       {:10.4f}   {:21.4f}", at_output * w * x,
        (loss(x, w, v + little) - loss(x, w, v - little)) / (2 * little));
  print("w       {:10.4f}   {:21.4f}", at_hidden * x,
        (loss(x, w + little, v) - loss(x, w - little, v)) / (2 * little));
  print("x       {:10.4f}   {:21.4f}", at_hidden * w,
        (loss(x + little, w, v) - loss(x - little, w, v)) / (2 * little));
}
//: ```{output}
//: ```
//:
//: That is {term}`backpropagation`: the chain rule, evaluated from the loss backward. The order is
//: what makes it cheap. What has been worked out about $a$ serves everything before $a$, and is
//: worked out once. There is one loss at the end and there are many parameters at the beginning.
//: The numbers on the way, $h$, $a$, $y$, are called *activations*. Starting at the end means
//: carrying one derivative for each activation; starting at the parameters would mean carrying one
//: for each activation *and parameter*.
//:
//: ## The rule on shapes
//:
//: A model passes matrices along. For anything $Y$ on the way, a matrix, a row or a single number,
//: write $G_Y$ for the derivatives of the loss with respect to its entries,
//:
//: $$(G_Y)_{ij} = \frac{\partial L}{\partial Y_{ij}} .$$
//:
//: It has the shape of $Y$. (The $G_l$ of section 4.2 is short for $G_{x_l}$.) A *backward function*
//: for a layer $Y = f(X)$ is handed $G_Y$ and returns $G_X$. It need not know what comes behind the
//: layer, nor what the loss is: all of that is in $G_Y$. So each layer can be derived alone, and any
//: chain of layers is differentiated by calling their backward functions in reverse:
//:
//: ```{figure-from} backprop_graph
//: :alt: A chain of boxes from embedding through attention, residual addition, linear, ReLU, linear
//:   and softmax to the loss. Arrows above lead right with the shapes of the activations; arrows
//:   below lead left with gradients of the same shapes. A dashed path goes around the attention box
//:   in both directions.
//:
//: Forward along the top, backward along the bottom. Each arrow to the left carries a gradient of
//: the shape that the arrow above it carries to the right. Where the path forks going forward, the
//: gradients add up going back.
//: ```

void chain_for_the_figure() {
  record_data("backprop_graph", "names",
              std::vector<std::string>{"embedding", "attention", "+", "linear", "ReLU", "linear",
                                       "softmax", "surprise"});
  record_data("backprop_graph", "shapes",
              std::vector<std::string>{"(T, d)", "(T, d)", "(T, d)", "(T, 4d)", "(T, 4d)", "(T, V)",
                                       "(T, V)"});
}

//: To derive one there is a recipe. Write one entry of the output as a sum over inputs. Ask in
//: which entries of the output a given input appears, and with what factor. Sum over them. We do it
//: for each layer that we own.
//:
//: ## The linear layer
//:
//: $Y = XW^\top + b$ with $X$ of shape $(n, d_{in})$, $W$ $(d_{out}, d_{in})$, $b$ $(d_{out})$. Row
//: $j$ of $W$ is the question behind output $j$, so one output is the dot product of row $i$ of $X$
//: with row $j$ of $W$:
//:
//: $$Y_{ij} = \sum_k X_{ik} W_{jk} + b_j .$$
//:
//: The input $X_{ik}$ appears in row $i$ only, in every column $j$, with the factor $W_{jk}$. The
//: weight $W_{jk}$ appears in column $j$ only, in every row $i$, with the factor $X_{ik}$. The bias
//: $b_j$ appears in column $j$ of every row, with the factor 1. So
//:
//: $$(G_X)_{ik} = \sum_j (G_Y)_{ij} W_{jk}, \qquad (G_W)_{jk} = \sum_i (G_Y)_{ij} X_{ik}, \qquad
//: (G_b)_j = \sum_i (G_Y)_{ij},$$
//:
//: or, with the sums written as products,
//:
//: $$G_X = G_Y W, \qquad G_W = G_Y^\top X, \qquad G_b = \text{sum of the rows of } G_Y .$$
//:
//: The transposition that the way there needs, the way back to the input does not. By hand, with
//: one row $x = (2, 1)$, three questions, and a gradient $g$ of the three outputs:
//:
//: $$W = \begin{pmatrix} 1 & 2 \\ 0 & 3 \\ 4 & -1 \end{pmatrix}, \quad
//: xW^\top = (4, 3, 7), \quad g = (1, 0, -1), \quad
//: gW = (1, 2) - (4, -1) = (-3, 3), \quad
//: g^\top x = \begin{pmatrix} 2 & 1 \\ 0 & 0 \\ -2 & -1 \end{pmatrix}.$$
//:
//: In words: the gradient of the input is made of the questions, each as often as its output's
//: gradient says. The gradient of a question is the input, as often as its output's gradient says;
//: the second output has no say in the loss here, and its question stays as it is.

void linear_by_hand() {
  Matrix inputs(1, 2), weights(3, 2), output_gradient(1, 3), input_gradient(1, 2);
  inputs << 2, 1;
  weights << 1, 2, 0, 3, 4, -1;
  output_gradient << 1, 0, -1;
  Matrix weight_gradient = Matrix::Zero(3, 2);
  Vector bias_gradient = Vector::Zero(3);
  linear_backward(output_gradient, inputs, weights, input_gradient, weight_gradient, bias_gradient);
  show("gradient of the input", input_gradient, 0);
  show("gradient of the weights", weight_gradient, 0);
}
//: ```{output}
//: ```
//:
//: The shapes would have told us the products. $G_W$ must be $(d_{out}, d_{in})$, we have $G_Y$
//: $(n, d_{out})$ and $X$ $(n, d_{in})$, and there is one way to multiply them that fits. It is a
//: good check, and not a proof: when $d_{in} = d_{out}$, wrong products fit too. These are the
//: formulas that section 1.4 found for its hidden layer, and its `linear_backward` is made of them:
//: $G_W$ and $G_b$ stay with the layer and are the half called `linear_backward_parameters`; $G_X$
//: goes on to the layer before and is `linear_backward_inputs`.
//:
//: Forward, the layer is one product of $n\, d_{in}\, d_{out}$ multiplications. Backward it is two
//: of the same size. So we expect the way back to take twice the time of the way there, and both
//: together three times the time of a forward pass, *for all derivatives at once*:

void cost_of_going_back() {
  constexpr Index rows = 256, width = 1024;
  Generator generator(1);
  const Matrix inputs = random_normal(rows, width, generator);
  const Matrix weights = random_normal(width, width, generator);
  const Matrix output_gradient = random_normal(rows, width, generator);
  const Vector bias = Vector::Zero(width);
  Matrix outputs(rows, width), input_gradient(rows, width);
  Matrix weight_gradient = Matrix::Zero(width, width);
  Vector bias_gradient = Vector::Zero(width);
  const double there = fastest_seconds([&] { linear_forward(inputs, weights, bias, outputs); });
  const double back = fastest_seconds([&] {
    linear_backward(output_gradient, inputs, weights, input_gradient, weight_gradient,
                    bias_gradient);
  });
  print_timing("forward {:.2f} ms   backward {:.2f} ms   ratio {:.1f}", 1e3 * there, 1e3 * back,
               back / there);
  print("derivatives from one backward pass: {}",
        weight_gradient.size() + bias_gradient.size() + input_gradient.size());
  record("ratio", "{:.1f}", back / there);
}
//: ```{output}
//: ```
//:
//: Measured, the way back takes {value}`ratio` times the way there.
//:
//: ## ReLU
//:
//: $Y_{ij} = \max(X_{ij}, 0)$. Each input appears in one output, with the factor 1 where it is
//: positive and 0 where it is negative: $(G_X)_{ij} = (G_Y)_{ij}$ where $X_{ij} > 0$, else 0. An
//: open unit lets the gradient through, a closed one stops it. At exactly 0 there is no derivative;
//: the code takes the slope to be 0, as PyTorch does. The `relu_backward` of section 1.3 does this.
//:
//: ## Softmax, with its cross terms
//:
//: Here each input appears in *every* output of its row, because raising one score lowers all other
//: weights. Section 2.1 found the factors. For one row of scores $s$ with weights $w$ of shape
//: $(m)$,
//:
//: $$\frac{\partial w_i}{\partial s_j} =
//: \begin{cases} w_j (1 - w_j) & i = j \\ -w_i w_j & i \ne j .
//: \end{cases}$$
//:
//: The second line holds the *cross terms*. Summed over all outputs, with $g$ for $G_w$, the gradient
//: of the weights,
//:
//: $$(G_s)_j = g_j w_j - \sum_i g_i w_i w_j = w_j \Bigl( g_j - \sum_i w_i g_i \Bigr) .$$
//:
//: In words: a score's gradient is its weight times how far the weight's own gradient lies above
//: the weighted average. Where that is positive, a step downhill makes the score smaller. Take
//: $w = (0.5, 0.25, 0.25)$ and $g = (1, 0, 0)$. The average is 0.5, so the scores get
//: $0.5 \cdot 0.5 = 0.25$, and $0.25 \cdot (-0.5) = -0.125$ twice. They sum to zero, as they must:
//: adding one number to all scores changes nothing, so there is nothing to gain in that direction.
//: Who forgets the cross terms gets $(0.25, 0, 0)$, and no sum of zero:

void softmax_by_hand() {
  Matrix weights(1, 3), gradient(1, 3);
  weights << Real(0.5), Real(0.25), Real(0.25);
  gradient << 1, 0, 0;
  show("with cross terms", softmax_rows_backward(gradient, weights), 3);
  show("without", gradient.cwiseProduct(weights).cwiseProduct((1 - weights.array()).matrix()), 3);
}
//: ```{output}
//: ```
//:
//: The library's `softmax_rows_backward` is listed with its forward pass, in section 2.1. It takes
//: the weights and not the scores: the formula contains only $w$, so the scores can be forgotten as
//: soon as the weights exist.
//:
//: ## Attention with a mask
//:
//: Attention is three steps that we can now take back one at a time. Forward, with $Q$ $(T, d)$,
//: $K$ $(T, d)$, $V$ $(T, d_v)$ and the mask $M$ $(T, T)$:
//:
//: $$S = \frac{QK^\top}{\sqrt d} + M, \qquad A = \operatorname{softmax}(S), \qquad Z = AV .$$
//:
//: The last step is a linear layer in which both factors vary, with $V$ in the place of $W^\top$.
//: So the rule of the linear layer gives $G_A = G_Z V^\top$ and, turned over, $G_V = A^\top G_Z$.
//: The middle one is the softmax's formula on each row. In the first, the mask is a constant that
//: was added, and the derivative of $x + c$ is 1, so $G_S$ goes through it unchanged. The product
//: is a linear layer as it stands, with the keys as its questions, and both of its factors vary:
//:
//: $$G_Q = \frac{G_S K}{\sqrt d}, \qquad G_K = \frac{G_S^\top Q}{\sqrt d} .$$
//:
//: The code is the way back line by line: the gradient of the weights, that of the scores, and the
//: three products that make those of the queries, the keys and the values. The division by $\sqrt d$
//: is done once, on the gradient of the scores, for both products that need it:
//:
//: ```{listing} llm::scaled_dot_product_attention_backward
//: ```
//: ```{listing} llm::AttentionGradients
//: :folded:
//: ```
//:
//: Where is the mask? It is not even a parameter. At a forbidden place the weight is exactly 0, the
//: softmax's formula begins with $w_j$, and so $G_S$ is 0 there. What could not be seen is not
//: blamed. Watch it on four positions, where we also check by eye that each row sums to zero:

void gradient_of_masked_scores() {
  Generator generator(2);
  const Matrix queries = random_normal(4, 3, generator), keys = random_normal(4, 3, generator);
  const Matrix values = random_normal(4, 3, generator), output = random_normal(4, 3, generator);
  const Attention attention = scaled_dot_product_attention(queries, keys, values, causal_mask(4));
  const Matrix gradient =
      softmax_rows_backward(output * values.transpose(), attention.weights).array() + 0;  // no -0
  show("gradient of the masked scores", gradient, 3);
  record_data("backprop_scores", "weights", attention.weights);
  record_data("backprop_scores", "gradient", gradient);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} backprop_scores
//: :alt: Two four by four heat maps. Left the attention weights, right the gradient of the scores.
//:   Both are zero above the diagonal; in the right one each row has positive and negative cells.
//:
//: Attention weights (left) and the gradient of the scores (right, red for "should fall", blue for
//: "should rise"). A row of the gradient takes from some scores what it gives to others; the first
//: row, with a single choice, has nothing to move.
//: ```
//:
//: ## What is used twice, adds up
//:
//: The recipe says: sum over all places where the input appears. Inside one layer the sums became
//: matrix products. Between layers they become additions, and this is where most hand-written
//: gradients go wrong. Something is used more than once
//:
//: - when a stream goes both through a layer and around it: the addition in `residual_backward` of
//:   section 4.2;
//: - when one input feeds three layers, as the rows of the text feed queries, keys and values:
//:   their three gradients add up, and where heads share keys and values, those of the heads do;
//: - when a row of a table is looked up for each `e` of the text: `embedding_backward` in section
//:   4.1;
//: - when one set of weights works on every example of a batch.
//:
//: Multi-head attention is the second case, twice over. Inside, several query heads may read one head
//: of keys and values. The gradients of keys and values therefore begin at 0, to be added to; those of
//: the queries need no beginning, since each head writes columns that are its own:
//:
//: ```{listing} llm::attend_heads_backward
//: :until: .values = Matrix
//: ```
//:
//: Then each head goes back through its attention, and the sum over what is shared is two `+=`:
//:
//: ```{listing} llm::attend_heads_backward
//: ```
//: ```{listing} llm::HeadsGradients
//: :folded:
//: ```
//:
//: Around it stand the four linear layers. The way back meets the last one first, $W_O$, and then the
//: heads:
//:
//: ```{listing} llm::multi_head_attention_backward
//: :until: forward.heads.weights, layout);
//: ```
//:
//: What is left are the three layers that read the same rows. `linear_backward` *writes* the gradient
//: of its input, so each writes to `part`, and the three parts are added:
//:
//: ```{listing} llm::multi_head_attention_backward
//: ```
//:
//: The last case has made a convention of this library. A backward function *writes* the gradients
//: of its inputs, which belong to this call alone, and *adds* the gradients of parameters to what
//: is there, because there may have been another example before and another may follow. Whoever
//: starts a step sets them to zero; whoever forgets trains on the sum of everything since the
//: start. The convention also gives us large batches in small memory: eight examples at once, or
//: two times four with the gradients left to add up, make the same gradient, and the second way
//: holds activations of four only. It is called {term}`gradient accumulation`:

void accumulate() {
  Generator generator(3);
  const Matrix inputs = random_normal(8, 5, generator), weights = random_normal(3, 5, generator);
  const Matrix output_gradient = random_normal(8, 3, generator);
  const auto weight_gradient = [&](Index rows_at_once, bool add) {
    Matrix gradient = Matrix::Zero(3, 5);
    Vector bias_gradient = Vector::Zero(3);
    for (Index row = 0; row < 8; row += rows_at_once) {
      if (!add) gradient.setZero();
      Matrix input_gradient(rows_at_once, 5);
      linear_backward(output_gradient.middleRows(row, rows_at_once),
                      inputs.middleRows(row, rows_at_once), weights, input_gradient, gradient,
                      bias_gradient);
    }
    return gradient;
  };
  const Matrix at_once = weight_gradient(8, true);
  print("2 x 4 examples, added         differs by less than 1e-5: {}",
        (weight_gradient(4, true) - at_once).cwiseAbs().maxCoeff() < Real(1e-5));
  print("2 x 4 examples, overwritten   differs by {:.2f}",
        (weight_gradient(4, false) - at_once).cwiseAbs().maxCoeff());
}
//: ```{output}
//: ```
//:
//: ## The tool one never trains without
//:
//: A wrong gradient does not crash. It does not even stop the training, as we will see in a moment.
//: So we compare every backward function with the obvious method from the top of the page, which is
//: far too slow to train with, and which is right. Section 1.4 has the two functions for it:
//: `finite_differences` moves each parameter by $\pm h$ and takes
//:
//: $$\frac{\partial L}{\partial \theta} \approx \frac{L(\theta + h) - L(\theta - h)}{2h},$$
//:
//: and `gradient_error` says how far a gradient is from these, in units of the largest of them.
//:
//: How small should $h$ be? Try it on powers of $\theta$. For $L = \theta^2$ the quotient is
//: $\frac{4 \theta h}{2h} = 2 \theta$: exact for every $h$, because what the parabola adds on one side
//: it adds on the other, and the subtraction takes it off. For $L = \theta^3$,
//:
//: $$\frac{(\theta + h)^3 - (\theta - h)^3}{2h} = \frac{6 \theta^2 h + 2 h^3}{2h} = 3 \theta^2 + h^2,$$
//:
//: which is off by $h^2$. The third derivative of $\theta^3$ is 6, so that is $\frac{h^2}{6} L'''$. And
//: a smooth function is, near a point, its value, a line, a parabola and a cubic, with a rest that is
//: small beside $h^3$: this is Taylor's formula. So the two-sided difference is off by about
//: $\frac{h^2}{6} L'''$, and smaller is better. But $L$ is rounded to a share $\varepsilon$ of
//: itself, and the subtraction leaves that rounding standing in a number that is then divided by
//: $2h$, an error of about $\varepsilon |L| / h$, so larger is better. The two meet near
//: $h = \varepsilon^{1/3}$, where the error is about $\varepsilon^{2/3}$. For `float`,
//: $\varepsilon = 6 \cdot 10^{-8}$, so the best step is near 0.004 and the error near $10^{-5}$;
//: for `double`, $\varepsilon = 10^{-16}$, near $5 \cdot 10^{-6}$ and $2 \cdot 10^{-11}$. We try it
//: on the surprise of section 4.1 as a function of five scores, whose gradient exercise 4.3a finds
//: on paper, in both precisions:

template <class Number>
Number surprise_of_first(const std::vector<Number>& scores) {
  Number sum = 0;
  for (const Number score : scores) sum += std::exp(score);
  return std::log(sum) - scores[0];
}

template <class Number>
double error_of_difference(double step) {
  const std::vector<double> at = {0.3, -1.2, 0.8, 0.1, 1.7};
  double sum = 0, error = 0;
  for (const double score : at) sum += std::exp(score);
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::vector<Number> above(at.begin(), at.end()), below = above;
    above[i] += static_cast<Number>(step);
    below[i] -= static_cast<Number>(step);
    const Number difference =
        (surprise_of_first(above) - surprise_of_first(below)) / (above[i] - below[i]);
    const double exact = std::exp(at[i]) / sum - (i == 0 ? 1.0 : 0.0);
    error = std::max(error, std::abs(static_cast<double>(difference) - exact));
  }
  return error;
}

void step_and_precision() {
  std::vector<double> steps, in_float, in_double;
  for (double exponent = -1; exponent >= -12; exponent -= 0.25) {
    const double step = std::pow(10, exponent);
    steps.push_back(step);
    in_double.push_back(error_of_difference<double>(step));
    if (exponent >= -6) in_float.push_back(error_of_difference<float>(step));
  }
  record_data("backprop_gradient_check", "steps", steps);
  record_data("backprop_gradient_check", "float", in_float);
  record_data("backprop_gradient_check", "double", in_double);
  const double best_float = *std::min_element(in_float.begin(), in_float.end());
  const double best_double = *std::min_element(in_double.begin(), in_double.end());
  print("step 1e-2    error in float {:.0e}   in double {:.0e}", error_of_difference<float>(1e-2),
        error_of_difference<double>(1e-2));
  print("step 1e-5    error in float {:.0e}   in double {:.0e}", error_of_difference<float>(1e-5),
        error_of_difference<double>(1e-5));
  print("best step    error in float {:.0e}   in double {:.0e}", best_float, best_double);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} backprop_gradient_check
//: :alt: Error of the finite difference against the step, both axes logarithmic. Two V-shaped
//:   curves: the one for float has its lowest point at a step of about 0.01, the one for double at
//:   about 1e-5, more than five decades lower. The step decreases to the right.
//:
//: Error of the central difference against its step, which gets smaller to the right. The left arm
//: of each V is Taylor's $h^2$; the right arm is rounding, $\varepsilon / h$. The lowest point lies
//: more than five decades lower in double precision.
//: ```
//:
//: A check in `float` can't tell a gradient that is right from one that is off by a
//: hundred-thousandth. In `double` there is room: the tests of the library ask for agreement to
//: $10^{-7}$ of the largest derivative, and what misses that is a bug. This is why the library's
//: number type is an alias, `Real`: the tests build the same sources a second time with `Real =
//: double`, and each backward function has a test of this form (from
//: `tests/training/gradients_training.cpp`; `span_of` lends the entries of a matrix, as in section
//: 1.4):
//:
//: ```cpp
//: Matrix table = random_normal(6, 4, generator);
//: const Matrix mixing = random_normal(5, 4, generator);
//: const auto loss = [&] {
//:   return static_cast<double>(embed(tokens, table).cwiseAbs2().cwiseProduct(mixing).sum());
//: };
//: Matrix gradient = Matrix::Zero(6, 4);
//: embedding_backward(2 * embed(tokens, table).cwiseProduct(mixing), tokens, gradient);
//: CHECK(gradient_error(span_of(gradient), finite_differences(loss, span_of(table))) < 1e-7);
//: ```
//:
//: The loss is made up so that every output counts and no two count alike: each output is squared,
//: multiplied with its own random number in `mixing`, and all are added. Its derivative by an
//: output is twice the output times that number, and that is what `embedding_backward` is handed.
//:
//: ## Without the check
//:
//: Now for wrong gradients. The problem: the queries, keys and values of eight positions are free
//: numbers, and should be moved until causal attention over them gives a wanted output. We descend
//: with the right gradient and with three wrong ones that are easy to write, and report two things
//: for each: what the check says at the start, and where the loss is after 400 steps.

struct Problem {
  Matrix queries, keys, values;  // (8, 4) each, to be moved
  Matrix wanted;                 // (8, 4)
};

double loss_of(const Problem& problem) {
  const Attention attention =
      scaled_dot_product_attention(problem.queries, problem.keys, problem.values, causal_mask(8));
  return (attention.outputs - problem.wanted).squaredNorm() / 2;
}

//: The wrong ones: without the division by $\sqrt d$, which is 2 here; with the gradients of queries
//: and keys swapped; and without the cross terms of the softmax.

enum class Bug { none, no_cross_terms, no_scale, swapped };

AttentionGradients gradients_with(Bug bug, const Problem& problem) {
  const Attention attention =
      scaled_dot_product_attention(problem.queries, problem.keys, problem.values, causal_mask(8));
  const Matrix output_gradient = attention.outputs - problem.wanted;
  AttentionGradients gradients = scaled_dot_product_attention_backward(
      output_gradient, problem.queries, problem.keys, problem.values, attention.weights);
  if (bug == Bug::no_scale) {
    gradients.queries *= 2;  // √d
    gradients.keys *= 2;
  }
  if (bug == Bug::swapped) std::swap(gradients.queries, gradients.keys);
  if (bug == Bug::no_cross_terms) {
    const Matrix& weights = attention.weights;
    const Matrix weight_gradient = output_gradient * problem.values.transpose();
    const Matrix scores = weight_gradient.array() * weights.array() * (1 - weights.array()) / 2;
    gradients.queries = scores * problem.keys;
    gradients.keys = scores.transpose() * problem.queries;
  }
  return gradients;
}

//: Each descends from the same start, with the same rate:

void descend_with(const std::string& name, Bug bug) {
  Generator generator(4);
  Problem problem;
  for (Matrix* matrix : {&problem.queries, &problem.keys, &problem.values, &problem.wanted}) {
    *matrix = random_normal(8, 4, generator);
  }
  AttentionGradients gradients = gradients_with(bug, problem);
  const auto loss = [&] { return loss_of(problem); };
  double error = 0;
  error = std::max(error, gradient_error(span_of(gradients.queries),
                                         finite_differences(loss, span_of(problem.queries), 1e-2)));
  error = std::max(error, gradient_error(span_of(gradients.keys),
                                         finite_differences(loss, span_of(problem.keys), 1e-2)));
  const double at_start = loss_of(problem);
  for (int step = 0; step < 400; ++step) {
    gradients = gradients_with(bug, problem);
    problem.queries -= Real(0.2) * gradients.queries;
    problem.keys -= Real(0.2) * gradients.keys;
    problem.values -= Real(0.2) * gradients.values;
  }
  print("{:22}   check: error {:.0e}   loss {:.1f} to {:.2f}", name, error, at_start,
        loss_of(problem));
}

void descend_with_bugs() {
  descend_with("right", Bug::none);
  descend_with("no cross terms", Bug::no_cross_terms);
  descend_with("no division by √d", Bug::no_scale);
  descend_with("queries, keys swapped", Bug::swapped);
}
//: ```{output}
//: ```
//:
//: Every one of them learns. The loss falls to a small part of what it was, and without the first
//: line to compare with, who would complain? A forgotten $\sqrt d$ makes the steps of queries and
//: keys twice as long, and ends where the right gradient ends. Forgotten cross terms end at more
//: than twice its loss. The last one hands the queries' gradient to the keys and the other way
//: round, an error larger than the gradient itself, and gets away with a loss half as large again,
//: because the values are moved rightly and make up for much. In a model of many layers the right
//: ones make up for the wrong ones too; it learns, a little worse than it could, for as long as it
//: is in use. The check is not subtle about any of the three. (It ran in `float` here, with a step
//: of 0.01, which is why even the right gradient is off by some hundred-thousandths.)
//:
//: ## Kept or computed again
//:
//: The backward functions asked for numbers of the forward pass: `linear_backward` for the inputs,
//: `relu_backward` for what came before the ReLU, `softmax_rows_backward` for the weights. They
//: must be *kept* from the forward pass until the backward pass comes by, which for the first layer
//: is until the very end. For one text of $T$ positions:
//:
//: | layer | keeps for its way back | numbers |
//: | --- | --- | --- |
//: | embedding | the tokens | $T$ |
//: | linear | its input | $T d_{in}$ |
//: | ReLU | its input (the signs would do) | $T d$ |
//: | softmax | its weights | $T m$ |
//: | attention, $h$ heads | queries, keys, values, weights | $3Td + hT^2$ |
//: | residual addition | nothing | 0 |
//:
//: These lines times the number of layers times the number of texts in a batch are what fills
//: memory in training, more than the parameters do. Look at the $T^2$: at $T = 1024$, $d = 768$ and
//: $h = 12$ the weights of one attention layer are 12.6 million numbers, and its queries, keys and
//: values together are 2.4 million. So the attention that trains this book's GPT does not keep
//: them. Its backward pass computes the weights a second time from queries and keys, a block at a
//: time, and needs only one number a row and head from the forward pass to do so
//: {cite}`dao2022flashattention`.
//:
//: Everything kept can also be computed again, if something before it was kept. Keep only the input
//: of every $k$-th layer. When the backward pass arrives at a group of $k$ layers, run the group
//: forward once more from its input, keep everything inside *for the moment*, go back through it,
//: and forget it. With $N$ layers that keep two matrices each, one holds $\frac Nk$ inputs, and
//: $2k$ matrices of the current group:
//:
//: $$\text{matrices held} = \frac Nk + 2k, \quad \text{smallest at } k = \sqrt{N/2}.$$
//:
//: The price is a second forward pass. If a backward pass costs two forward passes, a step goes
//: from 3 to 4: a third more time. It is known as {term}`gradient checkpointing`
//: {cite}`chen2016training`. We measure it on $N = 32$ of the layers of section 4.2, each
//: $x + \operatorname{relu}(x A^\top) B^\top$:

struct Layer {
  Matrix inward, outward;  // (d, d): reads from the stream, writes to it
};

struct Kept {
  Matrix stream, hidden;  // (T, d): what the layer read, and what went into its ReLU
};

Kept step_forward(const Layer& layer, Matrix& stream) {
  Kept kept{stream, stream * layer.inward.transpose()};
  residual_forward(stream, relu(kept.hidden) * layer.outward.transpose(), stream);
  return kept;
}

void step_backward(const Layer& layer, const Kept& kept, Matrix& gradient, Layer& weights) {
  weights.outward.noalias() += gradient.transpose() * relu(kept.hidden);
  Matrix hidden = gradient * layer.outward;
  relu_backward(hidden, kept.hidden, hidden);
  weights.inward.noalias() += hidden.transpose() * kept.stream;
  residual_backward(gradient, hidden * layer.inward, gradient);
}

//: Forward, a group's first layer leaves its input behind; backward, the group is run again and
//: then taken apart. With a group of all layers nothing needs to be run again, and everything is
//: kept from the start:

struct Held {
  std::size_t now = 0, most = 0;  // matrices of (T, d)
  void take(std::size_t count) { most = std::max(most, now += count); }
  void drop(std::size_t count) { now -= count; }
};

Matrix gradient_in_groups(const std::vector<Layer>& layers, std::size_t group, Matrix stream,
                          Matrix gradient, std::vector<Layer>& weights, Held& held) {
  const bool keep_all = group == layers.size();
  std::vector<Matrix> inputs;
  std::vector<Kept> kept;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (!keep_all && l % group == 0) {
      inputs.push_back(stream);
      held.take(1);
    }
    Kept of_layer = step_forward(layers[l], stream);
    if (keep_all) {
      kept.push_back(std::move(of_layer));
      held.take(2);
    }
  }
  for (std::size_t end = layers.size(); end > 0;) {
    const std::size_t begin = (end - 1) / group * group;
    for (std::size_t l = begin; l < end && !keep_all; ++l) {
      kept.push_back(step_forward(layers[l], inputs[begin / group]));
      held.take(2);
    }
    for (; end > begin; --end) {
      step_backward(layers[end - 1], kept.back(), gradient, weights[end - 1]);
      kept.pop_back();
      held.drop(2);
    }
    if (!keep_all) {
      inputs.pop_back();
      held.drop(1);
    }
  }
  return gradient;
}

void keep_or_recompute() {
  constexpr Index width = 128, rows = 512;
  constexpr std::size_t count = 32;
  Generator generator(5);
  std::vector<Layer> layers,
      nothing(count, {Matrix::Zero(width, width), Matrix::Zero(width, width)});
  for (std::size_t l = 0; l < count; ++l) {
    Matrix inward = random_normal(width, width, generator, Real(0.09));
    layers.push_back({std::move(inward), random_normal(width, width, generator, Real(0.016))});
  }
  const Matrix input = random_normal(rows, width, generator);
  const Matrix output_gradient = random_normal(rows, width, generator);
  std::vector<double> groups, held_mebibytes, times;
  Matrix all_kept;
  for (const std::size_t group : std::initializer_list<std::size_t>{32, 16, 8, 4, 2, 1}) {
    Held held;
    Matrix gradient;
    times.push_back(fastest_seconds([&] {
      std::vector<Layer> weights = nothing;
      held = {};
      gradient = gradient_in_groups(layers, group, input, output_gradient, weights, held);
    }));
    if (group == count) all_kept = gradient;
    groups.push_back(static_cast<double>(group));
    held_mebibytes.push_back(static_cast<double>(held.most) * sizeof(Real) * rows * width /
                             (1 << 20));
    print("groups of {:2}   matrices held {:2}   {:5.2f} MiB   same gradient: {}", group, held.most,
          held_mebibytes.back(), gradient == all_kept);
  }
  const double forward = fastest_seconds([&] {
    Matrix stream = input;
    for (const Layer& layer : layers) step_forward(layer, stream);
  });
  std::string line;
  for (const double time : times) line += fmt::format("  {:.2f}", time / times.front());
  print_timing("time, all kept = 1:{}", line);
  print_timing("a forward pass alone: {:.2f}", forward / times.front());
  record("forward-share", "{:.2f}", forward / times.front());
  record("time-expected", "{:.2f}", 1 + forward / times.front());
  record("held-all", "{:.0f}", held_mebibytes[0]);
  record("held-least", "{:.0f}", held_mebibytes[3]);
  record("time-least", "{:.2f}", times[3] / times[0]);
  record_data("backprop_memory", "groups", groups);
  record_data("backprop_memory", "held", held_mebibytes);
  record_data("backprop_memory", "times", times);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} backprop_memory
//: :alt: Memory held against the size of the groups: 16 MiB with all kept, down to 4 MiB at groups
//:   of 4, and up again to 8.5 MiB at groups of 1. A second panel shows the time, above 1 for all
//:   but the first, with a line at the predicted 4/3.
//:
//: Memory for activations (left, the line is $N/k + 2k$ matrices) and time of a step (right) when
//: only the input of every $k$-th of 32 layers is kept.
//: ```
//:
//: The counts are the formula's, with the least memory at $k = \sqrt{16} = 4$: {value}`held-least`
//: MiB instead of {value}`held-all`. The gradient is the same to the last bit, as the same
//: operations were done on the same numbers, only some of them twice. The price by the count of
//: products was 1.33. Measured alone, a forward pass that keeps nothing takes
//: {value}`forward-share` of a step in which all is kept, which makes {value}`time-expected`; and
//: with groups of 4 the step took {value}`time-least`. So a part of the second forward pass was
//: paid for by something else. The groups do all the operations of the other way and more, and what
//: they save is memory: matrices that are kept until the end lie in fresh memory, and those of a
//: group in memory that the group before has just used. That is a likely cause, and these times do
//: not prove it. The count of products is what a larger model must reckon with. At a thousand
//: layers the ratio of memories would be more than twenty, at the same price.
//:
//: ## In the wild
//:
//: The method has been found several times: by Linnainmaa in 1970 as a way to add up rounding
//: errors {cite}`linnainmaa1976taylor`, by Werbos for models of all kinds
//: {cite}`werbos1982applications`, and by Rumelhart, Hinton and Williams, who showed that hidden
//: layers learn something worth having by it {cite}`rumelhart1986learning`. In its general form it
//: is the reverse mode of automatic differentiation {cite}`baydin2018automatic`, which frameworks
//: such as PyTorch and JAX carry out for you: they record which operations were applied, and call
//: their backward functions in reverse. Each of those functions was written and checked by someone
//: in the way of this page. Whoever invents a new layer, or a faster way to compute an old one,
//: derives its backward pass as on this page; the paper on FlashAttention has a section for it
//: {cite}`dao2022flashattention`. Checkpointing is how models are trained whose activations would
//: not fit {cite}`chen2016training`; Griewank and Walther found how to place the checkpoints best
//: when there is room for a few only {cite}`griewank2000algorithm`.
//:
//: ## Exercises
//:
//: `````{exercise} 4.3a
//: :title: What softmax and surprise make together
//: :kind: paper
//:
//: For one row of scores $s$, weights $p = \operatorname{softmax}(s)$ and the right answer $y$, the
//: loss is $L = -\ln p_y$. Section 4.1 found $\partial L / \partial p_j$: $-1/p_y$ for $j = y$,
//: else 0. Put it through the softmax's formula of this section. What is
//: $\partial L / \partial s_j$? What happens to the $1/p_y$, which is enormous when the model is
//: badly wrong? Try it on $p = (0.7, 0.2, 0.1)$ and $y = 2$ (counted from 0).
//:
//: ```{hint}
//: The weighted average $\sum_i p_i g_i$ has a single term that is not 0.
//: ```
//: ```{hint}
//: The average is $p_y \cdot (-1/p_y) = -1$. Now take $p_j (g_j + 1)$ for $j = y$ and for the
//: others.
//: ```
//: ```{solution}
//: For $j \ne y$: $p_j (0 + 1) = p_j$. For $j = y$: $p_y(-1/p_y + 1) = p_y - 1$. So the gradient of
//: the scores is $p$ minus a one-hot row, "what the model said minus what was right": here
//: $(0.7, 0.2, -0.9)$. The $1/p_y$ has cancelled against the slope of the softmax, which is as
//: small as the other is large. That cancellation is exact on paper and not in floating point,
//: which is why section 5.3 puts the two layers into one and never forms the quotient.
//: ```
//: `````
//:
//: `````{exercise} 4.3b
//: :title: The softmax backward
//: :kind: code
//: :function: softmax_gradient
//:
//: Write `softmax_gradient(weight_gradient, weights)`: the gradient of the scores, $(n, m)$, from the
//: gradient of the weights and the weights, $(n, m)$ each, for a softmax over each row.
//:
//: ```{hint}
//: Each row is a softmax of its own. Work out its weighted average first.
//: ```
//: ```{hint}
//: `weights.row(i).dot(weight_gradient.row(i))` is $\sum_j w_j g_j$.
//: ```
//: ```{solution}
//: Two passes over each row: one for the average, one for the result. A full Jacobian of
//: $m \times m$ numbers for each row is never formed.
//: ```
//: `````
//:
//: `````{exercise} 4.3c
//: :title: Gradients that add up
//: :kind: code
//: :function: add_parameter_gradients
//:
//: Write the parameter part of the linear layer's backward pass, as a function
//: `add_parameter_gradients(output_gradient, inputs, weight_gradient, bias_gradient)`, so that it can
//: be called once for each example of a batch: after all calls, the last two arguments hold the
//: gradients of the batch.
//:
//: ```{hint}
//: Which shapes do you have, and which product of them has the shape of the weights?
//: ```
//: ```{hint}
//: `output_gradient.transpose() * inputs` is $(d_{out}, d_{in})$, and `colwise().sum()` of the
//: output gradient is a row of its column sums. Both are added to what is there.
//: ```
//: ```{solution}
//: Both lines have a `+=`. The difference between it and `=` shows only when the function is called
//: twice between two steps, so a test with a single example does not find it.
//: ```
//: `````
//:
//: `````{exercise} 4.3d
//: :title: How small a bug can be found?
//: :kind: experiment
//:
//: Multiply `gradients.values` by 1.01 in `gradients_with`, a bug of one percent, and include the
//: values in the check of `descend_with`. What does the check say, in `float`? Make the bug smaller
//: until you can't tell it from none. Then do the same in the double-precision test
//: `tests/attention/gradients_attention.cpp`, and predict where that one goes blind.
//:
//: ```{hint}
//: The check reports the largest difference in units of the largest derivative. A factor of
//: $1 + \delta$ makes that $\delta$ where the derivative is largest.
//: ```
//: ```{hint}
//: The right gradient is off by some $10^{-5}$ in `float` because of the difference, not because of
//: the gradient. A bug smaller than that drowns. In `double` the figure of this page has its floor
//: near $10^{-11}$.
//: ```
//: ```{solution}
//: The check says 0.010 for a bug of one percent, 0.0010 for a tenth of it, and 0.00011 for a
//: hundredth. A hundred-thousandth gives 0.00006, the size of what the rounding leaves where there
//: is no bug at all: one can no longer say whether the gradient or the check is at fault. In
//: `double` the limit of the tests, $10^{-7}$, finds bugs down to a ten-millionth. Real bugs are
//: seldom that small: a forgotten term, a wrong sign, a missing factor are errors of the size of
//: the gradient itself.
//: ```
//: `````

}  // namespace

void backpropagation() {
  one_path();
  chain_for_the_figure();
  linear_by_hand();
  cost_of_going_back();
  softmax_by_hand();
  gradient_of_masked_scores();
  accumulate();
  step_and_precision();
  descend_with_bugs();
  keep_or_recompute();
}
