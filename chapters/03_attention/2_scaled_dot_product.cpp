//: # Scaled dot-product attention
//:
//: In section 3.1 each word scored every word with a dot product, a softmax made weights of each
//: row of scores, and the weights mixed the words. The vectors had four features, so that we could
//: follow them by eye. A real model gives a word 64 features or 128 where it compares them. What
//: happens to the same three steps when the rows grow?
//:
//: To find out we take meaning away. Eight queries and eight keys are drawn at random, every
//: feature from a normal distribution of mean 0 and variance 1, so that no word has a reason to
//: prefer any other. What we watch is how evenly the weights are spread. The measure is the
//: {term}`entropy` of a row of weights, $H = -\sum_j p_j \ln p_j$: for eight equal weights it is
//: $\ln 8 = 2.08$, and for a row that puts all its weight on one word it is 0.

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "common/attention/attention.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/softmax.hpp"

using namespace llm;

namespace {

/// The entropy of a row of weights in nats, the mean over the rows. A weight of 0 adds nothing.
double mean_row_entropy(const Matrix& weights) {
  const auto term = [](Real p) { return p > 0 ? -p * std::log(p) : Real(0); };
  return weights.unaryExpr(term).sum() / static_cast<double>(weights.rows());
}

/// The entropy of attention among eight random words of `width` features, scores as they are.
double entropy_without_scale(Index width) {
  Generator generator(1);
  double entropy = 0;
  for (int draw = 0; draw < 100; ++draw) {
    const Matrix queries = random_normal(8, width, generator);
    const Matrix keys = random_normal(8, width, generator);
    entropy += mean_row_entropy(softmax_rows(queries * keys.transpose())) / 100;
  }
  return entropy;
}

void wide_rows_decide() {
  for (Index width : {1, 4, 16, 64, 256}) {
    const double entropy = entropy_without_scale(width);
    print("{:3} features   entropy {:.2f} of 2.08", width, entropy);
    record(fmt::format("raw_{}", width), "{:.2f}", entropy);
  }
}

//: ```{output}
//: ```
//:
//: Narrow rows spread their weights: with four features the entropy is {value}`raw_4`. With 256 it
//: is {value}`raw_256`, which is nearly all the weight on one word. Nothing was learned between the
//: two lines. The wide rows have made up their minds about noise.
//:
//: ## The size of a dot product
//:
//: The reason is in the size of the scores. Take the simplest random vectors, whose features are
//: $+1$ or $-1$ by the flip of a coin. The product of two such features is again $+1$ or $-1$,
//: equally often. So a score of one feature is $\pm 1$. With two features there are four cases,
//: $-2, 0, 0, 2$. With four there are sixteen: $-4$ and $4$ come up once each, $-2$ and $2$ four
//: times each, $0$ six times. The mean is 0 in every case. The {term}`variance`, the mean of the
//: squared distance from the mean, is
//:
//: $$\frac{(-1)^2 + 1^2}{2} = 1, \qquad \frac{4 + 0 + 0 + 4}{4} = 2, \qquad
//: \frac{1 \cdot 16 + 4 \cdot 4 + 6 \cdot 0 + 4 \cdot 4 + 1 \cdot 16}{16} = 4.$$
//:
//: The program goes through all $2^d$ cases and finds the same, and a few more:

void count_coin_flips() {
  for (unsigned features : {1u, 2u, 4u, 8u, 16u}) {
    const unsigned cases = 1u << features;
    double sum_of_squares = 0;
    for (unsigned signs = 0; signs < cases; ++signs) {
      const int score = static_cast<int>(features) - 2 * std::popcount(signs);
      sum_of_squares += score * score;
    }
    print("{:2} features: {:5} cases, variance of the score {}", features, cases,
          sum_of_squares / cases);
  }
}

//: ```{output}
//: ```
//:
//: The pattern is no accident of coins. Let $a$ and $b$ be two random numbers of mean 0. The variance
//: of their sum is the mean of
//:
//: $$(a + b)^2 = a^2 + 2ab + b^2 .$$
//:
//: If they are independent, $b$ is on average 0 whatever $a$ is. Then $ab$ is on average 0, too, and
//: what remains is the variance of $a$ plus that of $b$. A third number is independent of the sum of
//: the first two, so it adds its own, and so on: *variances of independent numbers add*. A score of $d$
//: features is a sum of $d$ independent products of variance 1, so its variance is $d$, and its typical
//: size, the square root of the variance, is $\sqrt d$. This holds for any independent features of mean
//: 0 and variance 1 (exercise 3.2b). It is 2 for four features and 16 for 256.
//:
//: Now feed that to a softmax, which exponentiates. Take two keys, one scored a typical size above
//: zero and one as much below. With four features the weights stand as $e^{2}$ to $e^{-2}$, which
//: is 55 to 1. With 64 they stand as $e^{8}$ to $e^{-8}$: 8.9 million to 1.
//:
//: A hasty choice could be corrected later, by learning. But learning follows slopes, and section
//: 2.1 found the slope of a softmax: when the score $j$ rises by a little, its weight rises by $p_j
//: (1 - p_j)$ times that. The sum of these over a row, $1 - \sum_j p_j^2$, is $7/8$ for eight equal
//: weights, and 0 for a row with all its weight in one place. There the scores can move and the
//: weights don't. A layer that starts out decided is slow to change its mind, right or wrong.
//:
//: ## The formula
//:
//: The cure follows from the count. If the typical score is $\sqrt d$, divide by $\sqrt d$: the
//: variance is divided by $(\sqrt d)^2 = d$, and is 1 whatever the width. That one division is the
//: "scaled" in the name. With queries $Q$ of shape $(T_q, d)$, one a row; keys $K$ of shape
//: $(T_k, d)$; and values $V$ of shape $(T_k, d_v)$, one for each key:
//:
//: $$\operatorname{Attention}(Q, K, V) = \operatorname{softmax}\!\left(\frac{QK^\top}{\sqrt d}\right) V$$
//:
//: $QK^\top$ is $(T_q, T_k)$, a score for each query and key; the softmax runs along each row; the
//: result is $(T_q, d_v)$. In words: **each query takes a weighted mean of the values, and the
//: weights grow with the dot product of the query with the keys, in units of its typical size.**
//: This is equation 1 of {cite:t}`vaswani2017attention`, and you now hold the center of every large
//: language model. The code is the formula, in two steps. First the scores:
//:
//: ```{listing} llm::scaled_scores
//: ```
//:
//: `check_shape` throws an error that names both shapes when the keys have another width than the
//: queries. The second step is the softmax and the mixture. It returns the weights together with
//: the outputs, because we want to look at them, and because the backward pass needs them:
//:
//: ```{listing} llm::mix_values
//: ```
//: ```{listing} llm::Attention
//: ```
//: ```{listing} llm::scaled_dot_product_attention
//: ```
//:
//: There are two functions of that name. The second adds one more matrix to the scores before the
//: softmax. Section 3.4 uses it to forbid some words to look at others; until then we use the first.
//:
//: Back to the random words. Fifty draws for each width this time (a hundred above, so that the
//: entropies differ a little), each once as it is and once through the library, with the slope $1 -
//: \sum_j p_j^2$ beside each entropy:

/// What happens to attention among random words: raw scores in the first row, scaled in the second.
struct Spread {
  double entropy = 0;
  double slope = 0;

  /// Adds a share of what one matrix of weights shows.
  void add(const Matrix& weights, double share) {
    entropy += share * mean_row_entropy(weights);
    slope += share * (1 - weights.squaredNorm() / static_cast<double>(weights.rows()));
  }
};

void scale_keeps_choices_open() {
  std::vector<double> widths, raw_entropies, scaled_entropies, raw_slopes, scaled_slopes;
  for (Index width : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512}) {
    Generator generator(1);
    Spread raw, scaled;
    for (int draw = 0; draw < 50; ++draw) {
      const Matrix queries = random_normal(8, width, generator);
      const Matrix keys = random_normal(8, width, generator);
      raw.add(softmax_rows(queries * keys.transpose()), 0.02);
      scaled.add(scaled_dot_product_attention(queries, keys, keys).weights, 0.02);
    }
    print("width {:3}   raw: entropy {:.2f}, slope {:.3f}   scaled: entropy {:.2f}, slope {:.3f}",
          width, raw.entropy, raw.slope, scaled.entropy, scaled.slope);
    widths.push_back(static_cast<double>(width));
    raw_entropies.push_back(raw.entropy);
    scaled_entropies.push_back(scaled.entropy);
    raw_slopes.push_back(raw.slope);
    scaled_slopes.push_back(scaled.slope);
  }
  record("raw_slope_512", "{:.3f}", raw_slopes.back());
  record("scaled_slope_512", "{:.2f}", scaled_slopes.back());
  record("scaled_entropy_512", "{:.2f}", scaled_entropies.back());
  record_data("attention_entropy", "width", widths);
  record_data("attention_entropy", "raw", raw_entropies);
  record_data("attention_entropy", "scaled", scaled_entropies);
  record_data("attention_entropy", "raw_slope", raw_slopes);
  record_data("attention_entropy", "scaled_slope", scaled_slopes);
}

//: ```{output}
//: ```
//:
//: ```{figure-from} attention_entropy
//: :alt: Two line charts over the width from 1 to 512. Without the scale entropy and slope fall
//:   towards 0; with it both stay level.
//:
//: Attention among eight random words. Without the division the entropy (left) and the slope
//: through which learning acts (right) sink with every doubling of the width. With it they stay
//: about where they were at width 1, some way below the values for equal weights (dotted).
//: ```
//:
//: The scaled column does not depend on the width any more: its entropy is
//: {value}`scaled_entropy_512` at 512 features, and its slope {value}`scaled_slope_512`, where the
//: raw one has sunk to {value}`raw_slope_512`.
//:
//: ## Queries, keys and values
//:
//: Section 3.1 used one vector for three jobs: a word asked with it, was found by it, and handed it
//: on. Two things are wrong with that, whatever the scale. The first: $x_i \cdot x_j = x_j \cdot
//: x_i$. If "it" is to listen to "cat", then "cat" must score "it" as highly, though a cat has no
//: use for a pronoun. The second: the dot product of a word with itself is its squared length, a sum
//: of squares in which nothing cancels. For random features it is about $d$, and after the scale
//: $\sqrt d$, while the other scores are about $\pm 1$. Each word listens to itself.
//:
//: So the layer gets to *choose* what to compare. Three linear layers (section 1.2), each with its
//: own weights, make three vectors of each word $x_t$:
//:
//: $$q_t = x_t W_Q^\top, \qquad k_t = x_t W_K^\top, \qquad v_t = x_t W_V^\top,$$
//:
//: the {term}`query`, the {term}`key` and the {term}`value`. The words come from databases: a query
//: is matched against keys and brings back values. They should not be taken too far. A query is not
//: a question that the word asks; it is a direction, and all that happens to it is a dot product.
//:
//: By hand: give each word two features, *is a noun* and *is a pronoun*, so that "cat" is
//: $(1, 0)$ and "it" is $(0, 1)$. Their dot product is 0: as vectors they have nothing in common.
//: Now let the queries say what a word looks for. Each row of $W_Q$ asks the word for one number of
//: its query. The first, $(0, 3)$, asks "are you a pronoun?" and puts the answer where the keys say "is
//: a noun"; the keys stay as they are:
//:
//: $$W_Q = \begin{pmatrix} 0 & 3 \\ 0 & 0 \end{pmatrix}, \quad
//: W_K = \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}, \quad
//: q_\text{it} = (3, 0), \quad q_\text{it} \cdot k_\text{cat} = 3, \quad
//: q_\text{cat} \cdot k_\text{it} = 0.$$
//:
//: "It" scores "cat" with 3, and "cat" scores everything with 0, including itself: a one-way street.
//: The values have a matrix of their own because what makes a word worth finding, being a noun, is
//: not what is wanted from it, which is *which* noun.
//:
//: Why two matrices for the scores, when only the product $W_Q^\top W_K$ enters them ($q_i \cdot
//: k_j = x_i W_Q^\top W_K x_j^\top$)? A single $(d, d)$ matrix in its place would do the same. But
//: two wide ones with few rows do it with fewer multiplications, which is what section 3.3 lives
//: on; and keys that are computed once can be kept, which is what section 5.6 lives on.
//:
//: The program shows both: the scores of "cat" and "it", and how much of its attention a word of 64
//: random features spends on itself, with one vector for all jobs and with random $W_Q$ and $W_K$.

void three_jobs_three_matrices() {
  Matrix words(2, 2), query_weights(2, 2);
  words << 1, 0,  // cat
      0, 1;       // it
  query_weights << 0, 3, 0, 0;
  show("query (row) and key (column)", words * query_weights.transpose() * words.transpose(), 0,
       {"cat", "it"}, {"cat", "it"});

  Generator generator(2);
  const Matrix inputs = random_normal(8, 64, generator);
  // Random weights are as random when they are turned over.
  const Matrix queries = inputs * random_normal(64, 64, generator, 0.125f);
  const Matrix keys = inputs * random_normal(64, 64, generator, 0.125f);
  const auto to_itself = [](const Matrix& weights) { return weights.diagonal().mean(); };
  const Real shared = to_itself(scaled_dot_product_attention(inputs, inputs, inputs).weights);
  const Real separate = to_itself(scaled_dot_product_attention(queries, keys, inputs).weights);
  print("\nattention of a random word to itself, among 8:");
  print("  one vector for all jobs   {:.3f}", shared);
  print("  own queries and keys      {:.3f}", separate);
  record("self_shared", "{:.3f}", shared);
  record("self_separate", "{:.3f}", separate);
}

//: ```{output}
//: ```
//:
//: With one vector a word gives itself {value}`self_shared` of its attention; the mixture of the
//: sentence has become a copy of the word. With projections, even random ones, it is
//: {value}`self_separate`: no more than the eighth part, 0.125, that any word gets on average.
//:
//: Before the layer learns, let us look at all of its matrices once. Eight random words of 16
//: features go through three random layers, and through attention. Which of the matrices have a
//: side that grows with the text, and which have two?

/// A pass of eight words, for the picture: prints the shapes, and what the rows of weights sum to.
void one_pass() {
  Generator generator(6);
  const Matrix words = random_normal(8, 16, generator);
  const auto projected = [&]() -> Matrix {
    return linear(words, random_normal(16, 16, generator, 0.25f), Vector::Zero(16));
  };
  const Matrix queries = projected(), keys = projected(), values = projected();
  const Attention attention = scaled_dot_product_attention(queries, keys, values);
  const Matrix scores = queries * keys.transpose() / std::sqrt(Real(16));
  const auto tell = [](const std::string& name, const Matrix& matrix) {
    print("{:8} ({}, {:2})", name, matrix.rows(), matrix.cols());
    record_data("attention_shapes", name, matrix);
  };
  tell("words", words);
  tell("queries", queries);
  tell("keys", keys);
  tell("values", values);
  tell("scores", scores);
  tell("weights", attention.weights);
  tell("outputs", attention.outputs);
  print("the weights of the first word sum to {:.3f}", attention.weights.row(0).sum());
}

//: ```{output}
//: ```
//:
//: ```{figure-from} attention_shapes
//: :alt: Words of 8 by 16 cells lead to queries, keys and values of the same shape. Queries and keys
//:   lead to a square of 8 by 8 scores, these to a square of weights, and weights and values to
//:   outputs of 8 by 16 cells.
//:
//: One pass, drawn to scale, a cell a number; red is positive and blue negative, but for the weights,
//: which are between 0 and 1. The words come in as 8 rows of 16 and leave as 8 rows of 16. In between
//: stand two squares whose sides are both as long as the text, and no feature is left in them.
//: ```
//:
//: ## Learning to look up, with the scale and without
//:
//: Entropy is a symptom. The disease is that such a layer learns badly, and that we can measure.
//: The task is a look-up. There are 32 names, fixed random vectors of 128 features. Each example
//: draws eight of them and gives each a random number; each of the eight must find its own entry
//: and report its number. Nothing in $W_Q$ and $W_K$, random at the start, says that a name should
//: match itself. They have to learn it, by gradient descent on the mean squared error, as in
//: section 1.4. Always answering 0 gives an error of 1.
//:
//: The slopes of the error by the queries and keys come from a function beside the library's
//: attention, `scaled_dot_product_attention_backward`. It applies the chain rule to the three steps,
//: and section 4.3 derives it; the tests compare it with finite differences. The unscaled version
//: multiplies the queries by $\sqrt d$ first, which undoes the division. (A matrix called with a list
//: of numbers and `Eigen::indexing::all` is its rows with these numbers; see "Eigen in a dozen
//: lines" in section 1.1.)

constexpr Index name_count = 32, drawn_count = 8, lookup_width = 128;

/// Eight different names of the 32.
std::vector<Index> draw_names(Generator& generator) {
  std::vector<Index> names(name_count);
  for (Index i = 0; i < name_count; ++i) names[static_cast<std::size_t>(i)] = i;
  for (Index i = 0; i < drawn_count; ++i) {
    const Index other = i + uniform_index(name_count - i, generator);
    std::swap(names[static_cast<std::size_t>(i)], names[static_cast<std::size_t>(other)]);
  }
  names.resize(drawn_count);
  return names;
}

/// The mean squared error of 16 look-ups with these queries and keys, one row a name; adds its
/// slopes to the gradients.
double look_up(const Matrix& queries, const Matrix& keys, Generator& generator,
               Matrix& query_gradient, Matrix& key_gradient) {
  constexpr Index examples = 16;
  constexpr Real answers = examples * drawn_count;
  double error = 0;
  for (Index example = 0; example < examples; ++example) {
    const std::vector<Index> drawn = draw_names(generator);
    const Matrix asked = queries(drawn, Eigen::indexing::all),
                 listed = keys(drawn, Eigen::indexing::all);
    const Matrix numbers = random_normal(drawn_count, 1, generator);
    const Attention attention = scaled_dot_product_attention(asked, listed, numbers);
    const Matrix miss = attention.outputs - numbers;
    error += miss.squaredNorm() / answers;
    const AttentionGradients gradients = scaled_dot_product_attention_backward(
        miss * (2 / answers), asked, listed, numbers, attention.weights);
    query_gradient(drawn, Eigen::indexing::all) += gradients.queries;
    key_gradient(drawn, Eigen::indexing::all) += gradients.keys;
  }
  return error;
}

/// The error at each of 150 steps of gradient descent; the queries are multiplied by `factor`.
std::vector<double> learn_to_look_up(Real factor, Real rate, unsigned seed) {
  Generator generator(seed);
  const Real deviation = 1 / std::sqrt(Real(lookup_width));
  const Matrix names = random_normal(name_count, lookup_width, generator);
  Matrix query_weights = random_normal(lookup_width, lookup_width, generator, deviation);
  Matrix key_weights = random_normal(lookup_width, lookup_width, generator, deviation);
  std::vector<double> errors;
  for (int step = 0; step < 150; ++step) {
    Matrix query_gradient = Matrix::Zero(name_count, lookup_width);
    Matrix key_gradient = Matrix::Zero(name_count, lookup_width);
    errors.push_back(look_up(names * query_weights.transpose() * factor,
                             names * key_weights.transpose(), generator, query_gradient,
                             key_gradient));
    query_weights -= rate * factor * query_gradient.transpose() * names;
    key_weights -= rate * key_gradient.transpose() * names;
  }
  return errors;
}

//: One step size suits one version and not the other, so each gets to try seven of them, over three
//: orders of magnitude, from three random starts each. The numbers printed are means of the error
//: over the last 30 of 150 steps.

/// The error over the last 30 steps, the mean of three starts.
double final_error(Real factor, Real rate) {
  double sum = 0;
  for (unsigned seed : {1u, 2u, 3u}) {
    const std::vector<double> errors = learn_to_look_up(factor, rate, seed);
    sum += std::accumulate(errors.end() - 30, errors.end(), 0.0) / 30;
  }
  return sum / 3;
}

void learn_with_and_without_scale() {
  const Real undo = std::sqrt(Real(lookup_width));
  std::vector<double> rates, scaled, raw;
  for (Real rate : {0.003f, 0.01f, 0.03f, 0.1f, 0.3f, 1.0f, 3.0f}) {
    rates.push_back(static_cast<double>(rate));
    scaled.push_back(final_error(1, rate));
    raw.push_back(final_error(undo, rate));
    print("step size {:5.3f}   error with the scale {:.5f}   without {:.5f}", rate, scaled.back(),
          raw.back());
  }
  const auto best_scaled = std::ranges::min_element(scaled) - scaled.begin();
  const auto best_raw = std::ranges::min_element(raw) - raw.begin();
  record("best_scaled", "{:.5f}", scaled.at(static_cast<std::size_t>(best_scaled)));
  record("best_raw", "{:.2f}", raw.at(static_cast<std::size_t>(best_raw)));
  record_data("attention_lookup", "rate", rates);
  record_data("attention_lookup", "scaled", scaled);
  record_data("attention_lookup", "raw", raw);
  const auto rate_of = [&](auto i) {
    return static_cast<Real>(rates.at(static_cast<std::size_t>(i)));
  };
  record_data("attention_lookup", "scaled_curve", learn_to_look_up(1, rate_of(best_scaled), 1));
  record_data("attention_lookup", "raw_curve", learn_to_look_up(undo, rate_of(best_raw), 1));
}

//: ```{output}
//: ```
//:
//: ```{figure-from} attention_lookup
//: :alt: Left, the final error over the step size: with the scale it falls to nearly zero, without
//:   it never does. Right, the error over the steps at the best step size of each.
//:
//: The error of the look-up at the end, by step size (left), and on the way, at the best step size of
//: each (right). No step size helps the unscaled version to where the scaled one goes with most of
//: them.
//: ```
//:
//: With the scale the error falls to {value}`best_scaled`. Without it the best of seven step sizes
//: ends at {value}`best_raw`. Small steps don't get it out of its first guesses, and large ones throw
//: it from one wrong certainty into the next. The two versions can express exactly the same
//: functions, for the factor could be absorbed into $W_Q$. What differs is where they start, and what
//: can be learned from there.
//:
//: ## What it costs
//:
//: Count multiplications, for $T$ words of $d$ features. The three layers take $3Td^2$. The scores
//: are $T^2$ dot products of $d$ features, $T^2d$; the mixture is as much again. The scores alone
//: are $T^2$ numbers of 4 bytes. Twice as many words cost twice as much in the layers and four times
//: as much in the rest: **attention is quadratic in the length of the text**. The two halves are
//: equal where $3Td^2 = 2T^2d$, at $T = 1.5\,d$. For one head of 64 features that is a text of 96
//: words; beyond it the square rules.
//:
//: So we expect times that grow by a factor of 4 with each doubling, from scores to mixture, and
//: 16 MiB of weights at 2048 words. We measure it twice: with all queries at once, as the formula has
//: it, and with 64 queries at a time, which takes the same multiplications and never holds more than
//: 64 rows of weights:

/// Milliseconds of attention among `length` words of 64 features, some of the queries at a time.
double attention_milliseconds(Index length, Index at_a_time) {
  Generator generator(4);
  const Matrix queries = random_normal(length, 64, generator);
  const Matrix keys = random_normal(length, 64, generator);
  Matrix outputs(length, 64);
  return 1e3 * fastest_seconds([&] {
           for (Index first = 0; first < length; first += at_a_time) {
             outputs.middleRows(first, at_a_time) =
                 scaled_dot_product_attention(queries.middleRows(first, at_a_time), keys, keys)
                     .outputs;
           }
         });
}

void measure_cost() {
  std::vector<double> lengths, at_once, in_blocks, mebibytes;
  print_timing("words   million multiplications   MiB of weights   ms at once   ms by 64");
  for (Index length : {128, 256, 512, 1024, 2048}) {
    const double multiplications = 2.0 * 64 * static_cast<double>(length * length);
    lengths.push_back(static_cast<double>(length));
    at_once.push_back(attention_milliseconds(length, length));
    in_blocks.push_back(attention_milliseconds(length, 64));
    mebibytes.push_back(static_cast<double>(length * length) * sizeof(Real) / (1 << 20));
    print_timing("{:5}   {:23.1f}   {:14.2f}   {:10.2f}   {:8.2f}", length, multiplications / 1e6,
                 mebibytes.back(), at_once.back(), in_blocks.back());
  }
  record("doubling", "{:.1f}", at_once.back() / at_once.at(3));
  record("doubling_blocks", "{:.1f}", in_blocks.back() / in_blocks.at(3));
  record("surplus", "{:.1f}", at_once.back() / in_blocks.back());
  record_data("attention_cost", "length", lengths);
  record_data("attention_cost", "at_once", at_once);
  record_data("attention_cost", "in_blocks", in_blocks);
  record_data("attention_cost", "mebibytes", mebibytes);
}

//: ```{output}
//: ```
//:
//: ```{figure-from} attention_cost
//: :alt: Time and memory of attention over the length of the text, both axes logarithmic. The time
//:   with 64 queries at a time and the memory follow lines that rise by a factor of four for each
//:   doubling; the time with all queries at once rises faster for long texts.
//:
//: Time (left) and memory for the weights (right) of one head. The dotted lines rise by a factor of 4
//: with each doubling of the length.
//: ```
//:
//: From 1024 to 2048 words the time grew by a factor of {value}`doubling` at once, and by
//: {value}`doubling_blocks` with 64 queries at a time; the count of multiplications says 4. The counts
//: of both columns are the same, so what is above it in the first is the memory. At 2048 words it
//: takes {value}`surplus` times as long as the second. Sixteen MiB of weights don't fit into the
//: caches next to a core, and each call asks the system for them afresh, a page of 4 KiB at a time;
//: 64 rows are half a MiB, which the next 64 use again. A book of 100,000 words would take 2400 times
//: as long as 2048 words by the count alone, and 37 GiB for the weights of one head. This is why texts
//: had to be short for years, and why the attention that trains our model in chapter 5 computes the
//: weights of a few queries at a time and throws them away (section 3.4).
//:
//: ## In the wild
//:
//: Attention came before its scale. {cite:t}`bahdanau2015neural` let a translator look back at the
//: sentence it translates, and computed each score with a small network; {cite:t}`luong2015effective`
//: replaced the network with a dot product. {cite:t}`vaswani2017attention` suspected the growth of the
//: dot product that we measured, divided by $\sqrt d$, and built a whole model of it. GPT-2 divides by
//: $\sqrt{64} = 8$ and Llama 2 by $\sqrt{128}$ {cite}`radford2019language,touvron2023llama`.
//:
//: There are other ways to the same end. T5 does not divide, and draws $W_Q$ smaller by the same
//: factor instead {cite}`raffel2020exploring`. Our count assumed independent features; after training,
//: queries and keys are anything but, and scores can grow again. A vision model of 22 billion
//: parameters broke down in training from nearly-zero entropy until its queries and keys were
//: normalized before the product {cite}`henry2020query,dehghani2023scaling`. And a width-independent
//: recipe for training large models divides by $d$, because learned features add up in step, not at
//: random {cite}`yang2022tensor`.
//:
//: ## Exercises
//:
//: `````{exercise} 3.2a
//: :title: Scaled attention
//: :kind: code
//: :function: scaled_attention
//:
//: Write the formula: `scaled_attention(queries, keys, values)` for queries $(T_q, d)$, keys
//: $(T_k, d)$ and values $(T_k, d_v)$ returns the outputs, $(T_q, d_v)$. `softmax_rows` of section
//: 2.1 is yours to use.
//:
//: ```{hint}
//: `keys.transpose()` is Eigen's $K^\top$. Check the shape: how many rows and columns must the scores
//: have?
//: ```
//: ```{hint}
//: Divide the scores, not the weights: after the softmax a division would make the rows sum to
//: $1/\sqrt d$. The $d$ is `queries.cols()`, and `std::sqrt` wants a `Real`.
//: ```
//: ```{solution}
//: One line for the scores and one for the mixture. The division by $\sqrt d$ could as well be done to
//: the queries, which are smaller than the scores when the text is longer than $d$.
//: ```
//: `````
//:
//: `````{exercise} 3.2b
//: :title: The variance of a dot product
//: :kind: paper
//:
//: Let $q$ and $k$ be vectors of $d$ independent features, each of mean $m$ and variance $s^2$. What
//: are the mean and the variance of $q \cdot k$? What does $\sqrt d$ do to them when $m = 0$, and
//: what remains when $m \ne 0$? Does what remains matter to the softmax?
//:
//: ```{hint}
//: For independent $a$ and $b$, the mean of $ab$ is the product of the means, and the mean of
//: $(ab)^2$ is the product of the means of $a^2$ and $b^2$. The mean of $a^2$ is $s^2 + m^2$.
//: ```
//: ```{hint}
//: Variance is the mean of the square minus the square of the mean. Do it for one product, then add
//: up $d$ of them. For the last question recall what the softmax does with a number that is added to
//: all scores of a row.
//: ```
//: ```{solution}
//: One product has the mean $m^2$ and the variance $(s^2 + m^2)^2 - m^4 = s^4 + 2 s^2 m^2$. The sum of
//: $d$ has the mean $d m^2$ and the variance $d (s^4 + 2 s^2 m^2)$. For $m = 0$ the division by
//: $\sqrt d$ leaves the mean at 0 and makes the variance $s^4$: it is 1 for $s = 1$, and the scale
//: relies on $s$ being about 1, which is what norms (section 5.1) see to.
//:
//: For $m \ne 0$ the mean of the scaled score is $\sqrt d\, m^2$, which grows with the width. A
//: number that all scores of a row share does not matter, since the softmax is blind to it (section
//: 2.1). The variance matters, and within one row it splits. With $q$ fixed, only $k$ varies from
//: score to score: the scores of that row have the variance $s^2 \lVert q \rVert^2$, about
//: $d s^2 (s^2 + m^2)$. The rest of the variance moves whole rows, and is harmless.
//: ```
//: `````
//:
//: `````{exercise} 3.2c
//: :title: Dividing by d
//: :kind: experiment
//:
//: If dividing by $\sqrt d$ is good, is dividing by $d$ better? Predict the entropy among eight
//: random words for $d = 4$ and $d = 512$, then change `scale_keeps_choices_open` to measure it. Then
//: let the look-up learn with a division by $d$ (a `factor` of $1/\sqrt d$), with step sizes up to 30.
//: By how much must a step grow to reach the errors of the page?
//:
//: ```{hint}
//: The typical size of a score is $\sqrt d$ before the division, and $1/\sqrt d$ after it: nearly equal
//: scores, for large $d$. The slope of the softmax is at its best there, but the slope of the *error*
//: also goes through the factor in front of the scores.
//: ```
//: ```{hint}
//: The factor is met twice: on the way back, where it shrinks the slope by $W_Q$, and on the way
//: forward, where it shrinks what a step of $W_Q$ does to the scores. Does it stay as strong while the
//: weights grow?
//: ```
//: ```{solution}
//: After the division by $d$ the scores are about $1/\sqrt d$: 0.5 for $d = 4$ and 0.04 for $d =
//: 512$. The entropies are 1.98 and 2.08: every word attends evenly to everything. Nothing is
//: stuck, since the softmax is at its steepest there. The look-up with steps of 3, 10 and 30 ends
//: at 0.0037, 0.0007 and 0.0002, where the page had 0.0033, 0.0009 and 0.0002 with steps of 0.1,
//: 0.3 and 1: a step must be about 30 times as long. (At 100 it fails.)
//:
//: Why 30? The factor $1/\sqrt{128}$ is met twice, so at first a step of one length moves the scores
//: 128 times less. But to tell the names apart, the scores must get as large as before, and so the
//: queries and keys grow, to 2.6 times the size that they had at the start (with the division by
//: $\sqrt d$ to 1.06 times). The slope of a score by a query is the key times the factor, so at the end
//: each meeting costs $11.3 \cdot 1.06 / 2.6 = 4.6$ and both together 21. Between 128 at the start and
//: 21 at the end lies what we measured. Dividing by too much can be made up for by the step size.
//: Dividing by nothing can't.
//: ```
//: `````

}  // namespace

void scaled_dot_product() {
  wide_rows_decide();
  count_coin_flips();
  scale_keeps_choices_open();
  three_jobs_three_matrices();
  one_pass();
  learn_with_and_without_scale();
  measure_cost();
}
