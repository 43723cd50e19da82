//: # Masking
//:
//: Some words must not be heard. A model that learns to predict the next word must not hear the next
//: word. Sentences of five and of eight words that are computed together, in one matrix, are filled up
//: to eight, and the filling has nothing to say. And when a text is as long as a book, each word
//: might be kept to the last few pages for the sake of time. In each case we know beforehand which
//: word may look at which. How do we keep attention to it?
//:
//: ## Zero after the softmax
//:
//: The first idea: compute the weights, and set those to zero that should not be. Take three words
//: with the scores 1, 1 and 5, of which the third is forbidden. The exponentials are 2.72, 2.72 and
//: 148.41, their sum is 153.85, and the weights are 0.018, 0.018 and 0.965. With the last one struck
//: out, 0.018 and 0.018 remain. Two things have gone wrong.
//:
//: The weights no longer sum to 1: the outputs are about a twenty-eighth of what they should be.
//: And the third word was *heard*. Had its score been 1, the other two would have 0.33 each; as it
//: is 5, they have 0.018. The word was kept from speaking, but not from shouting the others down.
//: From the size of the output one can read off how high it was scored.
//:
//: The second idea: divide by what is left. $0.018 / (0.018 + 0.018)$ is 0.5, which is right, and the
//: forbidden score has dropped out. On paper that is a cure (exercise 3.4c). In floating point it is a
//: trap: with a forbidden score of 120 the other exponentials are smaller than anything that a `float`
//: holds, both weights are 0, and we divide 0 by 0.
//:
//: ## Minus infinity before the softmax
//:
//: So the forbidden word has to leave earlier, before its score enters a sum. We want its
//: exponential to be 0, and $e^x = 0$ for $x = -\infty$, which is a number that `float` has, and
//: calculates with. Allowed scores should stay what they are. Both are done by an addition. A
//: {term}`mask` $M$ of the shape of the scores, $(T_q, T_k)$, holds 0 where query $i$ may look at
//: key $j$, and $-\infty$ where it may not:
//:
//: $$\operatorname{Attention}(Q, K, V; M) =
//: \operatorname{softmax}\!\left(\frac{QK^\top}{\sqrt d} + M\right) V.$$
//:
//: In words: **a score of minus infinity is a word that is not there.** It is not in the maximum, not
//: in the sum and not in the mixture. This is the second function of section 3.2, which now has its
//: use. Let us compare all three ways on the three scores:

#include <cmath>
#include <functional>

#include "common/attention/attention.hpp"
#include "common/attention/causal_attention.hpp"
#include "common/attention/masks.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/softmax.hpp"

using namespace llm;

namespace {

/// Weights of a softmax with the forbidden ones set to 0 afterwards.
Matrix zero_after(const Matrix& scores, const Matrix& mask) {
  return (mask.array() == 0)
      .select(softmax_rows(scores), Matrix::Zero(scores.rows(), scores.cols()));
}

/// The same, divided by what is left of each row.
Matrix zero_and_divide(const Matrix& scores, const Matrix& mask) {
  const Matrix weights = zero_after(scores, mask);
  return weights.array().colwise() / weights.rowwise().sum().array();
}

/// Weights of the masked scores.
Matrix mask_before(const Matrix& scores, const Matrix& mask) {
  return softmax_rows(scores + mask);
}

void forbid_a_word() {
  Matrix mask(1, 3), rows(3, 3);
  mask << 0, 0, forbidden();
  for (Real loudness : {1.0f, 5.0f, 120.0f}) {
    Matrix scores(1, 3);
    scores << 1, 1, loudness;
    rows << zero_after(scores, mask), zero_and_divide(scores, mask), mask_before(scores, mask);
    show(fmt::format("scores 1, 1 and a forbidden {}", loudness), rows, 3,
         {"zero after", "zero, divide", "mask before"});
  }
}

//: ```{output}
//: ```
//:
//: The mask gives 0.5 and 0.5 whatever the forbidden word would say. The value that it adds has a name
//: in the library:
//:
//: ```{listing} llm::forbidden
//: ```
//:
//: ## Masks in use
//:
//: The {term}`causal mask` is the one that language models live by: word $i$ may look at the words up
//: to itself, and not ahead. A {term}`sliding window` of length $w$ forgets, too: only the last $w$
//: words up to itself. A causal mask is a window that is long enough, and so one function makes both:
//:
//: ```{listing} llm::causal_mask
//: ```
//: ```{listing} llm::sliding_window_mask
//: ```
//:
//: {term}`Padding <padding>` is the filling of shorter texts up to a common length. It is forbidden to
//: everybody, a whole column of the scores. And where two reasons to forbid meet, a word has to be
//: allowed by both. The smaller of 0 and $-\infty$ is $-\infty$, so the combination is the minimum:
//:
//: ```{listing} llm::padding_mask
//: ```
//: ```{listing} llm::combine_masks
//: ```
//:
//: Here are the four for a text of six, a dot for each forbidden entry:

/// A mask as lines of text, one character an entry.
std::string picture(const Matrix& mask) {
  std::string text;
  for (Index i = 0; i < mask.rows(); ++i) {
    text += "  ";
    for (Index j = 0; j < mask.cols(); ++j) text += mask(i, j) == 0 ? "o " : ". ";
    text += '\n';
  }
  return text;
}

/// A mask as ones and zeros, for the figure.
Matrix allowed(const Matrix& mask) {
  return (mask.array() == 0).cast<Real>();
}

void look_at_masks() {
  const Matrix causal = causal_mask(6), window = sliding_window_mask(6, 3);
  const Matrix padding = padding_mask(6, {true, true, true, true, false, false});
  const Matrix both = combine_masks(causal, padding);
  print("causal\n{}", picture(causal));
  print("sliding window of 3\n{}", picture(window));
  print("the last two are padding\n{}", picture(padding));
  print("causal, and the last two are padding\n{}", picture(both));
  record_data("mask_shapes", "causal", allowed(causal));
  record_data("mask_shapes", "window", allowed(window));
  record_data("mask_shapes", "padding", allowed(padding));
  record_data("mask_shapes", "both", allowed(both));
}

//: ```{output}
//: ```
//:
//: ```{figure-from} mask_shapes
//: :alt: Four squares of six by six cells: the causal mask is a triangle, the window a band below
//:   the diagonal, the padding mask a block of columns, and the last is the triangle without two
//:   columns.
//:
//: Four masks for six words. Row $i$ shows in color what word $i$ may look at; what it may not is
//: hatched, here and in the heat maps to come.
//: ```
//:
//: ## Who can still be heard
//:
//: Whether a mask keeps its promise can be tested from outside, without looking at weights: change one
//: word, and see which outputs change. Under a causal mask, a change at position $j$ must leave all
//: outputs before $j$ as they were. We draw random queries, keys and values for eight positions,
//: change the key and the value of one position at a time, and record by how much each output moves.

/// How far output i moves when the key and value of position j are replaced: (T, T).
Matrix influence(const std::function<Matrix(const Matrix&, const Matrix&)>& weights_of,
                 const Matrix& mask) {
  Generator generator(6);
  const Index length = mask.rows(), width = 16;
  const Matrix queries = random_normal(length, width, generator);
  const Matrix keys = random_normal(length, width, generator);
  const Matrix values = random_normal(length, width, generator);
  const auto outputs = [&](const Matrix& some_keys, const Matrix& some_values) -> Matrix {
    return weights_of(queries * some_keys.transpose() / 4, mask) * some_values;
  };
  const Matrix before = outputs(keys, values);
  Matrix moved(length, length);
  for (Index j = 0; j < length; ++j) {
    Matrix other_keys = keys, other_values = values;
    other_keys.row(j) = random_normal(1, width, generator, 3);
    other_values.row(j) = random_normal(1, width, generator);
    moved.col(j) = (outputs(other_keys, other_values) - before).rowwise().norm();
  }
  return moved;
}

/// The largest entry above the diagonal: what the past hears of the future.
Real leak(const Matrix& moved) {
  return Matrix(moved.triangularView<Eigen::StrictlyUpper>()).maxCoeff();
}

void listen_for_leaks() {
  const Matrix mask = causal_mask(8);
  const Matrix after = influence(zero_after, mask), before = influence(mask_before, mask);
  print("the most that an output moves when a later word changes:");
  print("  weights set to 0 after the softmax    {:.3f}", leak(after));
  print("  scores set to -infinity before it     {:.3f}", leak(before));
  record("leak_after", "{:.2f}", leak(after));
  record_data("mask_leak", "after", after);
  record_data("mask_leak", "before", before);
}

//: ```{output}
//: ```
//:
//: ```{figure-from} mask_leak
//: :alt: Two heat maps of influence. With zeros after the softmax, entries above the diagonal are
//:   not zero; with the mask before the softmax they are.
//:
//: How far each output (row) moves when one position (column) changes. Above the diagonal is the
//: future. On the left it is heard, though its weights are 0; on the right it is not.
//: ```
//:
//: With zeros after the softmax, outputs move by up to {value}`leak_after` when a word changes that
//: they were not to see. A model in training finds such a leak, as section 4.1 will show; it is
//: worth more than all grammar. With the mask the future is silent to the last bit: $x + (-\infty)$
//: is $-\infty$ for every $x$, so that nothing of a finite $x$ is left. A test of the library
//: changes each position in turn and compares with `==`.
//:
//: ## Padding
//:
//: For padding the promise is stronger: a filled-up text must give what the text alone gives. Five
//: words, filled with three rows of zeros. Zeros sound harmless. But a key of zeros scores 0 with
//: every query, and a score of 0 is a score; its weight is $e^0$, the same as that of any other
//: middling word.

void fill_up_a_sentence() {
  Generator generator(7);
  Matrix words = Matrix::Zero(8, 16);
  words.topRows(5) = random_normal(5, 16, generator);
  const Matrix alone =
      scaled_dot_product_attention(words.topRows(5), words.topRows(5), words.topRows(5)).outputs;
  const std::vector<bool> present = {true, true, true, true, true, false, false, false};
  const Attention open = scaled_dot_product_attention(words, words, words);
  const Attention masked =
      scaled_dot_product_attention(words, words, words, padding_mask(8, present));
  const Real open_error = (open.outputs.topRows(5) - alone).cwiseAbs().maxCoeff();
  const Real masked_error = (masked.outputs.topRows(5) - alone).cwiseAbs().maxCoeff();
  print("largest difference from the five words alone: {:.3f} without a mask, {:.7f} with it",
        open_error, masked_error);
  print("attention of the five words to the padding:   {:.3f} without a mask, {:.7f} with it",
        open.weights.topRightCorner(5, 3).sum() / 5, masked.weights.topRightCorner(5, 3).sum() / 5);
}

//: ```{output}
//: ```
//:
//: What remains with the mask is at most the rounding of sums that are added in another order. The
//: three rows of padding compute outputs of their own, which mean nothing and which nobody reads.
//:
//: ## A row with nothing to look at
//:
//: Fill up on the left instead, combine with a causal mask, and the first row may look at nothing:
//: all its scores are $-\infty$. What is the weighted mean of nothing? The formula says
//: $e^{-\infty} / 0$; a softmax that takes off the maximum first (section 2.1) computes
//: $-\infty - (-\infty)$, which is not a number, NaN (C++ may print it as `-nan`). And a NaN
//: spreads: whatever it is added to or multiplied with, 0 included, becomes NaN. One such row in
//: one sentence, one step of gradient descent, and every parameter of the model is gone.
//:
//: Our softmax makes such a row all zeros, and so the output is 0 and the gradients are 0: nothing was
//: heard, and nothing is learned from it. Many programs avoid the question by using a large negative
//: number in place of $-\infty$. There is a catch in that, too:

void look_at_nothing() {
  Matrix scores(1, 3);
  scores << 0.3f, -1.2f, 0.7f;
  const Matrix nothing = Matrix::Constant(1, 3, forbidden());
  const Matrix naive = (scores + nothing).array() - (scores + nothing).maxCoeff();
  const Matrix exponentials = naive.array().exp();
  Matrix rows(3, 3);
  rows << exponentials / exponentials.sum(), softmax_rows(scores + nothing),
      softmax_rows(scores + Matrix::Constant(1, 3, -1e9f));
  show("three scores, all forbidden", rows, 3, {"softmax as written", "the library", "-1e9"});
}

//: ```{output}
//: ```
//:
//: With $-10^9$ the row attends to all three forbidden words alike: $0.3 - 10^9$ and $0.7 - 10^9$
//: are the same `float`, since next to $10^9$ the numbers are 64 apart, and the softmax of equal
//: scores is an average. The row has no NaN, and looks at what it must not.
//:
//: ## What it costs, and saves
//:
//: A mask is added to $T^2$ scores, which is little beside the $T^2 d$ multiplications that made
//: them. But under a causal mask nearly half of the scores are computed to be thrown away: of $T^2$
//: there are $T(T + 1)/2$ allowed. The attention that trains our model, `causal_attention_forward`,
//: does not compute them. It takes 32 queries at a time and scores them with the keys up to the
//: last of the 32, so that only a small triangle at the end of each block is wasted; and it forgets
//: a block's weights before it makes the next, so that it holds $32\,T$ numbers where we held $T^2$
//: for each head. Section 5.2 lists it. We expect it to be at least twice as fast for long texts:
//: half the work, done by the packed product of section 1.2, on blocks that stay in the cache.

void measure_causal_attention() {
  const HeadLayout layout = divide_heads(256, 4);
  std::vector<double> lengths, masked_times, causal_times;
  for (Index length : {64, 256, 1024}) {
    Generator generator(8);
    const Matrix rows = random_normal(length, 256, generator);
    const Matrix mask = causal_mask(length);
    Matrix outputs(length, 256), log_sums(length, 4);
    AttentionWorkspace workspace(length);
    lengths.push_back(static_cast<double>(length));
    masked_times.push_back(1e3 *
                           fastest_seconds([&] { attend_heads(rows, rows, rows, mask, layout); }));
    causal_times.push_back(1e3 * fastest_seconds([&] {
                             causal_attention_forward(rows, rows, rows, layout, outputs, log_sums,
                                                      workspace);
                           }));
    print_timing(
        "{:4} positions, 4 heads: with a mask {:7.3f} ms, {:5.2f} MiB of weights;  causal "
        "{:7.3f} ms, {:4.2f} MiB",
        length, masked_times.back(), 4 * lengths.back() * lengths.back() * 4 / (1 << 20),
        causal_times.back(), 32 * lengths.back() * 4 / (1 << 20));
    if (length == 1024) {
      const Matrix expected = attend_heads(rows, rows, rows, mask, layout).joined;
      print("largest difference of the two: {:.0e}", (outputs - expected).cwiseAbs().maxCoeff());
    }
  }
  record("causal_gain", "{:.1f}", masked_times.back() / causal_times.back());
  record_data("mask_cost", "length", lengths);
  record_data("mask_cost", "masked", masked_times);
  record_data("mask_cost", "causal", causal_times);
}

//: ```{output}
//: ```
//:
//: ```{figure-from} mask_cost
//: :alt: Time over the length of the text for attention with a mask and for the causal attention of
//:   the library, which is faster at every length.
//:
//: Attention with a causal mask, all scores computed and half of them thrown away, and the library's
//: causal attention, which computes a block of queries at a time and only what they may see.
//: ```
//:
//: At 1024 positions the factor is {value}`causal_gain`. Half the work accounts for 2. The rest
//: comes from the other differences, which this measurement does not separate: the packed product,
//: blocks that stay in the cache, no mask to add and no large matrices to allocate. A sliding
//: window saves more: its scores are $T w$, no longer quadratic in the length. What does it lose? A
//: word can't look further back than $w - 1$ words, in one layer. In the next, the words that it
//: looks at have themselves looked back. So with $N$ layers of window $w$ the last word can hear $N
//: (w - 1)$ words back. The test from above, on a stack of layers, agrees:

/// How many words back a change is still heard at the last of 40 positions, through some layers.
Index reach(int layers, Index window) {
  Generator generator(9);
  const Index length = 40;
  const Matrix words = random_normal(length, 8, generator);
  const Matrix mask = sliding_window_mask(length, window);
  const auto last_output = [&](Matrix rows) -> Vector {
    for (int layer = 0; layer < layers; ++layer) {
      rows = (rows + scaled_dot_product_attention(rows, rows, rows, mask).outputs) / 2;
    }
    return rows.bottomRows(1);
  };
  const Vector before = last_output(words);
  for (Index j = 0; j < length; ++j) {
    Matrix changed = words;
    changed.row(j) *= -1;
    if (last_output(changed) != before) return length - 1 - j;
  }
  return 0;
}

void look_far_through_small_windows() {
  for (int layers : {1, 2, 3, 6}) {
    print("{} layer{} of window 4: the last word hears {:2} words back", layers,
          layers == 1 ? " " : "s", reach(layers, 4));
  }
}

//: ```{output}
//: ```
//:
//: ## In the wild
//:
//: The first Transformer masked its decoder "by setting to $-\infty$", in the words of
//: {cite:t}`vaswani2017attention`; every model of the GPT family is causal in all layers
//: {cite}`radford2019language`. GPT-2's released code puts $-10^{10}$ in the place of a forbidden score
//: {cite}`openai2019code`, which is safe there, since no row is without an allowed one. BERT reads whole
//: sentences, looks both ways, and masks padding only {cite}`devlin2019bert`. Windows came with long
//: texts: {cite:t}`child2019generating` alternated them with strides, {cite:t}`beltagy2020longformer` combined them with a few words that see
//: everything, and the first Mistral model had 32 layers with windows of 4096, which reach 131,000
//: positions back by the count above {cite}`jiang2023mistral`.
//:
//: Weights that must sum to 1 have a side effect. A head that has nothing to look for has to look
//: somewhere, and trained models park that attention on the first word of the text, whatever it is. A
//: window that drops this word ruins them; {cite:t}`xiao2024efficient` found it out, and kept the
//: first few words in every window.
//:
//: ## Exercises
//:
//: `````{exercise} 3.4a
//: :title: No looking ahead
//: :kind: code
//: :function: attend_to_past
//:
//: Write `attend_to_past(queries, keys, values)`, all with $T$ rows: scaled dot-product attention
//: in which position $i$ looks at positions 0 to $i$. Returns the outputs, $(T, d_v)$.
//: `softmax_rows` may be used, the functions of `masks.hpp` and the masked attention of the library
//: not.
//:
//: ```{hint}
//: The forbidden scores are those with $j > i$. Where is $j > i$ in the matrix, above or below the
//: diagonal?
//: ```
//: ```{hint}
//: `-std::numeric_limits<Real>::infinity()` is $-\infty$. It has to be in the scores when the softmax
//: sees them.
//: ```
//: ```{solution}
//: Two loops over the scores above the diagonal. `tail(count)` of a row does the inner one.
//: ```
//: `````
//:
//: `````{exercise} 3.4b
//: :title: Several texts in one row
//: :kind: code
//: :function: packed_mask
//:
//: Padding is work for nothing. Short texts can share one row of positions instead, one after the
//: other: texts of 2, 3 and 1 words fill six positions without a gap. Write `packed_mask(lengths)`: the
//: $(T, T)$ mask, with $T$ the sum of the lengths, under which each position looks at itself and at the
//: earlier positions of its own text, and at no other text. 0 allows, $-\infty$ forbids.
//:
//: ```{hint}
//: Draw the six rows for the texts of 2, 3 and 1 words, as the page drew its masks. What shape has the
//: allowed part of one text?
//: ```
//: ```{hint}
//: Start with a mask that forbids everything, and keep the place where the current text begins. Which
//: is the first position that position $i$ may look at?
//: ```
//: ```{solution}
//: Each text is a triangle on the diagonal: position $i$ looks at the positions from the start of its
//: text to $i$. Without the mask, the first words of each text would hear the end of another, which has
//: nothing to do with them; with it, the texts could as well have been computed alone.
//: ```
//: `````
//:
//: `````{exercise} 3.4c
//: :title: Before or after
//: :kind: paper
//:
//: Show that setting weights to zero after the softmax and dividing each row by what is left gives
//: exactly the weights of the mask before the softmax, as long as each row has something to look
//: at. Why is it nevertheless a bad way to compute them? Is there a difference in what the
//: forbidden scores learn?
//:
//: ```{hint}
//: Write a weight as $e^{s_j} / \sum_k e^{s_k}$, and let $E$ be the sum over the allowed $k$ only.
//: ```
//: ```{hint}
//: For the last question: does the result depend on a forbidden score at all?
//: ```
//: ```{solution}
//: Let $Z$ be the sum of all exponentials of the row and $E$ that of the allowed ones. An allowed
//: weight is $e^{s_j}/Z$, and what is left of the row sums to $E/Z$. The quotient is $e^{s_j}/E$,
//: which is the softmax over the allowed scores alone. $Z$ has canceled.
//:
//: But $Z$ is computed before it cancels. A forbidden score that is larger than the allowed ones by
//: more than about 100 makes every allowed weight underflow to 0, and 0/0 is not a number; smaller
//: differences cost digits. On paper the result does not depend on the forbidden scores, so their
//: gradient is 0 either way. A backward pass through the two steps has to find that 0 as the
//: difference of two numbers that should be equal, and finds it up to rounding.
//: ```
//: `````
//:
//: `````{exercise} 3.4d
//: :title: How infinite is infinity
//: :kind: experiment
//:
//: In `listen_for_leaks`, give `influence` the mask `causal_mask(8).cwiseMax(-10)` in the place of
//: `causal_mask(8)`: the larger of $-\infty$ and $-10$ is $-10$, so this is a causal mask that adds
//: $-10$ where it should forbid. Print `leak(before)` in the format `{:.2g}`, for $-1$, $-5$, $-10$,
//: $-20$ and $-30$. Predict how the leak falls with each. From which number on is it exactly 0, and
//: why does that depend on the other scores?
//:
//: ```{hint}
//: A forbidden score that is lowered by $c$ has its weight multiplied by about $e^{-c}$.
//: ```
//: ```{hint}
//: The smallest positive `float` is about $10^{-45}$, which is $e^{-103}$. When is a sum in `float` no
//: longer changed by a term?
//: ```
//: ```{solution}
//: The leaks are 5.3, 3.4, 0.049, $2.2 \cdot 10^{-6}$ and 0. The changed key is three times as large
//: as the others, so that its score can stand out far: $-1$ and $-5$ hide next to nothing. From
//: $-10$ to $-20$ each unit divides the leak by $e$, and $e^{10} = 22{,}000$ is what lies between the
//: two. Before $-30$ it becomes exactly 0, because the term no longer changes the last digit of a sum
//: of size 1. But that limit is relative to the largest score of the row: a forbidden word that stands
//: out by 60 needs 60 more. Infinity does not depend on anything, which is its point.
//: ```
//: `````

}  // namespace

void masking() {
  forbid_a_word();
  look_at_masks();
  listen_for_leaks();
  fill_up_a_sentence();
  look_at_nothing();
  measure_causal_attention();
  look_far_through_small_windows();
}
