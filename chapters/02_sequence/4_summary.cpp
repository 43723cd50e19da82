//: # Summary: the word before
//:
//: A program that uses the three ideas of this chapter and little else: for each word of a
//: sentence, it finds the word before it. It isn't told to go one row up in a table. Each position
//: compares a query with all keys and takes the mean of the words by the softmax of the scores;
//: position is known to it only through rotated (section 2.3) or stamped (section 2.2) vectors.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/positions.hpp"
#include "common/sequence/rotary.hpp"
#include "common/sequence/softmax.hpp"

using namespace llm;

namespace {

const std::vector<std::string> sentence = {"the", "old", "dog", "bites", "the", "young", "man"};

/// A random vector for each word of the sentence, the same for the same word, (T, width).
Matrix word_vectors(Index width) {
  const auto length = static_cast<Index>(sentence.size());
  Generator generator(41);
  Matrix words = random_normal(length, width, generator);
  words.row(4) = words.row(0);  // both are "the"
  return words;
}

/// The word whose vector has the largest dot product with `vector`.
std::string nearest_word(const VectorRef& vector, const Matrix& words) {
  Index nearest = 0;
  (words * vector.transpose()).maxCoeff(&nearest);
  return sentence[static_cast<std::size_t>(nearest)];
}

/// Scores by rotation: each key is the same vector, and each query is that vector turned one
/// position back, so that the score is largest at a distance of one.
Matrix rotary_scores(Index length, Index width) {
  const RotaryTable table = rotary_table(length, width);
  Matrix keys = Matrix::Ones(length, width), queries = keys;
  for (Index t = 0; t < length; ++t) apply_rotary_inverse(queries.row(t), table, 1);
  apply_rotary(queries, table);
  apply_rotary(keys, table);
  return queries * keys.transpose();
}

/// Scores by stamps: the keys are the stamps, and each query is its own stamp, turned one position
/// back. A stamp's pair is (sine, cosine), so the function that turns (cosine, sine) forward does
/// it.
Matrix stamp_scores(Index length, Index width) {
  Matrix keys = Matrix::Zero(length, width);
  add_positions(keys, sinusoidal_positions(length, width));
  Matrix queries = keys;
  const RotaryTable table = rotary_table(2, width);
  for (Index t = 0; t < length; ++t) apply_rotary(queries.row(t), table, 1);
  return queries * keys.transpose();
}

void the_word_before() {
  const Index length = static_cast<Index>(sentence.size()), width = 64;
  const Matrix words = word_vectors(width);
  const Matrix weights = softmax_rows(rotary_scores(length, width));
  const Matrix found = weights * words;
  const Matrix stamped = stamp_scores(length, width);
  show("weights by rotation", weights, 2, sentence, sentence);
  record_data("word_before", "words", sentence);
  record_data("word_before", "rotation", weights);
  record_data("word_before", "stamps", softmax_rows(stamped));
  for (Index t = 1; t < length; ++t) {
    const Vector by_stamp = online_weighted_mean(stamped.row(t), words);
    print("before {:6}   by rotation: {:6}   by stamps, in one pass: {:6}",
          sentence[static_cast<std::size_t>(t)], nearest_word(found.row(t), words),
          nearest_word(by_stamp, words));
  }
}
//: ```{output}
//: ```
//:
//: ```{figure-from} word_before
//: :alt: Two heat maps of seven words by seven words, by rotation and by stamps. In both the
//:   strongest cell of each row but the first is the one to the left of the diagonal.
//:
//: The softmax of the scores, by rotation and by stamps. Each row but the
//: first has its strongest cell one step to the left of the diagonal.
//: ```
//:
//: Row by row the largest weight stands one to the left of the diagonal; the first word has nothing
//: before it, and takes what is nearest. Every score here was set by hand. What is left is to let
//: each word *choose* what it looks for, to make query, key and the vector that is averaged three
//: different things, and to learn all of them. That is attention, and chapter 3.

}  // namespace

void sequence_summary() {
  the_word_before();
}

//: ## Formulas and shapes
//:
//: The chapter on one page, to print. $T$ positions, $m$ scores, $d$ features, $g$ for the slopes of
//: the loss by the weights.
//:
//: | what | formula | shapes | in the library | section |
//: | --- | --- | --- | --- | --- |
//: | softmax | $w_i = \dfrac{e^{s_i - M}}{\sum_j e^{s_j - M}}$, $M = \max_j s_j$ | $s, w$: $(m)$, or rows of $(T, m)$ | {cpp:func}`softmax_rows <llm::softmax_rows>`, {cpp:func}`softmax_row_in_place <llm::softmax_row_in_place>` | {doc}`2.1 <1_softmax>` |
//: | log-sum-exp | $M + \ln \sum_j e^{s_j - M}$ | $(m)$; one number | {cpp:func}`log_sum_exp <llm::log_sum_exp>` | {doc}`2.1 <1_softmax>` |
//: | softmax, backward | $\partial L / \partial s_j = w_j \bigl(g_j - \sum_i w_i g_i\bigr)$ | $g, w$: $(T, m)$; as $s$ | {cpp:func}`softmax_rows_backward <llm::softmax_rows_backward>` | {doc}`2.1 <1_softmax>` |
//: | mean in one pass | $\sum_i w_i v_i$, sums scaled anew at each new $M$ | $s$: $(m)$; $v$: $(m, d)$; $(d)$ | {cpp:func}`online_weighted_mean <llm::online_weighted_mean>` | {doc}`2.1 <1_softmax>` |
//: | speeds of the hands | $\omega_i = 10000^{-2i/d}$ | $(d/2)$ | {cpp:func}`angular_frequencies <llm::angular_frequencies>` | {doc}`2.2 <2_positional_encoding>` |
//: | stamps | $P_{t,2i} = \sin \omega_i t$, $P_{t,2i+1} = \cos \omega_i t$ | $(T, d)$ | {cpp:func}`sinusoidal_positions <llm::sinusoidal_positions>`, {cpp:func}`add_positions <llm::add_positions>` | {doc}`2.2 <2_positional_encoding>` |
//: | two stamps | $P_t \cdot P_u = \sum_i \cos \omega_i (t - u)$ | one number | – | {doc}`2.2 <2_positional_encoding>` |
//: | rotation | pair $i$ of row $t$ turned by $t\, \omega_i$ | $(T, d)$ to $(T, d)$ | {cpp:func}`rotary_table <llm::rotary_table>`, {cpp:func}`apply_rotary <llm::apply_rotary>` | {doc}`2.3 <3_rope>` |
//: | its score | $R_t q \cdot R_u k$ depends on $t - u$ alone | $q, k$: $(d)$; one number | – | {doc}`2.3 <3_rope>` |
//: | rotation, backward | pair $i$ turned back by $t\, \omega_i$ | $(T, d)$ to $(T, d)$ | {cpp:func}`apply_rotary_inverse <llm::apply_rotary_inverse>` | {doc}`2.3 <3_rope>` |
//: | longer texts, by position | $t$ becomes $t / \text{factor}$ | cosines, sines: $(T, d/2)$ | {cpp:func}`interpolated_rotary_table <llm::interpolated_rotary_table>` | {doc}`2.3 <3_rope>` |
//: | longer texts, by base | $\text{base} \cdot \text{factor}^{\,d/(d-2)}$ | one number | {cpp:func}`scaled_rotary_base <llm::scaled_rotary_base>` | {doc}`2.3 <3_rope>` |
