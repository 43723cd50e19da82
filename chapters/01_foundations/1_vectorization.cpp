//: # Vectorization
//:
//: To a program, "cat" is three bytes: 99, 97, 116. By that measure its nearest relatives are "car"
//: and "cap", which differ from it in one byte, and "kitten" is a stranger. A reader orders the
//: same words the other way around. Everything that a language model does starts with closing this
//: gap: what list of numbers should stand for a word, so that words that mean similar things have
//: similar lists?
//:
//: A list of numbers of a fixed length is called a {term}`vector`, and the numbers are its
//: {term}`features <feature>`. We shall try three ways to make one: a way that knows nothing, a way
//: that a person fills in, and a way that reads a book of {value}`thousand_words`,000 words and
//: fills itself in.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/embeddings.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/words.hpp"
#include "common/harness/recorder.hpp"

using namespace llm;
using Strings = std::vector<std::string>;

//: ## A vector that knows nothing
//:
//: The most modest list says only which word it is. Number the words of the vocabulary from 0 to
//: $V-1$, and give word number $i$ a list of $V$ numbers: a 1 at place $i$ and 0 everywhere else.
//: This is a {term}`one-hot vector`. To compare two of them we need a number that says how alike
//: two vectors are, and the cheapest one multiplies them feature by feature and adds up the
//: products, the {term}`dot product`:
//:
//: $$a \cdot b = \sum_{i=1}^{d} a_i b_i ,$$
//:
//: where $a$ and $b$ are vectors of $d$ features. It is large when the two lists are large in the
//: same places. For three one-hot vectors, the dot products of all pairs are:

static void compare_one_hot_vectors() {
  const Strings words = {"cat", "kitten", "airplane"};
  const Matrix vectors = Matrix::Identity(3, 3);
  show("dot products of one-hot vectors", vectors * vectors.transpose(), 0, words, words);
}
//: ```{output}
//: ```
//:
//: Each word is like itself and unlike every other, and "kitten" is as far from "cat" as "airplane"
//: is. One-hot vectors tell words apart. That is all they know.
//:
//: The code already uses the types that the whole book is written in. A matrix is a table of
//: numbers; ours come from [Eigen](https://eigen.tuxfamily.org), a library of linear algebra, under
//: four names: `Real` is one number, `Matrix` a table of them, `Vector` a table of one row, and
//: `Index` counts rows and columns. The numbers are `float`: half the bytes of a `double` are moved
//: in half the time, and seven digits are enough to learn with. (The build sets `LLM_REAL`, to
//: `double` only for those tests that need more digits.) Where a line stands for a listing, as in
//: the four below, it opens: the code is there for whoever wants it, and the text goes on without.
//:
//: ```{listing} llm::Real
//: :folded:
//: ```
//: ```{listing} llm::Matrix
//: :folded:
//: ```
//: ```{listing} llm::Vector
//: :folded:
//: ```
//: ```{listing} llm::Index
//: :folded:
//: ```
//:
//: A word is a row, always. The product of two matrices has, at row $i$ and column $j$, the dot
//: product of row $i$ of the first and column $j$ of the second. `transpose()` exchanges rows and
//: columns, so `vectors * vectors.transpose()` takes the dot product of every word with every word.
//:
//: ## A vector that someone filled in
//:
//: Let us give words features that mean something. Two are enough to draw: how much of an animal is
//: it, and how much does it fly, each on a scale of our choosing. Say
//:
//: $$\text{cat} = (4, 0), \qquad \text{eagle} = (3, 4), \qquad \text{airplane} = (0, 4).$$
//:
//: The dot product of cat and eagle is $4 \cdot 3 + 0 \cdot 4 = 12$, that of eagle and airplane
//: $3 \cdot 0 + 4 \cdot 4 = 16$, and that of cat and airplane is 0: they share no feature. So far,
//: so good. But now describe the eagle on a scale twice as large, $(6, 8)$. It is the same bird,
//: and yet its dot product with the cat is 24. The dot product confuses what a word is like with
//: how long its vector is.
//:
//: Length and direction can be told apart with school geometry. The length, or {term}`norm`, of a
//: vector is what Pythagoras says, $\lVert a \rVert = \sqrt{a \cdot a}$: 4 for the cat,
//: $\sqrt{9 + 16} = 5$ for the eagle. Now look at the triangle whose sides are $a$, $b$ and
//: $a - b$. Multiplying out gives its third side one way, and the law of cosines, with $\theta$ the
//: angle between $a$ and $b$, another:
//:
//: $$\lVert a-b \rVert^2 = \lVert a \rVert^2 + \lVert b \rVert^2 - 2\, a \cdot b, \qquad
//: \lVert a-b \rVert^2 = \lVert a \rVert^2 + \lVert b \rVert^2
//: - 2 \lVert a \rVert \lVert b \rVert \cos\theta .$$
//:
//: The two are equal, so $a \cdot b = \lVert a \rVert \lVert b \rVert \cos\theta$. A dot product is
//: two lengths and the cosine of an angle; divide the lengths out, and what is left is the
//: {term}`cosine similarity`
//:
//: $$\cos\theta = \frac{a \cdot b}{\lVert a \rVert \, \lVert b \rVert} .$$
//:
//: It is 1 when the two point the same way, 0 at a right angle, $-1$ when they are opposed, and it
//: does not care about the scale. For cat and eagle it is $12 / (4 \cdot 5) = 0.6$, an angle of 53
//: degrees.
//:
//: ```{listing} llm::cosine_similarity
//: ```
//:
//: The first line refuses vectors of different sizes, and a vector of length 0, which has no
//: direction, is given the similarity 0. The type of the arguments reads a row without copying it,
//: whether the row is a `Vector` of its own or lies inside a matrix, and there is one for matrices
//: too.
//:
//: ```{listing} llm::VectorRef
//: :folded:
//: ```
//: ```{listing} llm::MatrixRef
//: :folded:
//: ```
//:
//: The program agrees with what we worked out, and the eagle stays the same bird at twice the
//: scale:

static void compare_by_hand() {
  const Strings words = {"cat", "eagle", "airplane", "eagle, twice the scale"};
  Matrix vectors(4, 2);
  vectors << 4, 0,  //
      3, 4,         //
      0, 4,         //
      6, 8;
  for (Index i = 1; i < 4; ++i) {
    const Real cosine = cosine_similarity(vectors.row(0), vectors.row(i));
    print("cat and {:23} dot product {:2}   cosine {:.2f}   angle {:2.0f} degrees",
          words[static_cast<std::size_t>(i)], vectors.row(0).dot(vectors.row(i)), cosine,
          std::acos(cosine) * 180 / std::numbers::pi);
  }
  record_data("vectors_angle", "words", Strings(words.begin(), words.begin() + 3));
  record_data("vectors_angle", "vectors", vectors.topRows(3));
}
//: ```{output}
//: ```
//:
//: ```{figure-from} vectors_angle
//: :alt: Three arrows from the origin: cat along the horizontal axis, airplane along the vertical
//:   axis, and eagle between them, with the angles 53 and 37 degrees marked.
//:
//: Three words as arrows. The eagle is nearer to the airplane than to the cat, because of the
//: numbers that we happened to choose.
//: ```
//:
//: Two features can't tell an eagle from a sparrow, so we would add more: size, wings, engine, eats
//: mice. A person would have to find the features, and fill in a number for each word. For 50,000
//: words and 100 features these are five million decisions, and most words are "however" and
//: "take", not cats. The numbers have to come from somewhere else.
//:
//: ## Eigen in a dozen lines
//:
//: Eigen has a word for most of what a page wants to do with a matrix, and the book uses a dozen of
//: them. Here they are once, all on one small matrix $a$ of shape $(2, 3)$ with the rows 1 2 3 and
//: 4 5 6. You can pass over this list, and come back when a line of code says something that you
//: have not met. On the left is what the code says, on the right the matrix that it makes, on one
//: line with a bar between rows. First, parts of a matrix. `block` takes the place of its
//: first entry and then its shape; a list of rows may name a row twice, in any order:

namespace {

/// The numbers of a matrix on one line, with a bar between its rows.
std::string on_one_line(const MatrixRef& matrix) {
  std::string text;
  for (Index i = 0; i < matrix.size(); ++i) {
    const Index row = i / matrix.cols(), column = i % matrix.cols();
    text += fmt::format("{}{:g}", i == 0 ? "" : column == 0 ? " | " : " ", matrix(row, column));
  }
  return text;
}

}  // namespace

static void eigen_parts(const Matrix& a) {
  const std::vector<Index> rows = {1, 0, 1};
  print("a.leftCols(2)                 {}", on_one_line(a.leftCols(2)));
  print("a.middleRows(1, 1)            {}", on_one_line(a.middleRows(1, 1)));
  print("a.block(0, 1, 2, 2)           {}", on_one_line(a.block(0, 1, 2, 2)));
  print("a(rows, indexing::all)        {}", on_one_line(a(rows, Eigen::indexing::all)));
}
//: ```{output}
//: ```
//:
//: Then what works on every row or every column. `a.rowwise()` is the rows one by one: their sums
//: are a column, a number for each row. With an operator it repeats its other side for each row,
//: which other libraries call broadcasting; the last line takes the mean of the columns off each
//: row. `replicate` writes the repetition down.

static void eigen_row_by_row(const Matrix& a) {
  print("a.rowwise().sum()             {}", on_one_line(a.rowwise().sum()));
  print("a.colwise().mean()            {}", on_one_line(a.colwise().mean()));
  print("a.rowwise() - that mean       {}", on_one_line(a.rowwise() - a.colwise().mean()));
  print("a.colwise().replicate(2)      {}", on_one_line(a.colwise().replicate(2)));
}
//: ```{output}
//: ```
//:
//: Between matrices `*` is the product (`a'` stands for `a.transpose()` below). `array()` looks at the same numbers as a plain table, whose
//: `*`, `/`, `+` and `>` go entry by entry; `matrix()` is the way back, and names that begin with
//: `cwise` do one such thing without leaving. `NullaryExpr` fills a matrix with what a function says
//: of each place.

static void eigen_entry_by_entry(const Matrix& a) {
  const auto place = [](Index i, Index j) { return static_cast<Real>(10 * i + j); };
  print("a.array() * a.array()         {}", on_one_line(a.array() * a.array()));
  print("(a.array() - 1).matrix() * a' {}", on_one_line((a.array() - 1).matrix() * a.transpose()));
  print("(a.array() > 2).count()       {}", (a.array() > 2).count());
  print("a.cwiseMax(3)                 {}", on_one_line(a.cwiseMax(3)));
  print("NullaryExpr(2, 3, place)      {}", on_one_line(Matrix::NullaryExpr(2, 3, place)));
}
//: ```{output}
//: ```
//:
//: Three words are about who owns the numbers. A `Ref`, which is what our `MatrixRef` and, for
//: writing, `MatrixOut` are, lends a function a matrix or a part of one. A `Map` looks at numbers in
//: memory that belong to somebody else, here a `std::vector`, as a matrix. Copying a `Map` copies
//: the look and not the numbers: write through the copy, and the vector has changed.

static void eigen_views(const Matrix& a) {
  Matrix b = a;
  const auto clear = [](MatrixOut part) { part.setZero(); };
  clear(b.leftCols(1));
  print("b = a; clear(b.leftCols(1))   {}", on_one_line(b));

  std::vector<Real> numbers = {1, 2, 3, 4, 5, 6};
  const Eigen::Map<Matrix> view(numbers.data(), 2, 3);
  Eigen::Map<Matrix> copy = view;
  copy(0, 0) = 9;
  print("copy(0, 0) = 9; numbers[0]    {}", numbers[0]);
}
//: ```{output}
//: ```
//:
//: The last matter is when Eigen computes. An expression such as `b.rowwise().sum()` computes
//: nothing; it remembers what to do, and does it when it is assigned to a `Matrix`. This spares
//: copies, and it makes `auto` dangerous, for `auto` keeps the recipe and not the result. Below, `b`
//: changes before the recipe is used. Had it been a matrix that a function returned, it would be
//: gone by then, and the program would read memory that is no longer its own. So in this book a
//: result has the type `Matrix` or `Vector`, and `eval()` computes in the middle of a line:

static void eigen_is_lazy(const Matrix& a) {
  Matrix b = a;
  const auto recipe = b.rowwise().sum();
  const Matrix result = b.rowwise().sum();
  b *= 10;
  print("auto recipe, b *= 10          {}", on_one_line(recipe));
  print("Matrix result, b *= 10        {}", on_one_line(result));
  Matrix c(2, 2);
  c.noalias() = a * a.transpose();
  print("c.noalias() = a * a'          {}", on_one_line(c));
}
//: ```{output}
//: ```
//:
//: A product is computed beside its place and then copied there, because `b = b * b` would otherwise
//: overwrite what it still has to read. `noalias()` is a promise that
//: the result is none of the factors, and saves the copy.
//:
//: ## Words by the company they keep
//:
//: In 1957 the linguist J. R. Firth wrote: "You shall know a word by the company it keeps"
//: {cite}`firth1957synopsis`. If two words are used alike, the same words stand around them. That
//: is something that a program can count. Take a text of three sentences, and for each pair of
//: words count how often they stand at most two words apart:

static void count_three_sentences() {
  const Strings text =
      split_words("The cat drinks milk. The dog drinks water. The car burns fuel.");
  const WordList list = frequent_words(text, 9);
  const Matrix counts = cooccurrence_counts(text, list, 2);
  Matrix rows(3, counts.cols());
  rows << counts.row(word_number(list, "cat")), counts.row(word_number(list, "dog")),
      counts.row(word_number(list, "car"));
  show("how often they stand together", rows, 0, {"cat", "dog", "car"}, list.words);
  print("cosine of cat and dog {:.2f}, of cat and car {:.2f}",
        cosine_similarity(rows.row(0), rows.row(1)), cosine_similarity(rows.row(0), rows.row(2)));
}
//: ```{output}
//: ```
//:
//: Each row is a vector, with one feature for each word that could stand nearby. "Cat" and "dog"
//: never stand together, and have similar rows all the same, because both are near "the", "drinks"
//: and "milk", while "cat" and "car" share only "the". (The sentences run on into each other, so
//: "dog" is a neighbor of "milk" too; in a real text such accidents are few among many.)
//:
//: Now the real text. It is the Jargon File, the dictionary of hacker slang that has been passed on
//: since 1975 {cite}`raymond2003jargon`; it comes with the Debian package `jargon-text`. Where that
//: is not installed, the prose of this book serves, and the numbers on this page are others.
//: Section 1.6 shows how the text is cleaned; here it arrives as one long string.
//:
//: ```{listing} llm::read_corpus
//: :folded:
//: ```
//:
//: Three functions turn the string into a table. The first cuts it into words, runs of letters in
//: lower case.
//:
//: ```{listing} llm::split_words
//: :folded:
//: ```
//: ```{listing} llm::is_letter
//: :folded:
//: ```
//: ```{listing} llm::lower_case
//: :folded:
//: ```
//:
//: The next gives a number to each of the most frequent words, which become our {term}`vocabulary`
//: (`word_number` looks one up). Rare words have to stay out: of a word that stands in the text
//: twice, little can be learned. (The entries of a vocabulary are called {term}`tokens <token>`.
//: Here each is a word; the models of chapter 5 have characters, and those of chapter 6 pieces of
//: words.)
//:
//: ```{listing} llm::WordList
//: ```
//:
//: To make such a list, count each word, sort by the counts, and keep the first.
//:
//: ```{listing} llm::frequent_words
//: :folded:
//: ```
//: ```{listing} llm::word_number
//: :folded:
//: ```
//:
//: And the last counts pairs. It turns the text into the numbers of its words, with $-1$ for a word
//: that has none, and starts from a table of zeros with a row and a column for each word of the
//: list:
//:
//: ```{listing} llm::cooccurrence_counts
//: :until: Matrix counts = Matrix::Zero
//: ```
//: ```{listing} llm::word_numbers
//: :folded:
//: ```
//:
//: From each place it looks ahead only, up to `window` words, so it comes upon each pair once. The
//: pair is counted twice, in the row of either word, and the table is symmetric. A word without a
//: number keeps its place in the text, so that leaving it out brings no other two together:
//:
//: ```{listing} llm::cooccurrence_counts
//: ```
//:
//: The neighbors of a word are the rows whose cosine with its row is largest. One function measures
//: all of them and keeps the first few.
//:
//: ```{listing} llm::Neighbor
//: :folded:
//: ```
//: ```{listing} llm::nearest_rows
//: :folded:
//: ```
//:
//: We keep the 2,000 most frequent words and look four words to either side.

namespace {

/// The text as words, the vocabulary, and the three tables of vectors that we compare, all (V, ·).
struct Reading {
  Strings text;
  WordList list;
  Matrix counts, information, embeddings;
};

/// The five nearest words of a word and their cosines, as a line.
std::string neighbors_text(const WordList& list, const Matrix& table, const std::string& word) {
  if (!list.numbers.contains(word)) return fmt::format("{:9} is not in the vocabulary", word);
  const Index number = word_number(list, word);
  std::string text = fmt::format("{:9}", word);
  for (const Neighbor& neighbor : nearest_rows(table, table.row(number), 6)) {
    if (neighbor.row == number) continue;
    const std::string& name = list.words[static_cast<std::size_t>(neighbor.row)];
    text += fmt::format("{:>14} {:.2f}", name, neighbor.similarity);
  }
  return text;
}

/// How much of the squared length of a word's row of counts lies in its first `frequent` features,
/// those of the most frequent words.
std::string frequent_share_text(const Reading& reading, const std::string& word, Index frequent) {
  if (!reading.list.numbers.contains(word)) return "";
  const Vector row = reading.counts.row(word_number(reading.list, word));
  return fmt::format("  {} {:.0f} %", word,
                     100 * row.head(frequent).squaredNorm() / row.squaredNorm());
}

/// A word for each kind of thing that the Jargon File talks about.
const Strings asked = {"red", "unix", "mit", "bad", "disk", "mail"};

}  // namespace

static void read_and_count(Reading& reading) {
  reading.text = split_words(read_corpus());
  reading.list = frequent_words(reading.text, 2000);
  reading.counts = cooccurrence_counts(reading.text, reading.list, 4);
  record("thousand_words", "{:.0f}", static_cast<double>(reading.text.size()) / 1000);
  const double zeros = (reading.counts.array() == 0).cast<double>().mean();
  print("{} words; the {}th most frequent, \"{}\", stands in the text {} times",
        reading.text.size(), reading.list.words.size(), reading.list.words.back(),
        reading.list.counts.back());
  print("of the table's {} entries, {:.0f} % are 0", reading.counts.size(), 100 * zeros);
  for (const std::string& word : asked) {
    print("{}", neighbors_text(reading.list, reading.counts, word));
  }
  const Index frequent = std::min<Index>(20, reading.counts.cols());
  std::string shares;
  for (const std::string& word : asked) shares += frequent_share_text(reading, word, frequent);
  print("squared length in the columns of the {} most frequent words:{}", frequent, shares);
}
//: ```{output}
//: ```
//:
//: This is a disappointment. "Red" has found other colors, but for the rest, every word looks like
//: every other, with cosines of 0.8 and 0.9. The reason is a handful of columns. "The", "of", "a"
//: and their like stand near everything, so the features "near *the*", "near *of*" are large in
//: every row. The last line says how large: most of the squared length of five of the six rows lies
//: in the columns of the 20 most frequent words, and these set the direction. ("Red", with the
//: smallest share, is the one that has found its kin.) A count is large for two quite different
//: reasons: because two words belong together, or because one of them is frequent.
//:
//: ## More often than by chance
//:
//: We can divide the second reason out. Let $n_{ij}$ be the count of the pair, $n_i$ and $n_j$ the
//: sums of the two rows, and $n$ the sum of the whole table. If words stood together by chance
//: alone, the share of $j$ among the neighbors of $i$ would be its share everywhere, $n_j / n$, and
//: the count would be near $n_i n_j / n$. What a pair is worth is how far it exceeds that. On a
//: logarithmic scale this is the pointwise {term}`mutual information` {cite}`church1990word`,
//:
//: $$\operatorname{PMI}(i, j) = \ln \frac{n_{ij}}{n_i n_j / n} .$$
//:
//: It is 0 for a pair that meets as often as chance would have it, and $\ln 2 = 0.69$ for one that
//: meets twice as often. (Information has units. With the natural logarithm it is counted in
//: {term}`nats <nat>`; with the logarithm to base 2 it would be in {term}`bits <bit>`, and "twice
//: as often" would be worth 1.) Pairs that meet less often than by chance, or never, get 0 as well:
//: in a text of this size that two words never met says little. Four pairs to try the formula on:

static void surprise_of_four_pairs(Reading& reading) {
  const Vector totals = reading.counts.rowwise().sum().transpose();
  reading.information = positive_mutual_information(reading.counts);
  for (const char* other : {"the", "wire", "green", "disk"}) {
    if (!reading.list.numbers.contains("red") || !reading.list.numbers.contains(other)) {
      print("red and {:6} are not both in the vocabulary", other);
      continue;
    }
    const Index i = word_number(reading.list, "red"), j = word_number(reading.list, other);
    print("red and {:6} counted {:2}   expected {:6.3f}   information {:.2f}", other,
          reading.counts(i, j), totals(i) * totals(j) / totals.sum(), reading.information(i, j));
  }
}
//: ```{output}
//: ```
//:
//: "The" and "wire" stand beside "red" equally often. But "the" would by chance alone, and is worth
//: nothing; "wire" and "green" stand out ("red wire" is an entry of the dictionary). For the whole
//: table, the formula is computed where there is a count, and the rest stays 0:
//:
//: ```{listing} llm::positive_mutual_information
//: ```

static void neighbors_by_information(const Reading& reading) {
  for (const std::string& word : asked) {
    print("{}", neighbors_text(reading.list, reading.information, word));
  }
}
//: ```{output}
//: ```
//:
//: Now "unix" has found "bsd", and "bad" has "wrong" and "evil" beside "good". (Opposites are used
//: alike, so they come out as neighbors; no method that looks only at company can tell them apart.)
//: But the cosines are low. Each row has 2,000 features of which nearly all are 0, and two words
//: that are used alike may still have met different words: one met "disk" and the other "disks". To
//: the dot product these are two features that have nothing to do with each other, as one-hot as
//: ever.
//:
//: ## Short vectors
//:
//: What if each word had to make do with 64 numbers instead of 2,000? There would be no room for
//: one feature a neighbor. Neighbors that go together, such as "disk" and "disks", would have to
//: share.
//:
//: The {term}`singular value decomposition` finds the sharing that loses least. It writes a table
//: $A$ of shape $(V, C)$ as a product
//:
//: $$A = U S W^\top ,$$
//:
//: where $W^\top$ is $W$ transposed, the columns of $U$ have length 1 and stand at right angles to
//: each other, so do those of $W$, and $S$ is zero but for its diagonal, on which stand the
//: {term}`singular values <singular value>` $s_1 \ge s_2 \ge \dots \ge 0$. Every matrix has such a
//: form. What we gain from it is this: the dot products between the rows of $A$ are
//:
//: $$A A^\top = U S W^\top W S U^\top = (U S)(U S)^\top ,$$
//:
//: since a product is transposed by transposing both factors and exchanging them, and $W^\top W$
//: has the dot products of the columns of $W$, ones on the diagonal and zeros elsewhere, and
//: multiplying by such a matrix changes nothing. The rows of $US$ have exactly the dot products
//: that the rows of $A$ have, but their features are sorted by importance: feature $k$ has the
//: total squared length $s_k^2$. Cut after the first 64, and no other choice of 64 features keeps
//: more of $A$ {cite}`eckart1936approximation`.
//:
//: To find the first columns of $U$ we need only multiply. Write any vector $x$ as a sum of the
//: columns of $U$; multiplying by $A A^\top$ stretches its part along column $k$ by $s_k^2$. After
//: a few rounds the parts with the largest singular values have outgrown the others. Do so with 72
//: random columns at once, the 64 that we want and eight to spare, setting them back to right
//: angles each round so that they do not all end in the first direction, and they span the space of
//: the columns that we want {cite}`halko2011finding`. The eight to spare are added if the table has
//: room for them:
//:
//: ```{listing} llm::leading_singular_vectors
//: :until: const Index columns
//: ```
//: ```{listing} llm::SingularVectors
//: :folded:
//: ```
//:
//: A product of the table with random columns adds up the table's own columns at random, which is a
//: start in the right space. A round multiplies by $A A^\top$ in two halves, by $A^\top$ and then
//: by $A$, and sets the columns at right angles after each. Call what comes out of the rounds $Q$,
//: of shape $(V, 72)$; in the code it is `basis`. The last line here multiplies once more, to
//: $A^\top Q$, which has a column for each of the 72:
//:
//: ```{listing} llm::leading_singular_vectors
//: :until: const Matrix small
//: ```
//: ```{listing} llm::orthonormal_columns
//: :folded:
//: ```
//:
//: If the columns of $Q$ span all of $A$ that matters, then $A \approx Q Q^\top A$, since
//: $Q Q^\top$ keeps of each column what lies in their space and drops the rest. Eigen decomposes
//: the narrow matrix exactly, as $A^\top Q = X S Y^\top$ with $Y$ of shape $(72, 72)$. Transposed,
//: this reads $Q^\top A = Y S X^\top$, so $A \approx (QY)\, S X^\top$: the columns of $QY$ are the
//: columns of $U$ that we are looking for, and we keep the first `count` of them:
//:
//: ```{listing} llm::leading_singular_vectors
//: ```
//:
//: One detail remains. With $US$ as the vectors, the few strongest features would outweigh the rest
//: as the most frequent words did before. Levy, Goldberg and Dagan {cite}`levy2015improving`
//: compared the choices on many tasks and found that $U\sqrt{S}$ serves better. A short vector that
//: stands for a word is called an {term}`embedding`:
//:
//: ```{listing} llm::svd_embeddings
//: ```
//:
//: The random start comes from a generator of random numbers that the caller passes in; we look
//: into it in a moment. First, what have the six words found now?

static void neighbors_by_embedding(Reading& reading) {
  Generator generator(1);
  reading.embeddings = svd_embeddings(reading.information, 64, generator);
  for (const std::string& word : asked) {
    print("{}", neighbors_text(reading.list, reading.embeddings, word));
  }
}
//: ```{output}
//: ```
//:
//: Colors stand with colors, operating systems with operating systems, and a disk is near a tape
//: and a drive. Nobody told the program what a color is.
//:
//: The random start needs random numbers, from the normal distribution, whose density is the bell
//: curve: no direction is preferred by a vector of such numbers. Ours come from a {term}`generator`
//: that the caller passes in, so that the same seed gives the same page on every machine, which the
//: distributions of the standard library do not promise. The generator gives 64 random bits at a
//: time. We make of them a number between 0 and 1, and of that a choice among several things.
//:
//: ```{listing} llm::Generator
//: :folded:
//: ```
//: ```{listing} llm::uniform
//: :folded:
//: ```
//: ```{listing} llm::uniform_index
//: :folded:
//: ```
//:
//: A normal number is made from two uniform ones. Two independent normal numbers are a point in the
//: plane; its direction is uniform, and its distance from the origin has a distribution with a
//: formula that can be solved. We draw both and return the first coordinate:
//:
//: ```{listing} llm::normal
//: ```
//:
//: Such numbers have the mean 0 and the typical size 1, where *typical* always means the root of
//: the mean square; for numbers of mean 0 that is their {term}`standard deviation`, and
//: `random_normal`, which fills a matrix with them, takes it as its last argument.
//:
//: ```{listing} llm::random_normal
//: :folded:
//: ```
//:
//: How large is a cosine of 0.6? Two random directions in 64 dimensions are nearly at right angles:
//: their cosine is 0 on average, and typically $1/\sqrt{64} = 0.125$. To see why, let one of the
//: two point along the first feature: the cosine is then the first feature of the other, scaled to
//: length 1, and its 64 squared features share a sum of 1. Measured on random vectors, and on our
//: words:

static void cosines_by_chance(const Reading& reading) {
  Generator generator(2);
  const auto deviation = [&](const Matrix& table) {
    double squares = 0;
    for (int trial = 0; trial < 10'000; ++trial) {
      const Index i = uniform_index(table.rows(), generator);
      const Index j = (i + 1 + uniform_index(table.rows() - 1, generator)) % table.rows();
      const double cosine = cosine_similarity(table.row(i), table.row(j));
      squares += cosine * cosine;
    }
    return std::sqrt(squares / 10'000);
  };
  const Index words = reading.embeddings.rows();
  print("typical cosine of random vectors {:.3f}, of two words {:.3f}",
        deviation(random_normal(words, 64, generator)), deviation(reading.embeddings));
}
//: ```{output}
//: ```
//:
//: So 0.6 is several times what chance gives to one pair. (A nearest word is the best of 2,000, and
//: the best of many random cosines is larger than a typical one; but so many times the typical size
//: is rare even among 2,000.) You can ask for words of your own: `LLM_WORDS="coffee emacs"
//: build/chapters/01_foundations 1` prints their neighbors here, as long as they are among the
//: 2,000.

static void your_own_words(const Reading& reading) {
  const char* own = std::getenv("LLM_WORDS");
  for (const std::string& word : split_words(own ? own : "keyboard english chinese")) {
    print("{}", neighbors_text(reading.list, reading.embeddings, word));
  }
}
//: ```{output}
//: ```
//:
//: ## The map
//:
//: A vector of 64 features can't be drawn, but a few words can be laid out in the plane by the same
//: means: take their vectors, each scaled to length 1, subtract the mean, and keep the two
//: strongest singular vectors.

namespace {

/// Words of three kinds, as far as the vocabulary has them.
struct Kinds {
  Strings words;
  std::vector<double> kinds;
};

/// The words of the map and the number of the kind that a person would put them in.
Kinds words_of_three_kinds(const WordList& list) {
  const std::vector<Strings> kinds = {{"red", "green", "blue", "white", "black", "gray"},
                                      {"mit", "stanford", "cmu", "berkeley", "university"},
                                      {"disk", "tape", "drive", "memory", "drives", "magnetic"}};
  Kinds result;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    for (const std::string& word : kinds[kind]) {
      if (!list.numbers.contains(word)) continue;
      result.words.push_back(word);
      result.kinds.push_back(static_cast<double>(kind));
    }
  }
  return result;
}

}  // namespace

static void map_of_words(const Reading& reading) {
  const Kinds chosen = words_of_three_kinds(reading.list);
  if (chosen.words.size() < 4) return;
  Matrix vectors(static_cast<Index>(chosen.words.size()), reading.embeddings.cols());
  for (Index i = 0; i < vectors.rows(); ++i) {
    const Index number = word_number(reading.list, chosen.words[static_cast<std::size_t>(i)]);
    vectors.row(i) = reading.embeddings.row(number).normalized();
  }
  record_data("vectors_similarity", "words", chosen.words);
  record_data("vectors_similarity", "cosines", vectors * vectors.transpose());
  vectors.rowwise() -= vectors.colwise().mean().eval();
  Generator generator(3);
  record_data("vectors_map", "points", svd_embeddings(vectors, 2, generator));
  record_data("vectors_map", "words", chosen.words);
  record_data("vectors_map", "kinds", chosen.kinds);
}
//: ```{figure-from} vectors_map
//: :alt: Four panels. In the first, seventeen points in three separate groups. In the others one
//:   group each, larger, with its words: colors, universities, and storage.
//:
//: Colors, universities and storage, laid out in two dimensions by their embeddings alone: all of
//: them, and each kind from closer by. The three kinds of marks are ours; the places are the
//: program's.
//: ```
//:
//: ```{figure-from} vectors_similarity
//: :alt: Two heat maps of cosine similarity among the same words. With one-hot vectors only the
//:   diagonal is marked; with embeddings there are three marked blocks.
//:
//: The same words compared with one-hot vectors (left), where every word is alone, and with
//: embeddings (right): three blocks, one a kind.
//: ```
//:
//: ## Without it
//:
//: Six words chosen by us prove little, so let us put a number on it. The vocabulary has pairs such
//: as "disk" and "disks": a word, and the same word with an "s". Most are a noun and its plural,
//: which are used nearly alike. How often is the second among the ten nearest words of the first?
//: Chance would give 10 in 2,000, half a percent.

namespace {

/// The share of the words w, among those whose "ws" is in the vocabulary as well, that have it
/// among their ten nearest rows.
double plurals_found(const WordList& list, const Matrix& table) {
  int pairs = 0, found = 0;
  for (const std::string& word : list.words) {
    const auto plural = list.numbers.find(word + "s");
    if (plural == list.numbers.end() || word.size() < 3) continue;
    ++pairs;
    for (const Neighbor& neighbor : nearest_rows(table, table.row(word_number(list, word)), 11)) {
      if (neighbor.row == plural->second) ++found;
    }
  }
  return pairs > 0 ? static_cast<double>(found) / pairs : 0;
}

}  // namespace

static void which_table_finds_plurals(const Reading& reading) {
  const double counts = plurals_found(reading.list, reading.counts);
  const double information = plurals_found(reading.list, reading.information);
  print("counts, 2000 features            {:4.1f} %", 100 * counts);
  print("mutual information, 2000         {:4.1f} %", 100 * information);
  Generator generator(1);
  const Index most = std::min<Index>(256, reading.information.rows());
  const Matrix longest = svd_embeddings(reading.information, most, generator);
  std::vector<double> widths, found;
  for (Index width = 2; width <= most; width *= 2) {
    widths.push_back(static_cast<double>(width));
    found.push_back(100 * plurals_found(reading.list, longest.leftCols(width)));
    print("embeddings, {:4}                 {:4.1f} %", width, found.back());
  }
  record("counts_found", "{:.1f}", 100 * counts);
  record("information_found", "{:.1f}", 100 * information);
  record("embeddings_found", "{:.1f}", *std::max_element(found.begin(), found.end()));
  record_data("vectors_width", "widths", widths);
  record_data("vectors_width", "found", found);
  record_data("vectors_width", "counts", std::vector<double>{100 * counts});
  record_data("vectors_width", "information", std::vector<double>{100 * information});
}
//: ```{output}
//: ```
//:
//: ```{figure-from} vectors_width
//: :alt: Share of plurals found against the width of the embedding, from 2 to 256, with horizontal
//:   lines for raw counts and for mutual information.
//:
//: Plurals among the ten nearest words. Too few features mix up words that differ. From some 64
//: features on, more of them add little.
//: ```
//:
//: Take away the division by chance, and {value}`counts_found` % are found instead of
//: {value}`information_found` %. The best embedding finds {value}`embeddings_found` %, with at most
//: 256 numbers a word instead of 2,000.
//:
//: ## What it costs
//:
//: The table of counts has $V^2$ entries, 16 MB at $V = 2{,}000$ and four bytes a number; at 50,000
//: words it would have 10 GB. The embeddings have $64\,V$: half a megabyte. To find them, the table
//: is multiplied by 72 columns eight times: one time at the start, twice in each of three rounds,
//: once at the end. Each takes $2 \cdot 2000^2 \cdot 72$ operations (a multiplication and an
//: addition for each entry and each column), $4.6 \cdot 10^9$ in all. We time the whole and such
//: products alone, beside what they would take if the machine did nothing but multiply and add,
//: which section 1.2 measures. (`noalias()` spares the copy, as [above](#eigen-in-a-dozen-lines).)

static void cost_of_embeddings(const Reading& reading) {
  Generator generator(1);
  const double seconds =
      fastest_seconds([&] { svd_embeddings(reading.information, 64, generator); }, 1);
  const Matrix columns = random_normal(reading.information.cols(), 72, generator);
  Matrix result(reading.information.rows(), 72);
  const double products =
      8 * fastest_seconds([&] { result.noalias() = reading.information * columns; }, 5);
  const double operations = 8.0 * 2.0 * 72 * static_cast<double>(reading.information.size());
  print_timing("embeddings: {:.0f} ms, eight products: {:.0f} ms, at the machine's best {:.0f} ms",
               1e3 * seconds, 1e3 * products, 1e3 * operations / multiply_add_limit() * 1e-9);
  record("products_share", "{:.0f}", 100 * products / seconds);
}
//: ```{output}
//: ```
//:
//: The products are {value}`products_share` % of the whole, and how near they come to the machine's
//: best is a matter for section 1.2. The rest goes into setting columns at right angles and into
//: the exact decomposition at the end, which work on one column after the other and can't keep the
//: machine as busy.
//:
//: ## In the wild
//:
//: Counting and decomposing is the oldest way to embeddings: latent semantic analysis did it in
//: 1990 with counts of words in documents {cite}`deerwester1990indexing`. In 2013, word2vec
//: replaced the table by a small network that learns to predict a word's neighbors
//: {cite}`mikolov2013efficient`; GloVe fits the logarithms of the counts directly
//: {cite}`pennington2014glove`. Levy and Goldberg then showed that word2vec decomposes, in secret,
//: a table of mutual information {cite}`levy2014neural`: but for a constant that it takes off each
//: entry, what you have built on this page. A GPT has such a table as its first layer, in GPT-2
//: 50,257 rows of 768 features {cite}`radford2019language`, and learns it together with everything
//: else, by the means of section 1.4.
//:
//: All of these give a word one vector, wherever it stands. The "bank" of a river and the "bank"
//: that lends money share a row, and no table can part them. That takes a look at the sentence,
//: which is what chapter 3 is about.
//:
//: ## Exercises
//:
//: `````{exercise} 1.1a
//: :title: Distance and angle
//: :kind: paper
//:
//: Two vectors $a$ and $b$ have length 1. Write the square of their distance,
//: $\lVert a - b \rVert^2$, with their cosine similarity. Which words are nearest by distance, if
//: all vectors are first scaled to length 1?
//:
//: ```{hint}
//: Multiply out $(a - b) \cdot (a - b)$.
//: ```
//: ```{hint}
//: In $\lVert a \rVert^2 + \lVert b \rVert^2 - 2\, a \cdot b$, two terms are 1 and the third has a
//: name.
//: ```
//: ```{solution}
//: $\lVert a - b \rVert^2 = 1 + 1 - 2 \cos\theta = 2 (1 - \cos\theta)$. The larger the cosine, the
//: smaller the distance: among vectors of length 1, both orders of neighbors are the same. This is
//: why programs that search millions of vectors scale them once, and never think of angles again.
//: ```
//: `````
//:
//: `````{exercise} 1.1b
//: :title: All similarities at once
//: :kind: code
//: :function: cosine_similarities
//:
//: Write `cosine_similarities(table, query)`: the cosine similarity of each row of `table` $(V, d)$
//: to `query` $(d)$, as a vector of $V$ numbers. Use one matrix product instead of a loop over dot
//: products. No row has length 0.
//:
//: ```{hint}
//: `query * table.transpose()` has the shape you need, and holds the dot products. What must
//: each of them be divided by?
//: ```
//: ```{hint}
//: `table.rowwise().norm()` is the column of the rows' lengths; what you divide is a row.
//: `.array()` makes `*` and `/` go entry by entry. Of the lengths in the formula, is one left?
//: ```
//: ```{solution}
//: The dot products come from one product of shapes $(1, d)(d, V)$. Each is divided by the length
//: of its own row, and all of them by the length of the query.
//: ```
//: `````
//:
//: `````{exercise} 1.1c
//: :title: The width of the window
//: :kind: experiment
//:
//: `read_and_count` looks four words to either side. Predict what a window of 1 and a window of 20
//: will do to the neighbors of "unix" (add "three" to `asked`), and to the share of plurals found.
//: Then try both.
//:
//: ```{hint}
//: Which words can stand directly beside "unix", and which anywhere in the same paragraph?
//: ```
//: ```{hint}
//: Words that can take each other's place in a sentence share their direct neighbors. Words about
//: the same topic share a paragraph.
//: ```
//: ```{solution}
//: With a window of 1, the neighbors are words that can take the same place in a sentence: for
//: "unix" other operating systems, "vms", "linux", "bsd", "dos", for "three" other numbers, "six",
//: "few", "five", "two". With a window of 20, they are words of the same topic: for "unix" also
//: "operating" (0.69) and "systems" (0.59), for "three" also "right" and "these". The shares of
//: plurals found:
//:
//: | window | mutual information | 64 features | 256 features |
//: | --- | --- | --- | --- |
//: | 1 | 37.8 % | 21.8 % | 37.8 % |
//: | 4 | 18.6 % | 23.4 % | 24.5 % |
//: | 20 | 30.3 % | 34.0 % | 33.5 % |
//:
//: The wide window finds more of them, because a word and its plural share their topics, and
//: because more pairs are counted. The narrow one does too, because they stand right beside the
//: same words, but it needs more than 64 features to keep that. Which window is best depends on
//: what "similar" is to mean; the summary of this chapter will want a narrow one.
//: ```
//: `````

void vectorization() {
  compare_one_hot_vectors();
  compare_by_hand();
  Matrix small(2, 3);
  small << 1, 2, 3, 4, 5, 6;
  eigen_parts(small);
  eigen_row_by_row(small);
  eigen_entry_by_entry(small);
  eigen_views(small);
  eigen_is_lazy(small);
  count_three_sentences();
  Reading reading;
  read_and_count(reading);
  surprise_of_four_pairs(reading);
  neighbors_by_information(reading);
  neighbors_by_embedding(reading);
  cosines_by_chance(reading);
  your_own_words(reading);
  map_of_words(reading);
  which_table_finds_plurals(reading);
  cost_of_embeddings(reading);
}
