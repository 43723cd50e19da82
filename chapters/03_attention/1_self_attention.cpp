//: # Self-attention
//:
//: *The river bank was muddy. The bank approved our loan.* You read "bank" twice and thought of two
//: different things. The word vectors of chapter 1 can't: they have one row for "bank", whatever
//: stands beside it. How can a word take its meaning from its neighbors?
//:
//: For a start we make vectors that can be followed by eye. Four features: how much a word has to do
//: with water, how much with money, whether something is done, and whether it is grammar that holds
//: the others together. "Bank" has one part water and one part money, since that is all that can be
//: said of it alone.

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "common/foundations/corpus.hpp"
#include "common/foundations/embeddings.hpp"
#include "common/foundations/words.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/softmax.hpp"

using namespace llm;

namespace {

using Sentence = std::vector<std::string>;

/// Four features for each word that our two sentences use.
Vector toy_vector(const std::string& word) {
  Vector features(4);  // water, money, deed, grammar
  if (word == "the" || word == "our") features << 0, 0, 0, 1;
  if (word == "was") features << 0, 0, 1, 1;
  if (word == "river") features << 2, 0, 0, 0;
  if (word == "muddy") features << 1, 0, 0, 0;
  if (word == "bank") features << 1, 1, 0, 0;
  if (word == "approved") features << 0, 1, 2, 0;
  if (word == "loan") features << 0, 2, 0, 0;
  return features;
}

/// A sentence with spaces between its words.
std::string text_of(const Sentence& sentence) {
  return fmt::format("{}", fmt::join(sentence, " "));
}

/// The words of a sentence, one a row: (T, 4).
Matrix toy_vectors(const Sentence& sentence) {
  Matrix rows(static_cast<Index>(sentence.size()), 4);
  for (std::size_t t = 0; t < sentence.size(); ++t) {
    rows.row(static_cast<Index>(t)) = toy_vector(sentence[t]);
  }
  return rows;
}

const Sentence at_the_river = {"the", "river", "bank", "was", "muddy"};
const Sentence at_the_office = {"the", "bank", "approved", "our", "loan"};
const std::vector<std::string> features = {"water", "money", "deed", "grammar"};

//: ## The first idea: an average
//:
//: If neighbors make the meaning, let each word become the mean of the sentence it stands in.

void average() {
  for (const Sentence& sentence : {at_the_river, at_the_office}) {
    const Matrix words = toy_vectors(sentence);
    show("the mean of \"" + text_of(sentence) + "\"", words.colwise().mean(), 2, {}, features);
  }
}

//: ```{output}
//: ```
//:
//: There is water in the first mean and money in the second, so something of the meaning has
//: arrived. But look at what it did to the others. *Every* word of the sentence has become the same
//: vector: "river" and "was" can't be told apart any more. And there is twice as much grammar in the
//: first mean as there is money, as if "the" had as much to say about a bank as "river". In a
//: sentence of fifty words the one that matters would count for a fiftieth.
//:
//: One could weigh near words more than far ones. It helps until somebody writes *the bank, which
//: we reached after a long walk, was muddy*. What matters is not where a word stands but what it is.
//:
//: ## The second idea: a choice
//:
//: So let each word choose whom to listen to. It needs a score for every word of the sentence, and
//: chapter 1 has one: the dot product is large for vectors that share features. We work it out for
//: "bank" in the first sentence, $(1, 1, 0, 0)$:
//:
//: | | the | river | bank | was | muddy |
//: | --- | --- | --- | --- | --- | --- |
//: | vector | (0,0,0,1) | (2,0,0,0) | (1,1,0,0) | (0,0,1,1) | (1,0,0,0) |
//: | score: dot product with "bank" | 0 | 2 | 2 | 0 | 1 |
//: | $e^\text{score}$ | 1 | 7.39 | 7.39 | 1 | 2.72 |
//: | weight: divided by their sum, 19.50 | 0.05 | 0.38 | 0.38 | 0.05 | 0.14 |
//:
//: The last two rows are the softmax of section 2.1, which turns scores into positive weights that
//: sum to 1. With them we mix the vectors. The new "bank" has
//: $0.38 \cdot 2 + 0.38 \cdot 1 + 0.14 \cdot 1 = 1.28$ of water and $0.38 \cdot 1$ of money: it
//: has moved toward the river.
//:
//: Every word does the same at once. With the words as the rows of $X$, of shape $(T, d)$:
//:
//: $$S = X X^\top, \qquad A = \operatorname{softmax}(S), \qquad Y = A X.$$
//:
//: $S$ is $(T, T)$ and holds the {term}`scores <attention weights>`: row $i$, column $j$ is how well
//: word $j$ suits word $i$. The softmax runs along each row and gives the
//: {term}`attention weights`, $A$, of the same shape. Row $i$ of $Y$, $(T, d)$, is the mean of all
//: words, weighted with row $i$ of $A$. In words: **each word becomes a weighted mean of the
//: sentence, and chooses the weights itself.** It is called {term}`self-attention` because the words
//: that choose and the words that are chosen are the same.

/// How much of each word every word takes.
Matrix self_attention_weights(const Matrix& words) {
  return softmax_rows(words * words.transpose());
}

/// Each word as the mixture it chose: (T, d) -> (T, d).
Matrix attend_to_each_other(const Matrix& words) {
  return self_attention_weights(words) * words;
}

void choose_whom_to_listen_to() {
  const Matrix river = toy_vectors(at_the_river), office = toy_vectors(at_the_office);
  show("weights: row by row, who listens to whom", self_attention_weights(river), 2, at_the_river,
       at_the_river);
  show("\nbank after attention (first by the river, then at the office)",
       (Matrix(2, 4) << attend_to_each_other(river).row(2), attend_to_each_other(office).row(1))
           .finished(),
       2, {"river", "office"}, features);
  record_data("attention_bank", "river_words", at_the_river);
  record_data("attention_bank", "river", self_attention_weights(river));
  record_data("attention_bank", "office_words", at_the_office);
  record_data("attention_bank", "office", self_attention_weights(office));
}

//: ```{output}
//: ```
//:
//: The row of "bank" is the one that we computed. And from one vector of "bank" two have come: the
//: first is 1.28 parts water and 0.38 money, the second the other way round. We wrote down that
//: "bank" is as much water as money. Which of the two is meant in a sentence, nobody wrote down:
//: its neighbors settled it.
//:
//: ```{figure-from} attention_bank
//: :alt: Two heat maps of attention weights, one for each sentence. In the first, bank listens to
//:   river and itself; in the second to loan and itself.
//:
//: Attention weights in the two sentences; each row sums to 1. "Bank" listens to "river" and itself on
//: the left, to "loan" and itself on the right, and hardly to the grammar.
//: ```
//:
//: ## A soft dictionary
//:
//: A programmer has seen something like this: a `std::map`. One asks with a key; where an entry has
//: the same key, its value comes back; otherwise nothing does. Attention is the soft version. Every
//: entry answers, and the more its key resembles what was asked, the louder.
//:
//: How soft is up to the size of the scores. Take three keys, $(1, 0)$, $(0, 1)$ and $(-1, 0)$, with
//: the values 10, 20 and 30, and ask with $(1, 0)$. The scores are $1, 0, -1$; we multiply them with
//: a sharpness $\beta$ before the softmax. For $\beta = 1$ the weights are $0.67, 0.24, 0.09$ and the
//: answer $0.67 \cdot 10 + 0.24 \cdot 20 + 0.09 \cdot 30 = 14.2$.

void look_up_softly() {
  Matrix keys(3, 2), values(3, 1), query(1, 2);
  keys << 1, 0, 0, 1, -1, 0;
  values << 10, 20, 30;
  query << 1, 0;
  for (Real sharpness : {0.0f, 1.0f, 4.0f, 16.0f}) {
    const Matrix weights = softmax_rows(sharpness * query * keys.transpose());
    print("sharpness {:2}   weights {:.4f} {:.4f} {:.4f}   answer {:.4f}", sharpness, weights(0),
          weights(1), weights(2), (weights * values)(0, 0));
  }
}

//: ```{output}
//: ```
//:
//: At sharpness 0 all entries answer alike, and we are back at the average. At 16 it is a map, to
//: four digits. In between, the answer moves smoothly when the query or a key moves, and that is what
//: a map can't offer: it answers or it doesn't, its slope is 0 nearly everywhere, and gradient
//: descent (section 1.4) has nothing to follow. A soft look-up can be *learned*. Note also that
//: nothing ties the value to the key. In the formula above a word is its own key and its own value;
//: section 3.2 takes the two apart.
//:
//: ## A set has no order
//:
//: What happens to the weights when the words are shuffled? A score depends on two vectors and on
//: nothing else, and the sum in the softmax does not care in which order it is added up. So each word
//: finds the same neighbors with the same scores, wherever they now stand.

void shuffle_the_words() {
  const Sentence shuffled = {"muddy", "was", "the", "bank", "river"};
  const Vector before = attend_to_each_other(toy_vectors(at_the_river)).row(2);
  const Vector after = attend_to_each_other(toy_vectors(shuffled)).row(3);
  show("bank in \"the river bank was muddy\" and in \"muddy was the bank river\"",
       (Matrix(2, 4) << before, after).finished(), 4, {}, features);
}

//: ```{output}
//: ```
//:
//: The two rows are equal in all four digits, "bank" being the third word here and the fourth there.
//: Shuffled words give shuffled results and nothing new: the property is called
//: {term}`permutation equivariance` {cite}`zaheer2017deep`, and a test holds the library to it.
//: Self-attention reads a *set* of words. To it "dog bites man" is "man bites dog", and that is why
//: chapter 2 stamped positions into the vectors. With the stamp, the vectors themselves differ, and
//: so do the scores.
//:
//: ## Long sentences
//:
//: The average failed because it drowns what matters. Does attention not? Suppose that "river" and
//: "bank" stand among $n$ words of grammar. The average gives "river" the weight $1/(n + 2)$. In
//: attention, "river" and "bank" score 2 with "bank" and the rest 0, so that the weight is
//: $e^2/(2 e^2 + n)$: with $e^2 = 7.39$ it holds out about seven times as long, and then drowns,
//: too. What decides is the gap between the scores. If the features of "river" and "bank" were twice
//: as large, their scores would be 8, and $e^8 = 2981$:

/// The weight that "bank" gives to "river" among `others` words of grammar, all features of the two
/// multiplied by `size`.
Real weight_of_river(Index others, Real size) {
  Matrix words(others + 2, 4);
  words.row(0) = size * toy_vector("river");
  words.row(1) = size * toy_vector("bank");
  for (Index t = 2; t < words.rows(); ++t) words.row(t) = toy_vector("the");
  return self_attention_weights(words)(1, 0);
}

void lengthen_the_sentence() {
  std::vector<double> lengths, averages, plain, doubled;
  for (Index length : {3, 10, 30, 100, 300, 1000}) {
    lengths.push_back(static_cast<double>(length));
    averages.push_back(1 / lengths.back());
    plain.push_back(static_cast<double>(weight_of_river(length - 2, 1)));
    doubled.push_back(static_cast<double>(weight_of_river(length - 2, 2)));
    print("{:4} words   average {:.3f}   attention {:.3f}   with features twice as large {:.3f}",
          length, averages.back(), plain.back(), doubled.back());
  }
  record_data("attention_dilution", "length", lengths);
  record_data("attention_dilution", "average", averages);
  record_data("attention_dilution", "plain", plain);
  record_data("attention_dilution", "doubled", doubled);
}

//: ```{output}
//: ```
//:
//: ```{figure-from} attention_dilution
//: :alt: Weight of the word river over the length of the sentence, on logarithmic axes. The average
//:   falls from the start; attention later; attention with larger features stays level to about a
//:   thousand words.
//:
//: How much of "river" reaches "bank" in a sentence of other words. Scores that stand out by 2 hold
//: out a little longer than the average, scores that stand out by 8 for a thousand words.
//: ```
//:
//: Take the choice away, then, and a thousand words leave a thousandth of the one that counts. Leave
//: it, with scores that stand out, and nearly half arrives. How large a score *should* be is a
//: question with a precise answer, and section 3.2 asks it.
//:
//: ## Real words
//:
//: We chose those features to make a point. Do vectors that nobody chose work as well? Section 1.1
//: made some from the Jargon File: words that keep the same company get similar rows. There the word
//: "type" leads two lives, one at the keyboard and one in a compiler. We put it into a sentence for
//: each life, and ask three witnesses, by the cosine of section 1.1: "type" itself, to see whether the
//: word is still there; "keys" for the first life; and "compiler" for the second. The last two stand in
//: neither sentence, so that nothing gets near them by being copied:

/// Word vectors of 64 features, from which words of the corpus stand near each other.
struct WordVectors {
  WordList list;
  Matrix table;
};

WordVectors learn_word_vectors() {
  const std::vector<std::string> text = split_words(read_corpus());
  WordVectors words{.list = frequent_words(text, 2000), .table = {}};
  Generator generator(1);
  const Matrix counts = cooccurrence_counts(text, words.list, 4);
  words.table = svd_embeddings(positive_mutual_information(counts), 64, generator);
  return words;
}

/// The rows of those words of a sentence that the corpus knows, which it keeps.
Matrix known_rows(const WordVectors& words, Sentence& sentence) {
  std::erase_if(sentence,
                [&](const std::string& word) { return !words.list.numbers.contains(word); });
  Matrix rows(static_cast<Index>(sentence.size()), words.table.cols());
  for (std::size_t t = 0; t < sentence.size(); ++t) {
    rows.row(static_cast<Index>(t)) = words.table.row(words.list.numbers.at(sentence[t]));
  }
  return rows;
}

/// The cosines of each row with the vectors of some words: (rows, words).
Matrix similarities(const WordVectors& words, const Matrix& rows, Sentence witnesses) {
  const Matrix columns = known_rows(words, witnesses);
  Matrix cosines(rows.rows(), columns.rows());
  for (Index i = 0; i < rows.rows(); ++i) {
    for (Index j = 0; j < columns.rows(); ++j) {
      cosines(i, j) = cosine_similarity(rows.row(i), columns.row(j));
    }
  }
  return cosines;
}

/// What becomes of "type" in a sentence; records the sentence's weights for the figure.
void follow_type(const WordVectors& words, Sentence sentence, const std::string& place) {
  const Matrix rows = known_rows(words, sentence);
  const Matrix weights = self_attention_weights(rows);
  const Index t = std::ranges::find(sentence, "type") - sentence.begin();
  Matrix versions(3, rows.cols());
  versions << rows.row(t), rows.colwise().mean(), weights.row(t) * rows;
  const Sentence witnesses = {"type", "keys", "compiler"};
  show(fmt::format("\"type\" in \"{}\"", text_of(sentence)),
       similarities(words, versions, witnesses), 2, {"alone", "average", "attention"}, witnesses);
  record_data("attention_words", place + "_words", sentence);
  record_data("attention_words", place, weights);
  record("self_" + place, "{:.2f}", weights(t, t));
}

void attend_with_real_words() {
  const WordVectors words = learn_word_vectors();
  follow_type(words, {"type", "a", "character", "on", "the", "keyboard"}, "left");
  follow_type(words, {"a", "data", "type", "in", "the", "c", "language"}, "right");
}

//: ```{output}
//: ```
//:
//: ```{figure-from} attention_words
//: :alt: Two heat maps of attention weights among the words of the two sentences, with the numbers
//:   in the cells. The diagonals of the words of content stand out; the rows of the small words are
//:   nearly even.
//:
//: Attention with word vectors learned from the Jargon File; each row sums to 1. The words of
//: content are their own best match. The rows of "a", "the" and "in" are nearly even: all their
//: scores are near 0, even the one with themselves, which is their squared length. Their vectors
//: are short. The vector of "on" is longer, and "on" listens to itself more than to any other word.
//: ```
//:
//: Read each table downward. The average has lost the word: it is a vector of the whole sentence, the
//: same for all its words, and about half as similar to "type" as "type" was. Attention kept most of
//: it, and moved it. In the sentence of the keyboard it moved toward "keys", as far as the average
//: did, and away from "compiler"; in the sentence of the language it moved the other way on both
//: counts. The vectors were learned from nothing but counts, and nobody chose them for this page.
//:
//: The maps also show what is wrong. "Type" spends {value}`self_left` of its attention on itself in
//: the first sentence and {value}`self_right` in the second, for nothing resembles a word as much
//: as the word. And the score of "keyboard" with "type" is that of "type" with "keyboard", since a
//: dot product doesn't ask who is asking; the weights differ only because each row is divided by
//: its own sum. The next section cures both.
//:
//: The cost can be counted: $T^2$ scores of $d$ multiplications each, and $T^2 d$ to mix. For the five
//: words and four features of the river that is $100 + 100$; for 1000 words of 64 features it is 128
//: million. Section 3.2 measures how long they take.
//:
//: ## In the wild
//:
//: The soft look-up is older than its use on sentences: a *Neural Turing Machine* reads its memory
//: with cosines, a sharpness and a softmax, as we did with 10, 20 and 30 {cite}`graves2014neural`.
//: {cite:t}`bahdanau2015neural` let a translator look from each word that it writes to all words that
//: it read. There the ones that choose and the ones that are chosen differ.
//: {cite:t}`vaswani2017attention` showed that a sentence attending to itself, over and over in many
//: layers, needs no other machinery to understand and to write. And the two banks are why such models
//: replaced tables of word vectors: BERT gives a word another vector in each sentence
//: {cite}`devlin2019bert`, by twelve layers of what this page did once.
//:
//: ## Exercises
//:
//: `````{exercise} 3.1a
//: :title: Self-attention
//: :kind: code
//: :function: self_attention
//:
//: Write `self_attention(words)`: from the words $X$, $(T, d)$, the outputs
//: $Y = \operatorname{softmax}(X X^\top) X$, $(T, d)$. Write the softmax yourself: `softmax_rows` is
//: not to be called here.
//:
//: ```{hint}
//: Go row by row: the scores of word $i$ are `words * words.row(i).transpose()`, one for each word.
//: ```
//: ```{hint}
//: Take the largest score of the row off before the exponential (section 2.1), divide by the sum of
//: the row, and mix the rows of `words` with the weights.
//: ```
//: ```{solution}
//: A loop over the words. The maximum changes no weight, and keeps the exponential from overflowing for
//: large features.
//: ```
//: `````
//:
//: `````{exercise} 3.1b
//: :title: What the river hears
//: :kind: paper
//:
//: Compute the weights and the new vector of "river" in *the river bank was muddy*, from the vectors in
//: the table. Then remove "was" and "the" from the sentence: without a new exponential, what are the
//: weights now? Why did you not have to start again?
//:
//: ```{hint}
//: The scores of $(2, 0, 0, 0)$ with the five words are twice the words' water.
//: ```
//: ```{hint}
//: $e^4 = 54.6$, $e^2 = 7.39$. Leaving out words leaves out terms of the sum, and the others keep
//: their ratios.
//: ```
//: ```{solution}
//: The scores are 0, 4, 2, 0, 2, their exponentials 1, 54.60, 7.39, 1, 7.39 with the sum 71.38, and the
//: weights 0.01, 0.76, 0.10, 0.01, 0.10, as in the second row that the program printed. The new
//: "river" has $0.765 \cdot 2 + 0.104 + 0.104 = 1.74$ of water, $0.10$ of money, $0.01$ of deed and
//: $0.03$ of grammar.
//:
//: Without "the" and "was" the sum is 69.38, and the weights are 0.79, 0.11, 0.11: each old weight
//: divided by the 0.972 that the three had together. The ratio of two weights depends on the two
//: scores alone, so leaving words out only rescales the rest. Section 3.4 makes use of it: a mask is a
//: way of leaving words out.
//: ```
//: `````
//:
//: `````{exercise} 3.1c
//: :title: Again and again
//: :kind: experiment
//:
//: Real models attend many times in a row. Predict what happens to the five words by the river when
//: `attend_to_each_other` is applied 1, 2, 4, 8 and 16 times, then print the result. Which words still
//: differ, and does it help to double all features first?
//:
//: ```{hint}
//: Every output is a mean of inputs with positive weights. Can the largest water in the sentence grow?
//: ```
//: ```{hint}
//: If every word moves toward the middle of the words it likes, the distances shrink each time. Who
//: likes whom after "river", "bank" and "muddy" have come close?
//: ```
//: ```{solution}
//: The words collapse. The largest distance between two of them is 1.70 after one time and 0.59 after
//: two; after four, all five are $(1.26, 0.18, 0.13, 0.22)$ and stay so. No weight is ever zero, so
//: repeated attention is an average that takes a little longer. With doubled features the distance is
//: 4.88 after one time, and 4.72 after four; then there are two vectors left, one for "river", "bank"
//: and "muddy" and one for "the" and "was". They resemble each other so little that they are still 4.60
//: apart after 16 times; 32 bring them to 2.87, and 64 to 0. Real models avoid the collapse by adding
//: what attention finds to the word instead of putting it in the word's place: the residual connection
//: of section 4.2.
//: ```
//: `````
//:
//: `````{exercise} 3.1d
//: :title: The nearest key answers loudest
//: :kind: code
//: :function: soft_lookup
//:
//: A dot product can be large because a key is long. Write the dictionary of this page by distance:
//: `soft_lookup(query, keys, values, sharpness)` takes a query $q$ $(d)$, keys $k_j$ $(n, d)$, values
//: $(n, d_v)$ and a sharpness $\beta$; key $j$ has the score $-\beta \lVert q - k_j \rVert^2$, and the
//: result, $(d_v)$, is the mean of the values, weighted by the softmax of the scores. `softmax_rows` may
//: be used. And on paper: for which keys does it answer as a dictionary by dot product does?
//:
//: ```{hint}
//: `keys.rowwise() - query` takes the query off each row; `.rowwise().squaredNorm()` is a column of $n$
//: squared lengths. `softmax_rows` wants them in a row.
//: ```
//: ```{hint}
//: Multiply out: $\lVert q - k \rVert^2 = \lVert q \rVert^2 - 2\, q \cdot k + \lVert k \rVert^2$. What
//: does the softmax do with a number that all scores of a row share?
//: ```
//: ```{solution}
//: One row of scores, and one product with the values. Multiplied out, the score is
//: $-\beta \lVert q \rVert^2 + 2 \beta\, q \cdot k_j - \beta \lVert k_j \rVert^2$. The first term is the
//: same for all keys, and the softmax does not see it. If all keys have one length, it does not see the
//: last one either, and what is left is a dictionary by dot product of twice the sharpness: with the
//: three keys of this page and $\beta = \frac12$ the answer is 14.2 again. If not, the last term is
//: what keeps a long key from answering to everything.
//: ```
//: `````

}  // namespace

void self_attention() {
  average();
  choose_whom_to_listen_to();
  look_up_softly();
  shuffle_the_words();
  lengthen_the_sentence();
  attend_with_real_words();
}
