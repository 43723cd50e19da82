//: # Linear layers
//:
//: With the vectors of the last section we can ask one question of a word: who is near you? A
//: language model has to ask thousands. Is this word a color? Is it a verb? Does it end a sentence,
//: could a name come next? How does one ask a thousand questions of a word at once, and how fast
//: can this machine answer them?
//:
//: The answer to the first half is the {term}`linear layer`. Nearly all numbers of a GPT, and
//: nearly all of its time, are in layers of this kind, so the second half will occupy us just as
//: long.

#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/embeddings.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/product.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/words.hpp"
#include "common/harness/recorder.hpp"

using namespace llm;
using Strings = std::vector<std::string>;

//: ## A question is a vector
//:
//: Take the three words of section 1.1, with the features "how much of an animal" and "how much
//: does it fly": cat $(4, 0)$, eagle $(3, 4)$, airplane $(0, 4)$. The question "can I pet it?"
//: should come out high for what is an animal and low for what flies, so let us give the first
//: feature a weight of 1 and the second a weight of $-1$. The dot product with the
//: {term}`weights <weight>` $w = (1, -1)$ is 4 for the cat, $-1$ for the eagle, $-4$ for the
//: airplane. The sign answers the question and the size says how firmly.
//:
//: Now the question "is it a bird?". It needs the animal and the flying, so $w = (1, 1)$ gives 4, 7
//: and 4. The eagle comes first, but all three are positive. No other weights help. For the cat's
//: answer to be negative, $4 w_1 < 0$; for the airplane's, $4 w_2 < 0$; then $3 w_1 + 4 w_2$ is
//: negative as well, and there goes the eagle. What is missing is a threshold. If we subtract 5
//: after the dot product, the answers are $-1$, $2$ and $-1$. The number that is added, here $-5$,
//: is called the {term}`bias`.
//:
//: Geometrically, the words with $w \cdot x + b = 0$ form a line in the plane, at a right angle to
//: $w$; words on the side that $w$ points to get a positive answer. Without a bias the line has to
//: go through the origin.

static void two_questions_by_hand() {
  const Strings words = {"cat", "eagle", "airplane"};
  Matrix inputs(3, 2), weights(2, 2);
  Vector bias(2);
  inputs << 4, 0,  //
      3, 4,        //
      0, 4;
  weights << 1, -1,  //
      1, 1;
  bias << 0, -5;
  show("answers", linear(inputs, weights, bias), 0, words, {"can I pet it", "is it a bird"});
  record_data("linear_boundary", "inputs", inputs);
  record_data("linear_boundary", "words", words);
  record_data("linear_boundary", "weights", weights);
  record_data("linear_boundary", "bias", bias);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} linear_boundary
//: :alt: Two panels with cat, eagle and airplane as points. In each, an arrow of weights and the
//:   line at a right angle to it that parts positive from negative answers. In the second, the line
//:   is shifted away from the origin.
//:
//: Each question cuts the plane in two; the shaded side answers yes. The second needs its bias: no
//: line through the origin parts the eagle from both of the others.
//: ```
//:
//: ## A layer is many questions
//:
//: The program asked both questions of all three words in one go. Write the words as the rows of a
//: matrix $X$ of shape $(n, d_\text{in})$, here $(3, 2)$, and the questions as the rows of a matrix
//: $W$ of shape $(d_\text{out}, d_\text{in})$, here $(2, 2)$: $(1, -1)$ and, below it, $(1, 1)$. We
//: want each row of $X$ times each row of $W$. A product of matrices is made of rows times
//: *columns*, so $W$ has to be turned over first: its transpose $W^\top$ has the questions as its
//: columns. Entry $(i, j)$ of $X W^\top$ is row $i$ of $X$ times row $j$ of $W$: word $i$ asked
//: question $j$. The biases are a row $b$ of $d_\text{out}$ numbers, added to every row:
//:
//: $$Y = X W^\top + b, \qquad Y_{ij} = \sum_{k=1}^{d_\text{in}} X_{ik} W_{jk} + b_j .$$
//:
//: $Y$ has shape $(n, d_\text{out})$: each word comes in as $d_\text{in}$ features and leaves as
//: $d_\text{out}$ answers, which are the features for the next layer.
//:
//: Why not write the questions as columns, and have no need to turn anything over? Because of where
//: the numbers lie. Our matrices are {term}`row-major`: row 0 comes first in memory, from left to
//: right, then row 1. We chose so because a row is a word, and what belongs to one word should lie
//: together. A question is no different, and with both as rows, asking one walks through two runs
//: of neighbors. At the end of this page a single word is asked, and then this is what counts.
//:
//: In code, a layer is some checks and a product. It writes its answers into a matrix that it is
//: given: a network that computes the same shapes a thousand times makes room for them once. The
//: two products, with a bias and without, are what the second half of this page builds.
//:
//: ```{listing} llm::linear_forward
//: ```
//: ```{listing} llm::MatrixOut
//: :folded:
//: ```
//:
//: Where a line should read like its formula, `linear` makes the room itself, and returns it:
//:
//: ```{listing} llm::linear
//: :folded:
//: ```
//:
//: The checks guard the door. The commonest slip in this trade is a matrix of the wrong shape, and
//: the worst moment to find out is a thousand steps later. Every public function of the library
//: checks the shapes of what it is given, and says which shape it got and which it expected.
//:
//: ```{listing} llm::check_shape
//: :folded:
//: ```
//: ```{listing} llm::shape_text
//: :folded:
//: ```

static void a_wrong_shape_is_named() {
  try {
    linear(Matrix::Zero(3, 2), Matrix::Zero(2, 4), Vector::Zero(2));
  } catch (const std::invalid_argument& error) {
    print("{}", error.what());
  }
}
//: ```{output}
//: ```
//:
//: Three words of two features can't be asked questions about four.
//:
//: ## Four questions for two thousand words
//:
//: Now real words. We make the vectors of the vocabulary as in section 1.1, each scaled to length
//: 1, and ask four questions of all of them. Where do the weights of a question come from? Later
//: they will be learned. Here we take what stands to reason: to ask for colors, take the mean of
//: the vectors of "red", "green" and "blue", minus the mean of all words, so that what every word
//: has in common does not count. (What `rowwise` and `colwise` do stands in section
//: 1.1, under "Eigen in a dozen lines".) The bias is $-0.25$ for each question: a word must be that far in
//: its direction to count as a yes.

namespace {

/// The vocabulary, and a vector of length 1 for each of its words.
struct WordVectors {
  WordList list;
  Matrix vectors;  // (V, 64)
};

/// Reads the corpus and makes the vectors of section 1.1.
WordVectors read_word_vectors() {
  const Strings text = split_words(read_corpus());
  WordVectors words{.list = frequent_words(text, 2000), .vectors = {}};
  const Matrix information = positive_mutual_information(cooccurrence_counts(text, words.list, 4));
  Generator generator(1);
  words.vectors = svd_embeddings(information, std::min<Index>(64, information.rows()), generator);
  words.vectors.rowwise().normalize();
  return words;
}

/// The weights of a question, by a few words for which the answer is yes. Words that the
/// vocabulary does not have are left out.
Vector weights_of_question(const WordVectors& words, const Strings& examples) {
  Vector sum = Vector::Zero(words.vectors.cols());
  Real found = 0;
  for (const std::string& example : examples) {
    if (!words.list.numbers.contains(example)) continue;
    sum += words.vectors.row(word_number(words.list, example));
    ++found;
  }
  return sum / std::max(found, Real{1}) - words.vectors.colwise().mean();
}

/// The words with the largest answers in a column, as a line, without the examples themselves.
std::string best_answers(const WordVectors& words, const Matrix& answers, Index question,
                         const Strings& examples) {
  std::vector<std::size_t> order(words.list.words.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return answers(static_cast<Index>(a), question) > answers(static_cast<Index>(b), question);
  });
  std::string text;
  int shown = 0;
  for (const std::size_t number : order) {
    const std::string& word = words.list.words[number];
    if (std::find(examples.begin(), examples.end(), word) != examples.end()) continue;
    if (++shown > 7) break;
    text += " " + word;
  }
  return text;
}

}  // namespace

static void four_questions() {
  const WordVectors words = read_word_vectors();
  const std::vector<Strings> questions = {{"red", "green", "blue"},
                                          {"mit", "stanford", "cmu"},
                                          {"disk", "tape", "memory"},
                                          {"he", "she", "i"}};
  Matrix weights(4, words.vectors.cols());  // (4, 64)
  for (Index j = 0; j < 4; ++j) {
    weights.row(j) = weights_of_question(words, questions[static_cast<std::size_t>(j)]);
  }
  const Vector bias = Vector::Constant(4, -0.25f);
  const Matrix answers = linear(words.vectors, weights, bias);  // (2000, 4)
  print("{} words, {} questions, {} words with a positive answer to one or more", answers.rows(),
        answers.cols(), (answers.rowwise().maxCoeff().array() > 0).count());
  for (Index j = 0; j < 4; ++j) {
    const Strings& examples = questions[static_cast<std::size_t>(j)];
    print("like {:20}{}", fmt::format("{}", fmt::join(examples, ", ")),
          best_answers(words, answers, j, examples));
  }
}
//: ```{output}
//: ```
//:
//: One call to `linear`, eight thousand answers. Not all of them are what was meant: a word that
//: stands near the colors in this text cannot be told from a color by this question. A layer does
//: not know any words; it knows directions, and a word answers by how far it lies in each.
//:
//: ## What it costs
//:
//: Each of the $n \cdot d_\text{out}$ answers takes $d_\text{in}$ multiplications and as many
//: additions, so a linear layer takes $2\, n\, d_\text{in}\, d_\text{out}$ floating-point
//: operations (FLOP). The four questions took a million. A layer of GPT-2 that takes 1,024
//: positions from 768 to 3,072 features takes $4.8 \cdot 10^9$, and the smallest GPT-2 has 48
//: linear layers of up to this size, and a larger one at its end. Whether they take a second or a
//: minute depends on who writes the loop.
//:
//: First, how fast could it be? A processor today has one instruction that multiplies and adds, the
//: {term}`fused multiply-add`, and applies it to a whole register of floats at once: eight with
//: AVX2, sixteen with AVX-512. It can start one or two such instructions each cycle, but a result
//: is ready only after four cycles or so. To keep it busy, at least eight sums must be under way
//: that do not wait for each other. So we measure the limit with twelve, on numbers that never
//: leave the registers. A `Register` is as many floats as one instruction works on, and adding a
//: number to an empty one, `Register{}`, puts that number into each of its places:
//:
//: ```{listing} llm::multiply_and_add
//: :until: const Register factor
//: ```
//: ```{listing} llm::Register
//: :folded:
//: ```
//:
//: Then the work itself, over and over: each of the twelve sums is multiplied by one number, and
//: another is added, in a single instruction. What follows it is there for the compiler, which
//: leaves out whatever nobody asks for: the total depends on every sum.
//:
//: ```{listing} llm::multiply_and_add
//: ```
//:
//: The operations of all rounds, divided by the seconds that they took, are the limit of one core.
//: Several cores do not always reach several times that: they may share a clock, or be two halves
//: of one core. So the limit of several threads is measured while all of them work. All times of
//: this book are the fastest of several runs, since whatever else the machine does can only make a
//: run slower.
//:
//: ```{listing} llm::core_limit
//: :folded:
//: ```
//: ```{listing} llm::multiply_add_limit
//: :folded:
//: ```
//: ```{listing} llm::fastest_seconds
//: :folded:
//: ```
//:
//: Measuring is a trade of its own. When the twelve sums began with the same number, GCC saw that
//: they would stay equal, and computed one of them. One multiply-add every four cycles passed for
//: twelve, three in each cycle, which is more than the processor has units for. A measurement that
//: looks too good is a bug until it is explained.

/// Ticks of the clock in a nanosecond: a chain of additions of whole numbers, each of which needs
/// the one before and takes one tick. The empty `asm` keeps the compiler from adding them up
/// itself.
static double clock_gigahertz() {
  constexpr int rounds = 500'000, unrolled = 8;
  const auto chain = [] {
    long sum = 0, one = 1;
    for (int round = 0; round < rounds; ++round) {
#pragma GCC unroll 8
      for (int i = 0; i < unrolled; ++i) {
        sum += one;
        asm volatile("" : "+r"(sum), "+r"(one));
      }
    }
  };
  return 1e-9 * rounds * unrolled / fastest_seconds(chain, 20);
}

static double measured_limit() {
  const double limit = multiply_add_limit(), clock = clock_gigahertz();
  record("limit", "{:.0f}", limit);
  record("clock", "{:.2f}", clock);
  record("each tick", "{:.1f}", limit / 2 / clock);
  print_timing("one core multiplies and adds at {:.0f} GFLOP/s at best", limit);
  print_timing("its clock ticks {:.2f} billion times a second", clock);
  return limit;
}
//: ```{output}
//: ```
//:
//: The two numbers check each other, for a tick of the clock is the cycle that we spoke of. Half of
//: the operations are multiplications, so {value}`limit` billion operations at {value}`clock`
//: billion ticks are {value}`each tick` multiply-adds a tick. With the registers of AVX2, 8 would
//: be one instruction each tick and 16 two; with those of AVX-512, 16 would be one and 32 two. The
//: quotient need not come out at one of these. The two were measured one after the other, and in
//: between the processor may have changed its clock, which also lifts the quotient above what one
//: clock allows, or another program may have taken a share of the core. It tells only which of them
//: is near.
//:
//: ## The loop that everyone writes first
//:
//: A layer multiplies with $W^\top$; when it learns, in section 1.4, it will multiply with $W$ as
//: it is. So we ask for the product $C = A B$ of any two matrices, and turn one over when we know
//: how. The formula $C_{ij} = \sum_k A_{ik} B_{kj}$ is a loop over $i$, over $j$, and over $k$:

static void multiply_i_j_k(const Matrix& a, const Matrix& b, Matrix& c) {
  for (Index i = 0; i < a.rows(); ++i) {
    for (Index j = 0; j < b.cols(); ++j) {
      Real sum = 0;
      for (Index k = 0; k < a.cols(); ++k) sum += a(i, k) * b(k, j);
      c(i, j) = sum;
    }
  }
}

//: Two things are wrong with it. The first is where the numbers lie. Look at the innermost loop. As
//: $k$ grows, `a(i, k)` walks along a row, to the next number in memory; but `b(k, j)` walks down a
//: column, and each step jumps over a whole row. Memory is read in lines of 64 bytes, sixteen
//: floats. Of each line that this walk touches, it uses one float, and by the time it comes back
//: for the next column, the first cache, which is small, has given up many of the lines to make
//: room for others.
//:
//: The second is the sum. Each addition needs the result of the one before, and waits four cycles
//: for it. Adding in another order would help, but floating-point numbers added in another order
//: give other last digits, so the compiler may not (the option `-ffast-math` lets it). One float at
//: a time, every four cycles, where sixteen could be done each cycle: that is $1/64$ of the limit,
//: or 1.6 %, even if memory cost nothing. (On a processor that does eight or thirty-two each cycle
//: it is twice or half of that.)
//:
//: A layer, whose $B$ is $W^\top$, is spared the first fault: column $j$ of $B$ is row $j$ of $W$,
//: and the walk goes along it. Its sums wait all the same, and 1.6 % remains the most that this
//: loop can reach.
//:
//: ## The loop that the cache likes
//:
//: Swap the two inner loops. Now $k$ stands still while $j$ runs: a number of $A$ is multiplied
//: with a whole row of $B$ and added to a whole row of $C$.

static void multiply_i_k_j(const Matrix& a, const Matrix& b, Matrix& c) {
  c.setZero();
  for (Index i = 0; i < a.rows(); ++i) {
    for (Index k = 0; k < a.cols(); ++k) {
      const Real factor = a(i, k);
      for (Index j = 0; j < b.cols(); ++j) c(i, j) += factor * b(k, j);
    }
  }
}

//: ```{figure-from} linear_memory
//: :alt: Two grids of numbered cells, numbered as they lie in memory. In the left one an arrow runs
//:   down a column, in the right one along a row.
//:
//: The innermost walk through $B$, whose cells are numbered as they lie in memory. Left, $i, j, k$:
//: each step lands in another line of the cache. Right, $i, k, j$: each line is used whole.
//: ```
//:
//: It is the same arithmetic, and the additions to different `c(i, j)` do not wait for each other,
//: so the compiler turns the inner loop into fused multiply-adds on whole registers. What limits it
//: now is traffic: for each multiply-add it loads a register of $B$, loads one of $C$, and stores
//: one of $C$.
//:
//: ## A product of our own
//:
//: To do better, a number that was loaded has to be used more than once before it is given up. Keep
//: a small tile of $C$ in registers, six rows by two registers: twelve registers, the twelve sums
//: that the measurement of the limit told us to have. For each $k$, load two registers of $B$ and
//: six numbers of $A$, and do all $2 \cdot 6 = 12$ multiply-adds between them. That is eight loads
//: for twelve multiply-adds, and no store until the tile is done {cite}`goto2008anatomy`.
//:
//: The kernel, as the innermost function of such a product is called, sees a matrix as an address
//: and two strides, the distances in memory from one row to the next and from one column to the
//: next. That makes a transposed matrix as easy to read as any other: exchange the two, and $W$ is
//: read as $W^\top$ without a number being moved.
//:
//: ```{listing} llm::Operand
//: ```
//: ```{listing} llm::as_is
//: :folded:
//: ```
//: ```{listing} llm::transposed
//: :folded:
//: ```
//:
//: A register is a type as well. GCC and clang add and multiply `Lanes` number by number, in one
//: instruction; `load` and `store` move them from and to memory, at any address.
//:
//: ```{listing} llm::Lanes
//: ```
//: ```{listing} llm::LanesInMemory
//: :folded:
//: ```
//: ```{listing} llm::load
//: :folded:
//: ```
//: ```{listing} llm::store
//: :folded:
//: ```
//:
//: With these the tile is what we said. `rows` is a template argument so that the compiler knows
//: how many sums there are, and gives a register to each; `lanes` is how many numbers a register
//: holds, and `tile_columns` is twice that. The sums begin with what `start` holds, zeros or a bias
//: or a result so far:
//:
//: ```{listing} llm::tile_product
//: :until: for (Index k = 0
//: ```
//:
//: For each $k$ come the eight loads, two registers of $B$ (from `panel`, of which more below) and
//: a number of $A$ for each row, and the twelve multiply-adds between them. Twelve sums, the two
//: registers of $B$ and one for the number of $A$ are 15 of the 16 registers that AVX2 has. Nothing
//: is written until the last $k$ is done:
//:
//: ```{listing} llm::tile_product
//: ```
//:
//: At the bottom and right edges of $C$ there may be no room for a whole tile, which has
//: `tile_rows`, 6, rows. There is a kernel for each number of rows from 1 to 6, and at the right
//: edge a tile is computed beside $C$ and copied.
//:
//: ```{listing} llm::TileProduct
//: :folded:
//: ```
//: ```{listing} llm::edge_product
//: :folded:
//: ```
//:
//: The tiles that use the same columns of $B$ read them again and again, and two registers of a row
//: lie a whole row away from the next two. So $B$ is first {term}`packed <packing>`: a block of it
//: is copied into panels two registers wide, in the very order in which the tiles will read it. A
//: block fits into the second cache. With $A$ of shape $(m, k)$ and $B$ of shape $(k, n)$, the
//: copying costs $k \cdot n$ moves for $m \cdot k \cdot n$ multiply-adds, and pays as soon as $A$
//: has some tens of rows. There are three ways to fill a panel. Whole rows are copied register by
//: register, and what is left over at the right edge number by number. When $B$ is given
//: transposed, its columns lie in memory one number after the other; then a square of registers at
//: a time is transposed, by riffling rows together as one riffles two halves of a deck of cards.
//: How it is done is not needed for anything that follows.
//:
//: ```{listing} llm::pack
//: :folded:
//: ```
//: ```{listing} llm::pack_rows
//: :folded:
//: ```
//: ```{listing} llm::pack_numbers
//: :folded:
//: ```
//: ```{listing} llm::pack_columns
//: :folded:
//: ```
//: ```{listing} llm::transpose
//: :folded:
//: ```
//: ```{listing} llm::interleave
//: :folded:
//: ```
//:
//: The same care for the other side: six rows of a transposed $A$ are copied together before they
//: are used for many tiles. Then the tiles of a block are computed, and the product goes over the
//: blocks of $B$. Where $B$ is deeper than one block, the next block starts from what the last one
//: left in $C$, which is why a tile has a `start`.
//:
//: ```{listing} llm::pack_tile
//: :folded:
//: ```
//: ```{listing} llm::block_product
//: :folded:
//: ```
//: ```{listing} llm::product_by_blocks
//: :folded:
//: ```
//:
//: The door to all this checks the shapes, and says what to read and what to start from. Here is
//: the one that a linear layer goes through. It reads its second matrix transposed, and starts from
//: the bias; a row stride of 0 lets every row of the result begin with the same numbers. `product`,
//: to which it leaves the rest, goes over the blocks as we have seen, or takes a second way, which
//: we come to at the end of this page.
//:
//: ```{listing} llm::multiply_transposed_bias
//: ```
//:
//: What remains are doors to the same room. Without a bias a product starts from `nothing`, an
//: operand of zeros whose strides are both 0. With the second matrix transposed, $A B^\top$, these
//: are the dot products of all rows of $A$ with all rows of $B$, which is also how words will score
//: each other from chapter 2 on. With the first one transposed, and added to what stands in $C$
//: already, it is what section 1.4 will find when it asks how each weight of a layer should change.
//:
//: ```{listing} llm::multiply
//: :folded:
//: ```
//: ```{listing} llm::multiply_transposed
//: :folded:
//: ```
//: ```{listing} llm::transposed_multiply_add
//: :folded:
//: ```
//:
//: How large are the pieces? That depends on the registers, so we ask the library, and divide a
//: matrix $B$ of 384 rows and columns:
//:
//: ```{listing} llm::product_pieces
//: :folded:
//: ```
//: ```{listing} llm::ProductPieces
//: :folded:
//: ```

static void pieces_of_a_product() {
  const Index m = 96, k = 384, n = 384;
  const ProductPieces sizes = product_pieces();
  const auto pieces = [](Index whole, Index part) { return (whole + part - 1) / part; };
  print("a tile of C   {:3} by {:3}, {} of them", sizes.tile_rows, sizes.tile_columns,
        pieces(m, sizes.tile_rows) * pieces(n, sizes.tile_columns));
  print("a block of B  {:3} by {:3}, {} of them, the last ones smaller", sizes.block_depth,
        sizes.block_columns, pieces(k, sizes.block_depth) * pieces(n, sizes.block_columns));
  print("a panel of B  {:3} by {:3}, {} in a block, which has {} KB", sizes.block_depth,
        sizes.tile_columns, sizes.block_columns / sizes.tile_columns,
        sizes.block_depth * sizes.block_columns * static_cast<Index>(sizeof(Real)) / 1024);
  const auto numbers = [](Index first, Index second) {
    return std::vector<double>{static_cast<double>(first), static_cast<double>(second)};
  };
  record_data("linear_pieces", "tile", numbers(sizes.tile_rows, sizes.tile_columns));
  record_data("linear_pieces", "block", numbers(sizes.block_depth, sizes.block_columns));
  record_data("linear_pieces", "rows", numbers(m, k));
  record_data("linear_pieces", "columns", numbers(k, n));
}
//: ```{output}
//: ```
//:
//: ```{figure-from} linear_pieces
//: :alt: Above, B over C and A to the left of C, drawn to scale: a block of B is divided into narrow
//:   panels, of which one is marked, with the six rows of A and the small tile of C that belong to
//:   it. Below, one step of that tile: a column of six numbers of A, a row of the panel in two
//:   registers, and the twelve sums between them.
//:
//: Above, the pieces to scale: the block of $B$ that was packed (outlined), one of its panels, and
//: the rows of $A$ that meet it in one tile of $C$. Below, one step of $k$ in that tile: every
//: number of $A$ meets both registers of the panel's row.
//: ```
//:
//: ## The race
//:
//: Here are the two loops and our product on square matrices of 480 rows,
//: $2 \cdot 480^3 = 2.2 \cdot 10^8$ operations, together with the product that Eigen computes when
//: we write `a * b`:

namespace {

/// A way to multiply: its name, and how long it takes on square matrices of `size` rows.
struct Contender {
  std::string name;
  std::function<void(const Matrix&, const Matrix&, Matrix&)> multiply;
};

/// The four contenders.
std::vector<Contender> contenders() {
  return {{"i, j, k", multiply_i_j_k},
          {"i, k, j", multiply_i_k_j},
          {"Eigen", [](const Matrix& a, const Matrix& b, Matrix& c) { c.noalias() = a * b; }},
          {"ours", [](const Matrix& a, const Matrix& b, Matrix& c) { multiply(a, b, c); }}};
}

/// GFLOP/s of a contender on square matrices.
double speed(const Contender& contender, Index size) {
  Generator generator(static_cast<std::uint64_t>(size));
  const Matrix a = random_normal(size, size, generator), b = random_normal(size, size, generator);
  Matrix c(size, size);
  const double seconds = fastest_seconds([&] { contender.multiply(a, b, c); }, 5);
  return 2e-9 * static_cast<double>(size * size * size) / seconds;
}

}  // namespace

static void race(double limit) {
  record_data("linear_memory", "shape", std::vector<double>{5, 8});
  const std::vector<Index> sizes = {24, 48, 96, 240, 480};
  for (const Contender& contender : contenders()) {
    std::vector<double> percents;
    for (const Index size : sizes) percents.push_back(100 * speed(contender, size) / limit);
    print_timing("{:8} {:6.1f} GFLOP/s   {:5.1f} % of the limit", contender.name,
                 percents.back() * limit / 100, percents.back());
    record_data("linear_race", contender.name, percents);
    record(contender.name, "{:.1f}", percents.back());
    record(contender.name + " at 24", "{:.0f}", percents.front());
  }
  record_data("linear_race", "sizes", std::vector<double>(sizes.begin(), sizes.end()));
}
//: ```{output}
//: ```
//:
//: ```{figure-from} linear_race
//: :alt: Percent of the limit against the size of the matrices on logarithmic axes, one line for
//:   each of the four ways to multiply.
//:
//: The same product in four ways, in percent of what the core can do. The two that work in tiles
//: are ahead of both loops; the first loop never gets to a tenth.
//: ```
//:
//: The first loop reaches {value}`i, j, k` % of the limit, near the 1.6 % that we predicted from
//: the waiting alone. (Where it is more, an addition is ready sooner than after four cycles. Small
//: matrices let this loop do better: their sums are so short that the processor begins the next one
//: before the last is done.) Swapping two lines brings it to
//: {value}`i, k, j` %. Eigen's product gets {value}`Eigen` % and ours {value}`ours` %.
//:
//: Eigen's product is built like ours, with tiles and packing, for every type of number and every
//: processor. Ours has one kind of number and one shape of tile. On matrices of 24 rows the figure
//: shows {value}`Eigen at 24` % for Eigen's and {value}`ours at 24` % for ours: there a whole
//: product is $2 \cdot 24^3 = 27{,}648$ operations, a fraction of a microsecond at the limit, and
//: all that is done beside the multiply-adds, such as packing, counts most. The layers of this book
//: call ours; where speed does not matter we write `a * b`, which reads like the formula.
//:
//: They all compute the same numbers, up to the last digits, which depend on the order of the
//: additions:

static void all_agree() {
  Generator generator(3);
  const Matrix a = random_normal(70, 90, generator), b = random_normal(90, 50, generator);
  const Eigen::MatrixXd exact = a.cast<double>() * b.cast<double>();
  for (const Contender& contender : contenders()) {
    Matrix c(70, 50);
    contender.multiply(a, b, c);
    const double error = (c.cast<double>() - exact).cwiseAbs().maxCoeff();
    print("{:8} largest error below 1e-4: {}", contender.name, error < 1e-4 ? "yes" : "no");
  }
}
//: ```{output}
//: ```
//:
//: ## One row at a time
//:
//: Tiles and packing live on one thing: a number that was loaded is used again and again, once for
//: each row of $A$. But a model that writes, as ours will in chapter 5, makes one character after
//: the other, and sends each through its layers alone. Then $A$ is a single row. Each weight meets
//: one input, in one multiply-add, and is not needed again. To pack it first is more work than to
//: use it.
//:
//: What does one row need? A layer from 768 features to 3,072 has 2.4 million weights, or 9.4
//: megabytes, for 4.7 million operations. At a hundred billion operations a second these take 47
//: microseconds, and to read 9.4 megabytes in that time, memory would have to deliver two hundred
//: gigabytes a second. (Two channels of DDR5-5600 deliver $2 \cdot 8 \cdot 5.6 = 90$ at most.) So
//: the time of one row is the time of reading the weights, and the best that we can do is to read
//: each of them once, in the order in which it lies there, so that the processor can fetch ahead.
//:
//: A question lies in order, for it is a row of $W$. But one question is one sum, which waits four
//: cycles for each addition. To have more sums under way we ask as many questions side by side as a
//: register has lanes, eight with AVX2, and keep their eight sums in one register. The walk then
//: goes along eight rows at the same time. What is wanted for each step is a register with the
//: weights that eight questions have for *one* feature; what lies in memory is eight weights of one
//: question for eight features. Load a square of eight by eight and transpose it in registers, as
//: packing did, and the one becomes the other. (`b` is $W^\top$ here, so that `b.at(first, i)` is
//: where question `i` keeps its weight for the feature `first`.) The processor fetches ahead by
//: itself along a row, but a strip of eight questions begins in eight places that it cannot guess; so
//: with each weight that is loaded, `__builtin_prefetch` asks for the one at the same place of the
//: next strip.
//:
//: ```{listing} llm::strip_product
//: :until: transpose(square);
//: ```
//:
//: Now `square[i]` holds what all eight questions weigh feature `first + i` with, and that feature
//: is one number. If there are two rows of $A$, or three or four, they share the square, each with
//: sums of its own, and the weights are still read once. The features left over at the end, fewer
//: than eight, are collected one by one:
//:
//: ```{listing} llm::strip_product
//: ```
//:
//: Nothing was written in between, no panel and no copy. And every sum adds its products in the
//: order of $k$, as it does in a tile, so that a row has the same answers, to the last digit,
//: whether it is asked alone or among a hundred. A test of the library holds us to it. It caught us
//: once: tuned for some processors, GCC splits a fused multiply-add in two where a loop has only
//: one sum, and a single row came out with other last digits. The build now forbids it for this
//: file.
//:
//: ```{listing} llm::StripProduct
//: :folded:
//: ```
//: ```{listing} llm::product_by_strips
//: :folded:
//: ```
//:
//: Which of the two ways a product takes is decided where all doors lead. Strips are for at most
//: `few_rows`, 4, rows, and for a second matrix that is read transposed (the next row of $B$ is
//: then the next number in memory):
//:
//: ```{listing} llm::product
//: ```
//:
//: What it is worth shows beside the same layer with its questions in columns, whose product has to
//: be packed however few rows there are:

static void one_row_and_many() {
  Generator generator(5);
  const Matrix questions = random_normal(3072, 768, generator), turned = questions.transpose();
  for (const Index rows : {1, 4, 64}) {
    const Matrix inputs = random_normal(rows, 768, generator);
    Matrix outputs(rows, 3072);
    const auto milliseconds = [](const std::function<void()>& work) {
      return 1e3 * fastest_seconds(work, 10);
    };
    print_timing("{:2} at a time: questions in rows {:.2f} ms, in columns {:.2f} ms", rows,
                 milliseconds([&] { multiply_transposed(inputs, questions, outputs); }),
                 milliseconds([&] { multiply(inputs, turned, outputs); }));
  }
}
//: ```{output}
//: ```
//:
//: One row takes several times as long when it is packed, and even four rows in strips are done
//: before one that is packed. Among 64 rows each weight that was packed is used 64 times, and the
//: two come near each other. Since rows serve both cases, all weights of this book are stored a
//: question a row. Section 5.6, where a text is written one character at a time, lives on it.
//:
//: ## In the wild
//:
//: Every published language model is mostly this layer. GPT-3 asks rows of 12,288 features up to
//: 49,152 questions at once, with a $W$ of $49{,}152 \times 12{,}288$ {cite}`brown2020language`.
//: Counting the whole model by its linear layers alone, two operations for each weight and
//: position, is so close to the truth that the laws which predict how good a model will be from
//: what it costs are written with it {cite}`kaplan2020scaling`. PyTorch stores $W$ as we do,
//: $(d_\text{out}, d_\text{in})$, one question a row, and so do the files of the Llama family;
//: those of GPT-2 have it the other way around, which whoever reads them has to know. Many newer
//: models leave the bias out, the Llama family among them {cite}`touvron2023llama`; section 5.4
//: trains a model with biases and without, and compares.
//:
//: ## Exercises
//:
//: `````{exercise} 1.2a
//: :title: The size of a layer
//: :kind: paper
//:
//: A layer of GPT-2 takes 768 features to 3,072, with a bias. How many numbers does it have to
//: learn? How many operations does it take for 1,024 positions? At {value}`limit` GFLOP/s, how long
//: is that at least?
//:
//: ```{hint}
//: There is a weight for each pair of an input and an output feature.
//: ```
//: ```{hint}
//: In how many operations does a weight take part for one position? How many positions are there?
//: The biases are too few to matter.
//: ```
//: ```{solution}
//: $768 \cdot 3072 + 3072 = 2{,}362{,}368$ numbers.
//: $2 \cdot 1024 \cdot 768 \cdot 3072 = 4.8 \cdot 10^9$ operations, and the additions of the bias,
//: 3 million more, do not count beside them. Divide 4.8 by {value}`limit` to get seconds.
//: ```
//: `````
//:
//: `````{exercise} 1.2b
//: :title: A linear layer in three loops
//: :kind: code
//: :function: linear_by_loops
//:
//: Write `linear_by_loops(inputs, weights, bias)`, which returns $X W^\top + b$ for inputs
//: $(n, d_\text{in})$, weights $(d_\text{out}, d_\text{in})$ and bias $(d_\text{out})$, with loops
//: over single numbers, and without any product of Eigen's. Choose an order of the loops that walks
//: along rows.
//:
//: ```{hint}
//: Start every answer as the bias of its question. Then nothing remains but to add products.
//: ```
//: ```{hint}
//: The innermost statement is the same for all orders. When its innermost index takes a step, which
//: of `inputs`, `weights` and `outputs` move to another row? There is an index for which none does.
//: ```
//: ```{solution}
//: The loop over $k$ is innermost, so both `inputs` and `weights` are walked along their rows,
//: while `outputs` stays where it is. It is the loop that everyone writes first, and for this
//: layout it is the right one, but for the waiting of its sums.
//: ```
//: `````
//:
//: `````{exercise} 1.2c
//: :title: Six orders of three loops
//: :kind: experiment
//:
//: Three loops can be nested in six orders. Predict which of the other four are about as fast as
//: $i, j, k$, which are as fast as $i, k, j$, and which are slower than both. Add them to
//: `contenders()` and run section 1.2.
//:
//: ```{hint}
//: Only the innermost loop matters much. There are three choices for it.
//: ```
//: ```{hint}
//: With $j$ innermost, two rows are walked along. With $k$ innermost, a row and a column. With $i$
//: innermost, two columns.
//: ```
//: ```{solution}
//: $k, i, j$ is about as fast as $i, k, j$, for its innermost loop is the same; $j, i, k$ is about
//: as slow as $i, j, k$. The two with $i$ innermost, $j, k, i$ and $k, j, i$, walk down columns of
//: both $A$ and $C$, write to another line of the cache at each step, and are the slowest.
//: Measured once with matrices of 480 rows, on a machine whose limit was 129 GFLOP/s, two runs each:
//:
//: | innermost | orders | GFLOP/s | % of the limit |
//: | --- | --- | --- | --- |
//: | $j$ | $i, k, j$ and $k, i, j$ | 22.0 to 25.1 | 17.1 to 19.5 |
//: | $k$ | $i, j, k$ and $j, i, k$ | 1.23 to 1.38 | 0.96 to 1.07 |
//: | $i$ | $j, k, i$ and $k, j, i$ | 0.87 to 1.05 | 0.68 to 0.81 |
//:
//: Compare the ratios with yours and not the speeds: nearly 20 between the first line and the
//: second, and less than 2 between the second and the third.
//: ```
//: `````

void linear_layers() {
  two_questions_by_hand();
  a_wrong_shape_is_named();
  four_questions();
  const double limit = measured_limit();
  pieces_of_a_product();
  race(limit);
  all_agree();
  one_row_and_many();
}
