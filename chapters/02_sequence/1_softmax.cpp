//: # Softmax
//:
//: Chapter 1 measured with a dot product how well two words fit. Now let one word meet several. In
//: "the bank of the river", the word *bank* scores its neighbors: *river* 2, *of* 1, *the* −1. It
//: wants a mixture of them, more of those that fit better, and so it needs **weights**: numbers
//: that are not negative and add up to 1, as percentages do. How do scores become weights?
//:
//: The first idea is to divide each score by their sum. The program tries it on our three scores,
//: and once more with *the* at −2.9:

#include "common/sequence/softmax.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/foundations/gradient_check.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"

using namespace llm;

namespace {

const std::vector<std::string> neighbors = {"river", "of", "the"};

/// The scores of the three neighbors, a matrix of one row.
Matrix neighbor_scores() {
  Matrix scores(1, 3);
  scores << 2, 1, -1;
  return scores;
}

void dividing_by_the_sum() {
  Matrix scores = neighbor_scores();
  show("divided by their sum, which is 2", scores / scores.sum(), 2, {}, neighbors);
  scores(2) = Real(-2.9);
  show("divided by their sum, which is 0.1", scores / scores.sum(), 2, {}, neighbors);
}
//: ```{output}
//: ```
//:
//: A negative share makes no sense, and in the second table the shares have nothing to do with how
//: good the scores are: the sum came near 0 by accident, and everything was divided by it.
//:
//: The second idea is that the winner takes all: *river* gets 1, the others 0. Those are weights.
//: But gradient descent (section 1.4) learns by asking how the result changes when a score changes
//: a little, and here the answer is "not at all", until two scores cross and everything changes at
//: once. We need weights that move smoothly with the scores.
//:
//: ## Why the exponential
//:
//: Let the weight of an option be proportional to $f(s)$, where $s$ is its score and $f$ is some
//: function with positive values; dividing by the sum of the $f$ then makes the weights add up
//: to 1. Which $f$? A score has no natural zero. That *river* scores 2 means nothing alone; that it
//: scores 1 more than *of* means something. So we ask that the **odds** between two options, the
//: ratio of their weights, depend on the difference of their scores and on nothing else. Adding a
//: constant $c$ to both must leave the odds alone:
//:
//: $$\frac{f(s + c)}{f(0 + c)} = \frac{f(s)}{f(0)}$$
//:
//: Only ratios of $f$ count, so we may scale it to $f(0) = 1$, and the equation reads $f(s + c) =
//: f(s)\,f(c)$: sums of scores become products of values. Then $f(2) = f(1)^2$, $f(3) = f(1)^3$,
//: and because $f(\tfrac12)\,f(\tfrac12) = f(1)$, $f(\tfrac12) = f(1)^{1/2}$. All fractions follow,
//: and if $f$ makes no jumps, all numbers: $f(s) = f(1)^s$. What we asked for leaves one function,
//: the exponential, and one choice, its base. (The base must be larger than 1, so that a higher
//: score gets a larger weight.) We take $e = 2.718…$, whose exponential is its own derivative. (A
//: different base is the same as scores multiplied by a constant; we come back to that constant as
//: the *temperature*.)
//:
//: By hand, with our scores:
//:
//: | | river | of | the | sum |
//: | --- | --- | --- | --- | --- |
//: | score $s$ | 2 | 1 | −1 | |
//: | $e^{s}$ | 7.389 | 2.718 | 0.368 | 10.475 |
//: | weight, $e^{s} / 10.475$ | 0.7054 | 0.2595 | 0.0351 | 1 |
//:
//: The odds of *river* against *of* are $7.389 / 2.718 = e$, because their scores differ by 1. This
//: is the {term}`softmax`. For a row of $m$ scores $s$, of shape $(1, m)$, it is a row of $m$
//: weights:
//:
//: $$w_i = \frac{e^{s_i}}{\sum_{j=1}^{m} e^{s_j}}$$
//:
//: In words: the exponential makes each score positive, the division makes the row add up to 1. As
//: code it seems to be two lines:

/// The formula as it stands, row by row.
Matrix naive_softmax(const MatrixRef& scores) {
  Matrix weights = scores.unaryExpr([](Real score) { return std::exp(score); });
  for (Index i = 0; i < weights.rows(); ++i) weights.row(i) /= weights.row(i).sum();
  return weights;
}

void formula_as_it_stands() {
  Matrix scores(4, 3);
  for (Index i = 0; i < 4; ++i) scores.row(i) = neighbor_scores();
  scores.row(1).array() += 50;
  scores.row(2).array() += 87;
  scores.row(3).array() += 1000;
  show("naive softmax", naive_softmax(scores), 4,
       {"scores", "scores + 50", "scores + 87", "scores + 1000"}, neighbors);
}
//: ```{output}
//: ```
//:
//: The first two rows are what the hand found. Adding 50 to every score changed no weight, as we
//: asked. The other rows are broken. The largest `float` is $3.4 \cdot 10^{38}$, which is
//: $e^{88.7}$: the exponential of 89 is already infinity. What is finite and divided by infinity is
//: 0, and infinity divided by infinity is not a number, `nan` (its sign means nothing). Scores of
//: 100 are not exotic: the dot product of two vectors of 64 features of size 2 reaches 256.
//:
//: ## The shift that cures it
//:
//: The cure is the property we started from. Since the same number may be taken off every score of
//: a row, we take off the largest, $M = \max_j s_j$:
//:
//: $$\frac{e^{s_i - M}}{\sum_j e^{s_j - M}} = \frac{e^{-M}\,e^{s_i}}{e^{-M} \sum_j e^{s_j}} = w_i$$
//:
//: Now the largest exponent is 0, so no exponential exceeds 1, and the sum lies between 1 and $m$.
//: An exponent below about −87 gives less than the smallest number that a `float` holds with full
//: precision (smaller ones are called *denormal*, and are slow), and we call that 0; the weight
//: that is lost was smaller than $10^{-37}$.
//:
//: The function works on one row and writes the weights over the scores. A score of $-\infty$ is
//: allowed, and says "not this one": its weight is exactly 0. Section 3.4 forbids words in this way.
//: If all scores of a row are $-\infty$ there is nothing to choose, and the formula would divide 0
//: by 0; the weights become zeros.
//:
//: ```{listing} llm::softmax_row_in_place
//: :until: row.setZero();
//: ```
//:
//: In that case the log-sum-exp, which the next heading is about, is $-\infty$ too. The rest is the
//: formula. It multiplies the scores by a number `scale`, which is positive, and 1 unless we say
//: otherwise; what that is good for comes under "Temperature". The maximum of the scaled scores is
//: the scaled maximum, so the scores can be shifted first and scaled afterward:
//:
//: ```{listing} llm::softmax_row_in_place
//: ```
//:
//: (What it returns comes under the next heading.) Rows are independent: each is the choice of one
//: word. A matrix of scores is done row by row, where it lies or in a copy:
//:
//: ```{listing} llm::softmax_rows_in_place
//: ```
//: ```{listing} llm::softmax_rows
//: ```

void shifted_formula() {
  Matrix scores(3, 3);
  for (Index i = 0; i < 3; ++i) scores.row(i) = neighbor_scores();
  scores.row(1).array() += 1000;
  scores(2, 1) = -std::numeric_limits<Real>::infinity();
  show("softmax_rows", softmax_rows(scores), 4, {"scores", "scores + 1000", "without 'of'"},
       neighbors);
}
//: ```{output}
//: ```
//:
//: In the last row *of* is forbidden. The odds between the two others are what they were,
//: $e^3 \approx 20$ to 1: what cannot be chosen does not disturb the rest.
//:
//: ## The logarithm of a weight
//:
//: From chapter 4 on we will want the logarithm of a weight: the loss of a language model is
//: $-\ln w$ of the word that came. A weight can be too small for a `float` while its logarithm is a
//: modest number, such as −200. The logarithm of the formula avoids the detour:
//:
//: $$\ln w_i = s_i - \ln \sum_j e^{s_j}, \qquad
//: \ln \sum_j e^{s_j} = M + \ln \sum_j e^{s_j - M}$$
//:
//: The logarithm of the sum of the exponentials is called {term}`log-sum-exp`, and it needs the
//: same shift. A softmax has both its parts in hand when it is done, and so `softmax_row_in_place`
//: returns it, in its last line. Whoever keeps this one number of a row can find any weight again
//: from its score, as the attention does that trains our GPT (section 4.3). Where the weights are
//: not wanted, there is a function for the number alone:
//:
//: ```{listing} llm::log_sum_exp
//: ```

void logarithm_of_a_weight() {
  Matrix scores(1, 2);
  scores << 0, -200;
  print("logarithm of the second weight:   {:.0f}", std::log(softmax_rows(scores)(1)));
  print("its score minus log-sum-exp:      {:.0f}", scores(1) - log_sum_exp(scores.row(0)));
  print("log-sum-exp of 2, 1, -1:          {:.3f}", log_sum_exp(neighbor_scores().row(0)));
  Matrix row = neighbor_scores();
  print("returned with their weights:      {:.3f}", softmax_row_in_place(row.row(0)));
}
//: ```{output}
//: ```
//:
//: The last two lines are $\ln 10.475$, the logarithm of the sum in our table. It is a little above
//: the largest score, 2. That is so for any scores: the sum of the shifted exponentials is between 1
//: and $m$, so log-sum-exp is between $M$ and $M + \ln m$. It is a smooth stand-in for the maximum,
//: and the softmax a smooth stand-in for "the winner takes all"; the name means that.
//:
//: ## Temperature
//:
//: How smooth? Divide all scores by a number $\tau > 0$ before the softmax, the {term}`temperature`
//: (the word and the formula come from physics, where Boltzmann found the same weights for the
//: energies of molecules in a warm gas {cite}`boltzmann1868studien`). This is the choice of base
//: that we left open: $e^{s/\tau} = (e^{1/\tau})^s$. Our function takes it as the `scale` $1/\tau$:

void temperature() {
  std::vector<double> temperatures;
  Matrix weights(61, 3);
  for (int i = 0; i <= 60; ++i) {
    temperatures.push_back(0.1 * std::pow(10.0, i / 20.0));
    weights.row(i) = neighbor_scores();
    softmax_row_in_place(weights.row(i), static_cast<Real>(1 / temperatures.back()));
  }
  record_data("softmax_temperature", "temperature", temperatures);
  record_data("softmax_temperature", "weights", weights);
  record_data("softmax_temperature", "labels", neighbors);
  Matrix chosen(3, 3);
  chosen << weights.row(0), weights.row(20), weights.row(60);
  show("weights at a temperature of", chosen, 4, {"0.1", "1", "100"}, neighbors);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} softmax_temperature
//: :alt: Three curves of weights against temperature from 0.1 to 100; at the left one weight is 1
//:   and the others 0, at the right all are near one third.
//:
//: The weights of the scores 2, 1 and −1 at temperatures from 0.1 to 100. Cold at the left, where
//: the best score takes everything; hot at the right, where all three are equal.
//: ```
//:
//: Near 0 the winner takes all; at a high temperature the scores hardly count. A trained model that
//: writes text draws its next word from such weights, and section 6.1 turns this knob to make it
//: careful or inventive. Section 3.2 finds that vectors with many features are, without any
//: intention, cold.
//:
//: ## The gradient
//:
//: To learn, a score must know which way to move. When the score $s_j$ moves by a little, the
//: weight $w_i$ moves by the derivative $\partial w_i / \partial s_j$ times as much. Write
//: $w_i = e^{s_i} / S$ with $S = \sum_k e^{s_k}$, and note that
//: $\partial S / \partial s_j = e^{s_j}$. The quotient rule gives, for the weight's own score and
//: for another's,
//:
//: $$\frac{\partial w_i}{\partial s_i} = \frac{e^{s_i} S - e^{s_i} e^{s_i}}{S^2} = w_i (1 - w_i),
//: \qquad
//: \frac{\partial w_i}{\partial s_j} = \frac{0 - e^{s_i} e^{s_j}}{S^2} = -w_i w_j \quad (i \ne j)$$
//:
//: The table of all of them, of shape $(m, m)$, is the {term}`Jacobian` of the softmax. Raising a
//: score raises its own weight and lowers all others, the large ones most; the changes add up to 0,
//: because the weights still add up to 1. For the scores 2, 1 and −1 the first row of the table is
//: $0.7054 \cdot 0.2946 = 0.2078$, $-0.7054 \cdot 0.2595 = -0.1830$ and
//: $-0.7054 \cdot 0.0351 = -0.0248$.
//:
//: What we need in practice is never the table. A loss $L$ comes after the softmax, and tells us
//: how it would change with each weight, $g_i = \partial L / \partial w_i$. By the chain rule, the
//: score $s_j$ gathers what it does to the loss through every weight:
//:
//: $$\frac{\partial L}{\partial s_j} = \sum_i g_i \frac{\partial w_i}{\partial s_j}
//: = g_j w_j - \sum_i g_i w_i w_j = w_j \Bigl(g_j - \sum_i w_i g_i\Bigr)$$
//:
//: The sum is the mean of the $g$, weighted with the weights. So a score's gradient is its weight
//: times how much its own $g$ stands out from the mean: $2m$ multiplications instead of $m^2$.
//:
//: ```{listing} llm::softmax_rows_backward
//: ```
//:
//: The program compares it with finite differences (section 1.4): move one score to either side,
//: and see what the loss does. The loss here is three times the weight of *river* plus the weight
//: of *the*, so $g = (3, 0, 1)$. (`NullaryExpr` fills a row with what a function says of each place;
//: section 1.1 has such words of Eigen's under "Eigen in a dozen lines".)

void gradient() {
  Matrix scores = neighbor_scores(), weight_gradient(1, 3);
  weight_gradient << 3, 0, 1;
  const auto loss = [&] { return double{3 * softmax_rows(scores)(0) + softmax_rows(scores)(2)}; };
  const Matrix formula = softmax_rows_backward(weight_gradient, softmax_rows(scores));
  const std::vector<double> differences = finite_differences(loss, {scores.data(), 3}, 1e-2);
  Matrix both(2, 3);
  both << formula, Vector::NullaryExpr(3, [&](Index j) {
    return static_cast<Real>(differences[static_cast<std::size_t>(j)]);
  });
  show("gradient of the scores", both, 4, {"formula", "finite differences"}, neighbors);
}
//: ```{output}
//: ```
//:
//: By hand for *river*: the mean of the $g$ is $0.7054 \cdot 3 + 0.0351 \cdot 1 = 2.1513$, and
//: $0.7054 \cdot (3 - 2.1513) = 0.599$.
//:
//: ## Why a confident softmax learns slowly
//:
//: Look at the factor $w_j$ in front of that gradient, and at $w_i (1 - w_i)$ in the table. If
//: there are two options and one leads by $x$, its weight is $1 / (1 + e^{-x})$, and the slope of
//: that curve is $w (1 - w)$: 0.25 where the two are even, and nearly 0 where one has won.

void slope_of_two_options() {
  std::vector<double> leads, weights, slopes;
  for (int i = -80; i <= 80; ++i) {
    Matrix scores(1, 2);
    scores << static_cast<Real>(i) / 10, 0;
    const double weight = softmax_rows(scores)(0);
    leads.push_back(i / 10.0);
    weights.push_back(weight);
    slopes.push_back(weight * (1 - weight));
  }
  record_data("softmax_slope", "lead", leads);
  record_data("softmax_slope", "weight", weights);
  record_data("softmax_slope", "slope", slopes);
}
//: ```{figure-from} softmax_slope
//: :alt: An S-shaped curve of the weight against the lead from -8 to 8, and below it its slope, a
//:   bell with its top of 0.25 at a lead of 0.
//:
//: The weight of one of two options against the lead of its score, and the slope of that curve. In
//: the middle a small change of the score moves the weight; on the flat arms it moves nothing.
//: ```
//:
//: A softmax that is sure and wrong therefore hears almost nothing of its error. We can measure how
//: long it takes to change its mind. Three options have the scores $(x, 0, 0)$: the first is
//: preferred, and the second is the right one. The loss is half the squared distance between the
//: weights and $(0, 1, 0)$, so that $g = w - (0, 1, 0)$. We descend along the gradient with a
//: learning rate of 1, and count the steps until the right option has more than half of the weight.

int steps_to_change_its_mind(Real lead, std::vector<double>& weight_of_the_right) {
  Matrix scores(1, 3), target(1, 3);
  scores << lead, 0, 0;
  target << 0, 1, 0;
  for (int step = 0;; ++step) {
    const Matrix weights = softmax_rows(scores);
    weight_of_the_right.push_back(weights(1));
    if (weights(1) > Real(0.5)) return step;
    scores -= softmax_rows_backward(weights - target, weights);
  }
}

void confident_and_wrong() {
  for (int lead : {0, 2, 4, 6, 8, 10}) {
    std::vector<double> course;
    const int steps = steps_to_change_its_mind(static_cast<Real>(lead), course);
    print("lead of the wrong option {:2}   first weight {:.5f}   steps {:6}", lead, course.front(),
          steps);
    record(fmt::format("steps_{}", lead), "{}", steps);
    if (lead <= 8) record_data("softmax_learning", fmt::format("lead {}", lead), course);
  }
}
//: ```{output}
//: ```
//:
//: ```{figure-from} softmax_learning
//: :alt: Five curves of the right option's weight against the number of steps, on a logarithmic
//:   axis; each larger lead shifts the rise to the right.
//:
//: The weight of the right option against the steps of gradient descent, for five leads of the
//: wrong one. The curves lie flat until, late and at once, they rise.
//: ```
//:
//: A lead of 0 is corrected in {value}`steps_0` steps, and for a lead of 10 it takes
//: {value}`steps_10` of them. Once the lead is large, each 2 more multiply the wait by about
//: $e^2 \approx 7$, because the gradient starts out proportional to the right option's weight,
//: about $e^{-x}$. Two cures follow in later chapters. One keeps the scores small (section 3.2).
//: The other takes a loss that shouts when the softmax is sure and wrong: $-\ln w$, whose gradient
//: exercise 2.1a derives.
//:
//: ## One pass
//:
//: Our function goes over a row again and again: for the maximum, for the exponentials, for their
//: sum, for the division. A word in a long text has a row of a hundred thousand scores, and what it
//: wants in the end is not the weights but a mean of as many vectors, weighted with them. Must all
//: the scores be kept until the maximum is known?
//:
//: No. Keep the largest score so far, $M$, and the sum so far, $\ell = \sum e^{s_j - M}$. When a
//: larger score $M'$ comes, every term of the sum should have been $e^{s_j - M'}$, which is
//: $e^{M - M'}$ times what it was. One multiplication repairs the whole sum. By hand, for the
//: scores 1, 3, 2:
//:
//: | score | $M$ | factor | $\ell$ |
//: | --- | --- | --- | --- |
//: | 1 | 1 | | 1 |
//: | 3 | 3 | $e^{1-3} = 0.135$ | $1 \cdot 0.135 + 1 = 1.135$ |
//: | 2 | 3 | 1 | $1.135 + e^{2-3} = 1.503$ |
//:
//: The {term}`online softmax` {cite}`milakov2018online` remembers these two numbers:
//:
//: ```{listing} llm::OnlineSoftmax
//: ```
//:
//: Whatever else has been added up under the old maximum is repaired by the same factor, a weighted
//: sum of vectors too:
//:
//: ```{listing} llm::online_weighted_mean
//: ```

void one_pass() {
  OnlineSoftmax seen;
  for (Real score : {Real(1), Real(3), Real(2)}) {
    const Real factor = seen.add(score);
    print("score {:.0f}   maximum {:.0f}   factor {:.3f}   sum {:.3f}", score, seen.maximum, factor,
          seen.sum);
  }
  Generator generator(21);
  const Matrix scores = random_normal(1, 1000, generator, 5);
  const Matrix values = random_normal(1000, 3, generator);
  Matrix means(2, 3);
  means << softmax_rows(scores) * values, online_weighted_mean(scores.row(0), values);
  show("mean of 1000 vectors", means, 5, {"all weights first", "one pass"});
}
//: ```{output}
//: ```
//:
//: The first factor is 0: before any score came, the maximum was $-\infty$, and $e^{-\infty} = 0$
//: has nothing to repair. The two means agree, and the second never needed more than one score at a
//: time. FlashAttention {cite}`dao2022flashattention` is built on this factor; the GPU chapter
//: builds it.
//:
//: ## What it costs
//:
//: A softmax of $m$ scores takes $m$ exponentials, $m$ each of subtractions and additions, $2m$
//: comparisons and as many multiplications (by the scale, and by 1 over the sum: one division
//: serves the row). An exponential is not one instruction: Eigen computes it with a polynomial, in
//: about twenty, but for a whole register of floats at once (section 1.2). The scores themselves
//: are dot products, and with 64 features each takes 64 multiply-adds. So the exponentials alone
//: should take about a third of the time of the scores, and the naive loop, which calls `std::exp`
//: for one number after another, should take much longer. We time all three on 512 rows of 512
//: scores:

void cost() {
  const Index size = 512, width = 64;
  Generator generator(22);
  const Matrix words = random_normal(size, width, generator);
  Matrix scores(size, size), weights(size, size);
  const double each = 1e9 / static_cast<double>(size * size);  // seconds to nanoseconds a score
  const double product =
      each * fastest_seconds([&] { scores.noalias() = words * words.transpose(); });
  scores /= 8;  // so that the naive softmax survives them
  const double naive = each * fastest_seconds([&] { weights = naive_softmax(scores); });
  const double ours = each * fastest_seconds([&] {
                        weights = scores;
                        softmax_rows_in_place(weights);
                      });
  print_timing("dot products of 64 features   {:5.2f} ns a score", product);
  print_timing("naive softmax, std::exp       {:5.2f} ns a weight", naive);
  print_timing("softmax_rows_in_place         {:5.2f} ns a weight", ours);
  record("speedup", "{:.1f}", naive / ours);
  record("share", "{:.0f}", 100 * ours / product);
}
//: ```{output}
//: ```
//:
//: On the machine that made this page, computing a register of exponentials at once made the
//: softmax {value}`speedup` times as fast as the loop over `std::exp`, and its cost {value}`share`%
//: of that of the dot products. What it takes beyond the third goes to the passes over the row that
//: are not exponentials, for the maximum, the smallest weights, the sum and what it divides, and to
//: the copy of the scores that the program makes each time. The memory is the larger worry: the
//: weights of a text of 4,096 words, each choosing among all of them, take $4096^2 \cdot 4$ bytes,
//: 64 MiB. One pass needs none of it.
//:
//: ## In the wild
//:
//: The name softmax is Bridle's {cite}`bridle1990probabilistic`. Attention has used it since
//: Bahdanau and others {cite}`bahdanau2015neural` let a translator choose among the words of a
//: sentence, and every model of the chapters to come uses it twice: inside attention, and at its
//: end, to choose the next word. It has a habit that large models had to learn to live with: the
//: weights must add up to 1 even when nothing deserves them. Trained models park the surplus on the
//: first word of the text, an "attention sink" {cite}`xiao2024efficient`. Others have changed the
//: function: sparsemax {cite}`martins2016softmax` gives weights that are exactly 0, and Gemma 2
//: {cite}`gemma2024gemma` bends scores smoothly so that none exceeds a fixed size. None of them has
//: displaced it.
//:
//: ## Exercises
//:
//: ````{exercise} 2.1a
//: :title: The gradient that shouts
//: :kind: paper
//:
//: The right option is number $c$, and the loss is $L = -\ln w_c$. Show that its gradient in the
//: scores is $\partial L / \partial s_j = w_j - 1$ for $j = c$ and $w_j$ for the others. What is
//: it, about, for the scores $(10, 0, 0)$ with the second option right, and why does the lead of 10
//: no longer make learning slow?
//:
//: ```{hint}
//: The loss looks at one weight only, so only one $g_i$ is not 0. The derivative of $\ln x$ is
//: $1 / x$.
//: ```
//: ```{hint}
//: $g_c = -1 / w_c$. Put it into $w_j (g_j - \sum_i w_i g_i)$; the sum has one term.
//: ```
//: ```{solution}
//: The sum is $w_c g_c = -1$. For $j \ne c$ the gradient is $w_j (0 + 1) = w_j$, and for $c$ it is
//: $w_c (-1 / w_c + 1) = w_c - 1$. (The same follows from $L = \ln \sum_j e^{s_j} - s_c$, since the
//: gradient of log-sum-exp is the softmax.) For $(10, 0, 0)$ the weights are nearly $(1, 0, 0)$,
//: and the gradient is nearly $(1, -1, 0)$: as large as it ever gets. The small $w_c$ that stood in
//: front has been divided out.
//: ```
//: ````
//:
//: ````{exercise} 2.1b
//: :title: The logarithm of softmax
//: :kind: code
//: :function: log_softmax
//:
//: Write `log_softmax`, which turns scores $(n, m)$ into the logarithms of their softmax weights,
//: row by row. Every finite score must get a finite logarithm, whether it is 1000, or lies 200
//: below the largest of its row. (Each row has at least one finite score.)
//:
//: ```{hint}
//: Do not call `softmax_rows`: once a weight has become 0, its logarithm is lost.
//: ```
//: ```{hint}
//: The logarithm of a fraction is a difference. Take that of $e^{s_i - M} / \sum_j e^{s_j - M}$:
//: one of the two exponentials goes away, and the other cannot be 0.
//: ```
//: ```{solution}
//: The maximum is taken off first, and then the logarithm of the sum of what is left:
//: ```
//: ````
//:
//: ````{exercise} 2.1c
//: :title: Two halves of a row
//: :kind: code
//: :function: merge
//:
//: Two threads have each gone over one half of a row of scores with an `OnlineSoftmax`. Write
//: `merge`, which returns the `OnlineSoftmax` of the whole row from theirs. Either half may have
//: been empty, or all $-\infty$: then its maximum is $-\infty$ and its sum 0.
//:
//: ```{hint}
//: Each sum is counted from its own maximum. Before they can be added, both must be counted from
//: the same one.
//: ```
//: ```{hint}
//: When a maximum grows, a factor repairs the sum; the table under "One pass" has it. What becomes
//: of that factor for a half that has seen nothing, and for two of them?
//: ```
//: ```{solution}
//: The factor is the one of `OnlineSoftmax::add`, applied to both halves. A half whose sum is 0
//: adds nothing, and is left out before its maximum can do harm:
//: ```
//: ````
//:
//: ````{exercise} 2.1d
//: :title: Shouting, measured
//: :kind: experiment
//:
//: In `steps_to_change_its_mind`, replace the gradient of the scores by that of exercise 2.1a,
//: `weights - target`. Before you run it, predict: how many steps does a lead of 10 take? How does
//: the number grow with the lead?
//:
//: ```{hint}
//: While the wrong option has nearly all of the weight, what are the three entries of
//: `weights - target`?
//: ```
//: ```{hint}
//: Each step takes nearly 1 from the wrong score and adds nearly 1 to the right one. By how much
//: does the lead shrink in a step?
//: ```
//: ```{solution}
//: The lead shrinks by nearly 2 a step, so a lead of 10 is gone after about 5, and a step more
//: brings the weight above one half: 6 steps, where the squared distance took {value}`steps_10`. A
//: lead of 20 takes 11 steps and one of 40 takes 21. The number grows in proportion to the lead,
//: where the squared distance made it grow exponentially. This is why classifiers and language
//: models are trained with $-\ln w$, the *cross-entropy* of chapter 4.
//: ```
//: ````

}  // namespace

void softmax() {
  dividing_by_the_sum();
  formula_as_it_stands();
  shifted_formula();
  logarithm_of_a_weight();
  temperature();
  gradient();
  slope_of_two_options();
  confident_and_wrong();
  one_pass();
  cost();
}
