//: # RoPE
//:
//: Adding stamps has a flaw, which shows as soon as two stamped words score each other. Let $x$ and
//: $y$ be two word vectors and $P_t$, $P_u$ their stamps. The dot product of the sums has four
//: parts:
//:
//: $$(x + P_t) \cdot (y + P_u) = x \cdot y + x \cdot P_u + P_t \cdot y + P_t \cdot P_u$$
//:
//: The first says how well the words fit, and the last depends on their distance alone (section
//: 2.2). But the two in the middle mix a word with an absolute place. The same two words, three
//: positions apart, get one score on the first page and another on the tenth. Here are two random
//: words of 64 features, stamped at four places:

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "common/foundations/gradient_check.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/positions.hpp"
#include "common/sequence/rotary.hpp"

using namespace llm;

namespace {

const std::vector<Index> places = {0, 10, 100, 1000};

void stamped_scores() {
  Generator generator(31);
  const Vector x = random_normal(1, 64, generator, Real(0.5)).row(0);
  const Vector y = random_normal(1, 64, generator, Real(0.5)).row(0);
  const Matrix positions = sinusoidal_positions(1004, 64);
  for (Index place : places) {
    const Real score = (x + positions.row(place + 3)).dot(y + positions.row(place));
    print("positions {:4} and {:4}   score {:6.2f}", place + 3, place, score);
  }
}
//: ```{output}
//: ```
//:
//: That an adjective stands right before its noun means the same everywhere in a text. A network
//: can learn weights that keep words and stamps apart, as the layer of section 2.2 did, but it has
//: to learn it, and to keep directions free for it. So we ask for more: **can a score depend on the
//: two words and their distance, and on nothing else?**
//:
//: Two names first. When a word looks at its neighbors, as in section 2.2, each score compares the
//: vector of the word that looks, the **query** $q$, with the vector of a word that is looked at,
//: the **key** $k$. Chapter 3 will give the two different jobs. Here they are two vectors of $d$
//: features, the query at position $t$ and the key at position $u$.
//:
//: ## The only way in the plane
//:
//: Begin with two features, so that $q$ and $k$ are points in the plane. Position $t$ may do
//: anything to a vector: some map $R_t$ turns $q$ into $R_t q$, and $R_0$ leaves all as it is. We
//: let one map serve queries and keys alike. (With two maps there is more to choose. The query may
//: be stretched by $c^t$ and the key by $c^{-u}$ on top of all that follows, so that the score
//: fades as $c^{t-u}$ with the distance; xPos {cite}`sun2023length` does so.) We demand that
//: $R_t q \cdot R_u k$ stay the same when $t$ and $u$ both move by the same number of positions.
//: What maps can these be?
//:
//: **First**, let both words stand at the same position:
//: $R_t q \cdot R_t k = R_0 q \cdot R_0 k = q \cdot k$. The map changes no dot product. Lengths and
//: angles are made of dot products (section 1.1), so it changes none of these either. A map of the
//: plane that keeps 0, all lengths and all angles is a rotation or a mirror image. Which of them?
//: Move the positions 2 and 1 back to 1 and 0: $R_2 q \cdot R_1 k = R_1 q \cdot k$, and since $R_1$
//: changes no dot product, the right side is $R_1 R_1 q \cdot R_1 k$. So $R_2$ is $R_1$ done twice,
//: and in the same way $R_t$ is $R_1$ done $t$ times. A mirror image done twice undoes itself:
//: position 2 would be the same as position 0. So $R_1$ is a rotation, and $R_t$ is one, by some
//: angle $\theta_t$.
//:
//: **Second**, move both words back by $u$: $R_t q \cdot R_u k = R_{t-u}\, q \cdot k$. Turn both
//: vectors on the left back by the angle $\theta_u$, which changes no dot product either; then the
//: left side is the dot product of $k$ with $q$ turned by $\theta_t - \theta_u$. This must be
//: $\theta_{t-u}$, so angles add up like positions: $\theta_t = \theta_{t-u} + \theta_u$. With
//: $u = 1$, each position adds the same angle, call it $\omega$, and
//:
//: $$\theta_t = t\,\omega$$
//:
//: The demand leaves nothing open but the speed. A query or key is a clock hand, set by its word,
//: and turned on by its position. This is the *rotary position embedding*, {term}`RoPE`
//: {cite}`su2021roformer`.
//:
//: By hand, with $\omega = 1$ and $q = k = (1, 0)$, at positions 5 and 2. A rotation by the angle
//: $\alpha$, counterclockwise, takes $(x, y)$ to
//: $(x \cos\alpha - y \sin\alpha,\; x \sin\alpha + y \cos\alpha)$, so
//:
//: - the query becomes $(\cos 5, \sin 5) = (0.284, -0.959)$,
//: - the key becomes $(\cos 2, \sin 2) = (-0.416, 0.909)$,
//: - their dot product is $-0.118 - 0.872 = -0.990$, and $\cos 3 = -0.990$.
//:
//: At positions 15 and 12 they are $(-0.760, 0.650)$ and $(0.844, -0.537)$, with the dot product
//: $-0.641 - 0.349 = -0.990$. (The hands of section 2.2 started upward, had the sine first and
//: turned clockwise. Here an angle is counted as in mathematics, from the right and
//: counterclockwise. Exchange $x$ and $y$, and one formula becomes the other.)
//:
//: ## Many hands
//:
//: One hand can't tell distance 3 from distance 3 plus a full turn. As in section 2.2 we take many,
//: of many speeds: the $d$ features are cut into $d/2$ pairs, and at position $t$ pair $i$ is
//: rotated by $t\,\omega_i$ with $\omega_i = b^{-2i/d}$. The number $b$ is called the **base**, and
//: is 10000 unless we say otherwise. Write $R_t$ for all these rotations at once, a map from $d$
//: features to $d$ features, and $q_i$, $k_i$ for the pairs. The score is the sum over the pairs,
//: and in each pair we may turn both vectors back by $u\,\omega_i$:
//:
//: $$\begin{aligned}
//: R_t q \cdot R_u k &= \sum_i \bigl(q_i \text{ turned by } t\,\omega_i\bigr)
//: \cdot \bigl(k_i \text{ turned by } u\,\omega_i\bigr)
//: \\ &= \sum_i \bigl(q_i \text{ turned by } (t - u)\,\omega_i\bigr) \cdot k_i
//: = R_{t-u}\, q \cdot k
//: \end{aligned}$$
//:
//: Nothing but $t - u$ is left. Only queries and keys are turned, because only they meet in a
//: score; the vectors of which the mean is taken stay as they are.
//:
//: Cosines and sines cost far more than multiplications, and every word at position $t$ needs the
//: same ones. They are computed once:
//:
//: ```{listing} llm::RotaryTable
//: ```
//:
//: ```{listing} llm::rotary_table
//: ```
//:
//: ```{listing} llm::interpolated_rotary_table
//: ```
//:
//: (The `factor` is 1 for now; the end of this section needs it.)
//:
//: One thing the formulas leave open: which two features of a row make a pair? The paper takes
//: neighbors, $2i$ and $2i + 1$. Other programs, Hugging Face's among them, take $i$ and $i + d/2$,
//: so that the first features of all pairs are one half of the row and their partners the other.
//: Both *layouts* are in use:
//:
//: ```{listing} llm::RotaryLayout
//: ```
//:
//: In either, the first feature of pair $i$ lies at a multiple of $i$, and its partner so many
//: places further on:
//:
//: ```{listing} llm::PairPlaces
//: ```
//:
//: ```{listing} llm::pair_places
//: ```
//:
//: The rotation takes each pair of a row to its new place, and each row has its position:
//:
//: ```{listing} llm::rotate_row
//: ```
//:
//: ```{listing} llm::rotate_pairs
//: ```
//:
//: The rest of the library calls this function, which rotates forward. A table that is too short,
//: or of another width, is refused:
//:
//: ```{listing} llm::apply_rotary
//: ```
//:
//: ```{listing} llm::check_table
//: ```
//:
//: `rows` are queries or keys of shape $(T, d)$. They may begin at any position: a program that
//: writes a text word by word rotates one row at a time, with its `first_position`. (The comments
//: speak of *heads*: chapter 3 cuts the features of a word into several groups that score on their
//: own, and each is rotated as here.)

/// The score of a query at one position and a key at another.
Real score_at(const Vector& query, Index query_position, const Vector& key, Index key_position,
              const RotaryTable& table) {
  Matrix turned_query = query, turned_key = key;  // (1, d)
  apply_rotary(turned_query, table, query_position);
  apply_rotary(turned_key, table, key_position);
  return turned_query.row(0).dot(turned_key.row(0));
}

void rotated_scores() {
  Generator generator(31);
  const Vector query = random_normal(1, 64, generator, Real(0.5)).row(0);
  const Vector key = random_normal(1, 64, generator, Real(0.5)).row(0);
  const RotaryTable table = rotary_table(1004, 64);
  for (Index place : places) {
    print("positions {:4} and {:4}   score {:6.2f}   other way round {:6.2f}", place + 3, place,
          score_at(query, place + 3, key, place, table),
          score_at(query, place, key, place + 3, table));
  }
}
//: ```{output}
//: ```
//:
//: The same two words, the same distance, the same score, wherever they stand. And unlike the dot
//: product of two stamps this score knows direction: with the key after the query instead of before
//: it, the angle $(t - u)\,\omega_i$ has the other sign, and the score is another.

void clock_hands() {
  const RotaryTable table = rotary_table(8, 6, 100);
  record_data("rope_clocks", "cosines", table.cosines);
  record_data("rope_clocks", "sines", table.sines);
}
//: ```{figure-from} rope_clocks
//: :alt: Three rows of eight dials. In the first row the hand moves by 57 degrees from dial to
//:   dial, in the second by 12, in the third it hardly moves.
//:
//: A key of three pairs, each $(1, 0)$, at positions 0 to 7 (base 100). Each dial shows one pair as
//: a hand. The first hand turns by a radian a position, the second by 0.22, the third by 0.05.
//: Between columns that are three apart a hand has turned by the same angle, wherever they stand.
//: ```
//:
//: ## A word that looks one back
//:
//: A query can choose the distance that it likes best. Take a key $k$, turn it one position
//: forward, and use it as a query: $q = R_1 k$. Then the score is $R_{t-u} R_1 k \cdot k$, and it
//: is largest where the two turns cancel, at $t - u = -1$: it prefers the word after it. To look
//: back instead, turn the key one position back.

void one_word_back() {
  const Vector key = Vector::Ones(64);
  const RotaryTable table = rotary_table(16, 64);
  Matrix query = key;
  apply_rotary_inverse(query, table, 1);
  std::string line;
  for (Index key_position = 5; key_position <= 11; ++key_position) {
    line += fmt::format("{:7.1f}", score_at(query.row(0), 8, key, key_position, table));
  }
  print("key at position      5      6      7      8      9     10     11");
  print("query at 8     {}", line);
}
//: ```{output}
//: ```
//:
//: The summary of this chapter makes a program of this, and trained models have parts that put most
//: of their attention on the word before {cite}`clark2019what`.
//:
//: ## The inverse is the backward
//:
//: A rotation by $\alpha$ is undone by a rotation by $-\alpha$. That function is also the gradient.
//: With a pair as a row $x$, the rotation is a linear layer $y = x R^\top$, whose two rows of
//: weights are $(\cos\alpha, -\sin\alpha)$ and $(\sin\alpha, \cos\alpha)$. Such a layer passes a
//: gradient $g$ of $y$ back as $g R$ (section 1.4). That is the layer with the weights $R^\top$, and
//: for a rotation the transposed matrix is the inverse:
//:
//: $$\begin{pmatrix} \cos\alpha & -\sin\alpha \\ \sin\alpha & \cos\alpha \end{pmatrix}^{\!\top}
//: = \begin{pmatrix} \cos\alpha & \sin\alpha \\ -\sin\alpha & \cos\alpha \end{pmatrix}
//: = \begin{pmatrix} \cos(-\alpha) & -\sin(-\alpha)
//: \\ \sin(-\alpha) & \cos(-\alpha) \end{pmatrix}$$
//:
//: So the gradient is turned back by the angle by which the row was turned:
//:
//: ```{listing} llm::apply_rotary_inverse
//: ```

void backward() {
  Generator generator(32);
  Matrix row = random_normal(1, 4, generator);
  const Matrix target = random_normal(1, 4, generator);
  const RotaryTable table = rotary_table(8, 4);
  const auto loss = [&] {
    Matrix turned = row;
    apply_rotary(turned, table, 7);
    return double{turned.row(0).dot(target.row(0))};
  };
  Matrix gradient = target;  // of the turned row
  apply_rotary_inverse(gradient, table, 7);
  const std::vector<double> differences = finite_differences(loss, {row.data(), 4}, 1e-2);
  Matrix both(2, 4);
  both << gradient, Vector::NullaryExpr(4, [&](Index j) {
    return static_cast<Real>(differences[static_cast<std::size_t>(j)]);
  });
  show("gradient of the row before its rotation", both, 3, {"turned back", "finite differences"});
}
//: ```{output}
//: ```
//:
//: ## From one layout to the other
//:
//: Which of the two layouts a model was trained with is not written in the file that holds its
//: weights. It matters: each feature would be turned by an angle that was meant for another.
//:
//: A dot product does not care about the order of the features, as long as both vectors have the
//: same one. So a model can be moved from one layout to the other by reordering its features, and
//: features come out of a linear layer: feature $j$ is the dot product of the input with row $j$ of
//: the weights (section 1.2). Reorder the rows once, and every query and key arrives in the other
//: layout.
//:
//: ```{listing} llm::convert_rotary_weights
//: ```
//:
//: What if one forgets? Weights made for adjacent pairs, eight words, and the scores of the last
//: word with the last four, itself included:

void wrong_layout() {
  Generator generator(33);
  const Matrix words = random_normal(8, 16, generator);
  const Matrix for_queries = random_normal(16, 16, generator, Real(0.25));
  const Matrix for_keys = random_normal(16, 16, generator, Real(0.25));
  const RotaryTable table = rotary_table(8, 16);
  const auto scores = [&](const Matrix& query_weights, const Matrix& key_weights,
                          RotaryLayout layout) {
    Matrix queries = linear(words, query_weights, Vector());
    Matrix keys = linear(words, key_weights, Vector());
    apply_rotary(queries, table, 0, layout);
    apply_rotary(keys, table, 0, layout);
    return Vector(queries.row(7) * keys.bottomRows(4).transpose());
  };
  const auto [adjacent, halves] =
      std::pair(RotaryLayout::adjacent_pairs, RotaryLayout::split_halves);
  Matrix rows(3, 4);
  rows << scores(for_queries, for_keys, adjacent),
      scores(convert_rotary_weights(for_queries, 1, adjacent, halves),
             convert_rotary_weights(for_keys, 1, adjacent, halves), halves),
      scores(for_queries, for_keys, halves);
  show("scores of the last of eight words", rows, 3,
       {"adjacent pairs", "split halves, converted", "split halves, not converted"});
}
//: ```{output}
//: ```
//:
//: The last line is wrong and looks like any other scores. At distance 0, in the last column, both
//: words are turned by the same angles, which changes no dot product, and the layouts agree; at any
//: other, features are turned by angles that were meant for others. No error is raised, and the
//: model goes on speaking, only worse. When a model that you have loaded is strangely bad, suspect
//: the layout.
//:
//: ## The base, and texts longer than any in training
//:
//: The base sets the slowest hand. In a model trained on texts of 64 words it meets distances up
//: to 63. Its fast hands have pointed in all directions; the slow ones have turned through a small
//: part of the circle, and what the score does on the rest of it, nobody has trained. Let us see
//: what happens beyond. We fix all keys to $(1, 0, 1, 0, …)$ with $d = 64$, and let gradient
//: descent find a query whose score falls off with the distance $s$ as $4 e^{-s/16}$. The score
//: $R_s q \cdot k = q \cdot R_{-s}\, k$ is a dot product of $q$ with the key turned back, so this
//: is a linear layer: one row of input for each distance, and $q$ as the only row of weights.

/// The key turned back by 0, 1, 2, … positions, (length, d): times a query, the scores at these
/// distances.
Matrix keys_at_distances(const RotaryTable& table) {
  Matrix keys(table.cosines.rows(), 2 * table.cosines.cols());
  for (Index j = 0; j < keys.cols(); ++j) keys.col(j).setConstant(j % 2 == 0 ? 1 : 0);
  apply_rotary_inverse(keys, table);
  return keys;
}

/// The score that we want at distances 0 to length - 1, (length, 1).
Matrix wanted_scores(Index length) {
  Matrix scores(length, 1);
  for (Index s = 0; s < length; ++s) scores(s) = 4 * std::exp(-static_cast<Real>(s) / 16);
  return scores;
}

/// Gradient descent on the mean squared difference of the scores from the wanted ones.
void fit(Vector& query, const Matrix& keys, int steps) {
  const Matrix wanted = wanted_scores(keys.rows());
  for (int step = 0; step < steps; ++step) {
    const Matrix difference = keys * query.transpose() - wanted;
    const Vector gradient =
        Real(2) / static_cast<Real>(keys.rows()) * difference.transpose() * keys;
    query -= Real(0.02) * gradient;
  }
}

/// The root of the mean squared difference of some scores from others.
Real error(const Matrix& scores, const Matrix& wanted) {
  return (scores - wanted).norm() / std::sqrt(static_cast<Real>(scores.size()));
}
//: We train at distances up to 63 and then go to 255, four times as far, in three ways. **As it
//: is**: the table is continued. **Interpolation** {cite}`chen2023extending`: every position is
//: divided by 4, so that distance 252 turns the hands as 63 did in training, and nothing is new to
//: them; but neighbors, once 1 apart, are now 0.25 apart. **A larger base** {cite}`peng2024yarn`:
//: the hands are slowed down unequally, the slowest by the factor 4, the fastest not at all, so
//: that neighbors stay as distinct as they were. With the slowest hand's speed $b^{-(d-2)/d}$, a
//: base of $b \cdot 4^{d/(d-2)}$ does it:
//:
//: ```{listing} llm::scaled_rotary_base
//: ```

void longer_texts() {
  Vector trained = Vector::Zero(64);
  fit(trained, keys_at_distances(rotary_table(64, 64)), 3000);
  const Matrix wanted = wanted_scores(256);
  record_data("rope_interpolation", "wanted", Matrix(wanted.transpose()));
  print("                  as trained           30 steps more");
  print("error at          0 to 63  64 to 255   0 to 63  64 to 255");
  const auto report = [&](const std::string& name, const RotaryTable& table) {
    const Matrix keys = keys_at_distances(table);
    Vector query = trained;
    const Matrix before = keys * query.transpose();
    fit(query, keys, 30);
    const Matrix after = keys * query.transpose();
    print("{:15}   {:7.2f}  {:9.2f}   {:7.2f}  {:9.2f}", name,
          error(before.topRows(64), wanted.topRows(64)),
          error(before.bottomRows(192), wanted.bottomRows(192)),
          error(after.topRows(64), wanted.topRows(64)),
          error(after.bottomRows(192), wanted.bottomRows(192)));
    if (name == "as it is") {
      Index far = 0;
      record("far peak", "{:.1f}", before.bottomRows(192).col(0).maxCoeff(&far));
      record("far place", "{}", 64 + far);
    }
    record_data("rope_interpolation", name + ", before", Matrix(before.transpose()));
    record_data("rope_interpolation", name + ", after", Matrix(after.transpose()));
  };
  report("as it is", rotary_table(256, 64));
  report("interpolation", interpolated_rotary_table(256, 64, 4));
  report("larger base", rotary_table(256, 64, scaled_rotary_base(10000, 4, 64)));
}
//: ```{output}
//: ```
//:
//: ```{figure-from} rope_interpolation
//: :alt: Two panels of score against distance from 0 to 255 with the wanted exponential decay.
//:   Above, as trained, the unchanged table and the larger base oscillate beyond 63, and
//:   interpolation is stretched by four. Below, after 30 steps, interpolation lies on the
//:   wanted curve but for the nearest distances.
//:
//: The wanted score, and what the query gives when the texts become four times as long; above as it
//: was trained, below after 30 steps of training on the new length. The vertical line is the end of
//: the texts of the first training.
//: ```
//:
//: Continuing the table leaves the near scores exactly as they were, and far away, where the score
//: should be less than 0.1, it rises to {value}`far peak`: a word {value}`far place` positions off
//: may win attention by accident. Interpolation makes no such surprises: it draws the trained curve
//: four times as wide, which is all of its error, near and far. And because all that it needs is a
//: query that falls off faster, along hands that have been everywhere they will be, a short
//: training mends its far scores better than it mends the others', though near by its error stays
//: the largest of the three. The larger base is nearer to right at short distances than
//: interpolation, before any training. Far away it swings like the continued table: the hands that
//: had not gone round in training are slowed by less than 4, all but the slowest, and still meet
//: new angles. So long contexts are a trade of the near for the far, and both papers end with some
//: training on long texts.
//:
//: ## What it costs
//:
//: A pair takes four multiplications and two additions, so a feature takes 3 operations. The linear
//: layer that makes it, from 768 features, takes $2 \cdot 768$. By its operations, rotation should
//: cost a five-hundredth of the layer; how much more it takes because it waits for memory, we
//: measure. We rotate 1,024 queries of 12 heads of 64 features:

void cost() {
  const Index length = 1024, heads = 12, width = 64;
  Generator generator(34);
  const Matrix words = random_normal(length, heads * width, generator);
  const Matrix weights = random_normal(heads * width, heads * width, generator, Real(0.03));
  Matrix queries = words;
  RotaryTable table;
  const double table_time = fastest_seconds([&] { table = rotary_table(length, width); });
  const double layer =
      fastest_seconds([&] { linear_forward(words, weights, Vector(), queries); }, 1);
  const double rotation = fastest_seconds([&] {
    for (Index head = 0; head < heads; ++head) {
      apply_rotary(queries.middleCols(head * width, width), table);
    }
  });
  print_timing("computing the table    {:8.3f} ms, once", 1e3 * table_time);
  print_timing("rotating the queries   {:8.3f} ms", 1e3 * rotation);
  print_timing("one linear layer       {:8.3f} ms", 1e3 * layer);
  record("rotation share", "{:.1f}", 100 * rotation / layer);
  record("rotation excess", "{:.1f}", 512 * rotation / layer);
}
//: ```{output}
//: ```
//:
//: The rotation took {value}`rotation share`% of the layer's time when this page was made,
//: {value}`rotation excess` times what its operations alone would take: a product uses each number
//: that it loads many times, the rotation uses it twice and stores it. The table holds
//: $2 \cdot 1024 \cdot 32$ numbers, 256 KiB, and serves all heads and all layers. There are no
//: parameters.
//:
//: ## In the wild
//:
//: RoPE was published by Su and others {cite}`su2021roformer`. GPT-NeoX {cite}`black2022gptneox`
//: rotates a quarter of the features of each head, in split halves; Llama {cite}`touvron2023llama`
//: rotates all of them, in adjacent pairs, with the base 10000. Nearly every open model since
//: rotates in one of the two layouts, with a base of its own choice. For longer texts, Code Llama
//: {cite}`roziere2023code` raises the base to 1,000,000 and trains a little more, and Llama 3
//: {cite}`grattafiori2024llama` starts from a base of 500,000. YaRN {cite}`peng2024yarn` treats the
//: hands by their speed: it leaves alone those that turn many times within the trained length, and
//: interpolates those that do not finish a turn.
//:
//: ## Exercises
//:
//: ````{exercise} 2.3a
//: :title: Quarter turns
//: :kind: paper
//:
//: Let $d = 2$ and $\omega = \pi/2$, a quarter turn a position, counterclockwise. For $q = (3, 1)$
//: and $k = (2, 1)$, find the score with the query at position $t$ and the key at $u$, for
//: $(t, u) = (0, 0)$, $(1, 0)$, $(5, 4)$ and $(0, 1)$. Which distances can this hand not tell
//: apart?
//:
//: ```{hint}
//: A quarter turn takes $(x, y)$ to $(-y, x)$.
//: ```
//: ```{hint}
//: At positions 4, 8, … the hand is where it was at 0, so position 5 is the same as position 1.
//: ```
//: ```{solution}
//: $(0, 0)$: $3 \cdot 2 + 1 \cdot 1 = 7$. $(1, 0)$: the query becomes $(-1, 3)$, and
//: $-1 \cdot 2 + 3 \cdot 1 = 1$. $(5, 4)$: the query is turned five quarters, to $(-1, 3)$, the key
//: four, to itself; 1 again. $(0, 1)$: the key becomes $(-1, 2)$, and $-3 + 2 = -1$, another score
//: than at $(1, 0)$. Distances that differ by a multiple of 4 look the same.
//: ```
//: ````
//:
//: ````{exercise} 2.3b
//: :title: Rotation in split halves
//: :kind: code
//: :function: rotate_halves
//:
//: Write `rotate_halves(rows, first_position, base)`, which returns the rows $(T, d)$ turned by
//: their positions in the layout of split halves, without a table: row $t$ stands at position
//: `first_position` + $t$.
//:
//: ```{hint}
//: Pair $i$ is feature $i$ and feature $i + d/2$. Its speed is $b^{-2i/d}$.
//: ```
//: ```{hint}
//: Both new features need both old ones: keep the old ones until both are computed.
//: ```
//: ```{solution}
//: The angle is computed where it is used; the rest is `rotate_pairs` with one layout:
//: ```
//: ````
//:
//: ````{exercise} 2.3c
//: :title: Which layout was it
//: :kind: code
//: :function: layout_of
//:
//: A program turns queries by their positions, and nobody knows in which layout. You have the rows
//: $(T, d)$ as they were `before` and as they are `after`, with $d \ge 4$; neither the positions
//: nor the base. Write `layout_of(before, after)`, which returns `RotaryLayout::adjacent_pairs` or
//: `RotaryLayout::split_halves`. At least one row has been turned.
//:
//: ```{hint}
//: What does a rotation of a pair leave as it was? Would two features that are no pair keep it,
//: too?
//: ```
//: ```{hint}
//: One pair or one row proves little: both may be 0, and the row at position 0 has not been turned.
//: And rounded numbers are never exactly equal. What number could be compared between the layouts?
//: ```
//: ```{solution}
//: A pair keeps its length. Add up by how much the squared lengths of the pairs have changed, over
//: all rows, once for each layout; the true layout has the smaller sum.
//: ```
//: ````
//:
//: ````{exercise} 2.3d
//: :title: Another base
//: :kind: experiment
//:
//: In `longer_texts`, train with a base of 100, then of 500,000, instead of 10000 (all tables, and
//: the argument of `scaled_rotary_base`). In the row of interpolation two of the four numbers
//: hardly change. Which, and why? What do you expect of the row "as it is"?
//:
//: ```{hint}
//: Under interpolation by 4 the score at distance $s$ is what the trained score was at $s/4$.
//: ```
//: ```{hint}
//: With a base of 100 the slowest hand turns by $100^{-62/64} = 0.0115$ radians a position. How far
//: has it turned at distance 63, and how far with a base of 10000?
//: ```
//: ```{solution}
//: Its two errors before the further training, 1.60 and 0.59 or 0.60 with every base: the query
//: fits the wanted curve to a few hundredths with any base, so the interpolated score is nearly
//: $4 e^{-s/64}$, and its difference from $4 e^{-s/16}$ has no base in it. With the base 100 even
//: the slowest hand has turned by 0.73 radians at distance 63, and by 2.9 at 255; the scores beyond
//: 63 are wrong but tamer, with an error of 0.49 instead of 0.89. With 500,000 most hands have
//: hardly moved in training, more of the curve beyond is unknown, and the error grows to 0.95. What
//: speaks for a large base is that slow hands tell far places apart once the training texts are
//: long.
//: ```
//: ````

}  // namespace

void rope() {
  stamped_scores();
  rotated_scores();
  clock_hands();
  one_word_back();
  backward();
  wrong_layout();
  longer_texts();
  cost();
}
