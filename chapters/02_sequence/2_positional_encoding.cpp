//: # Positional encoding
//:
//: "Dog bites man" is no news; "man bites dog" is. The words are the same and their order is not.
//: Does anything that we have built see the difference?
//:
//: We have dot products, which score two words (section 1.1), and the softmax, which turns scores
//: into weights (section 2.1). Together they let a word look at its sentence: it scores every word
//: of it, itself too, turns the scores into weights, and takes the mean of all the words' vectors
//: with these weights. Chapter 3 makes much of this idea. With the words as the rows of a matrix
//: $X$ of shape $(T, d)$, where $T$ is the number of positions and $d$ the number of features, all
//: words do it at once:
//:
//: $$Y = \operatorname{softmax}(X X^\top)\, X$$
//:
//: By hand, with two features: let *dog* be $(1, 0)$, *bites* $(1, 1)$ and *man* $(0, 1)$. The word
//: *bites* scores *dog* 1, itself 2, and *man* 1. The exponentials are 2.718, 7.389 and 2.718, the
//: weights 0.212, 0.576 and 0.212, and the mean is
//: $0.212\,(1, 0) + 0.576\,(1, 1) + 0.212\,(0, 1) = (0.788, 0.788)$. Now read the same calculation
//: for "man bites dog". The program prints all three rows for both sentences:

#include <fmt/format.h>

#include <cmath>
#include <exception>
#include <string>
#include <vector>

#include "common/foundations/linear.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/positions.hpp"
#include "common/sequence/softmax.hpp"

using namespace llm;

namespace {

const std::vector<std::string> dog_bites_man = {"dog", "bites", "man"};
const std::vector<std::string> man_bites_dog = {"man", "bites", "dog"};

/// The vectors of the words of a sentence made of "dog", "bites" and "man", (T, 2).
Matrix word_vectors(const std::vector<std::string>& sentence) {
  Matrix rows(static_cast<Index>(sentence.size()), 2);
  for (Index t = 0; t < rows.rows(); ++t) {
    const std::string& word = sentence[static_cast<std::size_t>(t)];
    rows.row(t) << Real(word != "man"), Real(word != "dog");
  }
  return rows;
}

/// Each row becomes the mean of all rows, weighted with the softmax of its dot products with them.
Matrix look_around(const Matrix& rows) {
  return softmax_rows(rows * rows.transpose()) * rows;
}

void order_is_invisible() {
  show("dog bites man", look_around(word_vectors(dog_bites_man)), 3, dog_bites_man);
  show("man bites dog", look_around(word_vectors(man_bites_dog)), 3, man_bites_dog);
}
//: ```{output}
//: ```
//:
//: Each word gets the same vector in both sentences. It must: the mean is a sum over the words,
//: each term made from two word vectors, and a sum does not know the order of its terms. Nobody
//: could tell from these vectors who was bitten. If the order is to count, it must be written into
//: the vectors themselves.
//:
//: ## Stamps that fail
//:
//: So stamp each word with its position $t = 0, 1, 2, …$: add to its vector another one, that says
//: $t$. What should that vector be?
//:
//: **The number itself**, added to some feature. Word vectors have features of size 1 or so. At
//: positions 90 and 100 the dot product of two stamped words would contain $90 \cdot 100 = 9000$,
//: and no word's meaning could be heard above that.
//:
//: **A fraction**, $t / T$. It stays between 0 and 1, but the step from one word to the next is now
//: $1/T$: in a sentence of ten words "next" means 0.1, in a text of a thousand it means 0.001.
//:
//: **The binary digits** of $t$, one a feature: 011, 100, 101, … They stay small, and a step means
//: the same in texts of every length. The last digit flips at each position, the one before it at
//: every second, the next at every fourth: fast digits tell neighbors apart, and slow ones tell the
//: beginning from the end. But from 011 to 100, one step, all three flip, and from 000 to 100, four
//: steps, only one does. Near positions should have near stamps.
//:
//: ## Clock hands
//:
//: A clock has what the digits lack. Its hands go round at different speeds as digits do, and they
//: move smoothly. A hand that has turned by the angle $\alpha$ points to
//: $(\sin\alpha, \cos\alpha)$, if it starts upward and turns clockwise. That makes two features of
//: size at most 1 for each hand. With $d$ features we have $d/2$ hands; hand $i$ turns by
//: $\omega_i$ radians a position. (A radian is the angle at which the way along the circle is as
//: long as the hand, 57.3 degrees; a full turn is $2\pi = 6.28$ radians. The functions of C++ take
//: radians.)
//:
//: The **sinusoidal encoding** {cite}`vaswani2017attention` is a matrix $P$ of shape $(T, d)$. For
//: $i = 0, …, d/2 - 1$,
//:
//: $$P_{t,\,2i} = \sin(\omega_i t), \qquad P_{t,\,2i+1} = \cos(\omega_i t), \qquad
//: \omega_i = 10000^{-2i/d}$$
//:
//: In words: row $t$ is a photograph of $d/2$ clock hands at time $t$. The fastest hand turns by 1
//: radian a position, and each next one is slower by the same factor, $10000^{2/d}$. The slowest
//: turns by 1/100 if $d = 4$, by 1/7499 if $d = 64$, and never by less than 1/10000.
//:
//: ```{listing} llm::angular_frequencies
//: ```
//:
//: ```{listing} llm::sinusoidal_positions
//: ```
//:
//: By hand for $d = 4$: there are two hands, with $\omega_0 = 1$ and
//: $\omega_1 = 10000^{-2/4} = 0.01$. At position 2 they have turned by 2 and 0.02 radians, and
//: $\sin 2 = 0.909$, $\cos 2 = -0.416$, $\sin 0.02 = 0.020$, $\cos 0.02 = 1.000$.

void encodings() {
  show("encodings of four positions", sinusoidal_positions(4, 4), 3, {"0", "1", "2", "3"},
       {"sin t", "cos t", "sin t/100", "cos t/100"});
  record_data("position_heatmap", "encodings", sinusoidal_positions(128, 64));
}
//: ```{output}
//: ```
//:
//: ```{figure-from} position_heatmap
//: :alt: A heat map of 128 rows and 64 columns; the left columns alternate quickly down the rows,
//:   toward the right the stripes grow longer until the columns are constant.
//:
//: The encodings of positions 0 to 127 (downward) with 64 features (to the right). On the left the
//: fast hands flicker from row to row; the slow ones on the right hardly move in 128 positions. No
//: two rows are the same.
//: ```
//:
//: ## What the dot product of two stamps says
//:
//: Scores are dot products, so what matters is the dot product of two stamps. The cosine of a
//: difference is $\cos(a - b) = \sin a \sin b + \cos a \cos b$, and this is what each hand
//: contributes:
//:
//: $$P_t \cdot P_u
//: = \sum_{i} \bigl(\sin \omega_i t \sin \omega_i u + \cos \omega_i t \cos \omega_i u\bigr)
//: = \sum_{i} \cos\bigl(\omega_i (t - u)\bigr)$$
//:
//: Wherever two words stand, the dot product of their stamps depends on nothing but the distance
//: $t - u$.

void dot_products_of_stamps() {
  const Matrix positions = sinusoidal_positions(1024, 64);
  const std::vector<Index> distances = {0, 1, 2, 5, 10, 50}, starts = {0, 20, 500};
  Matrix products(3, 6);
  for (Index row = 0; row < 3; ++row) {
    for (Index column = 0; column < 6; ++column) {
      const Index t = starts[static_cast<std::size_t>(row)];
      const Index u = t + distances[static_cast<std::size_t>(column)];
      products(row, column) = positions.row(t).dot(positions.row(u));
    }
  }
  show("dot product with the stamp at a distance of", products, 2,
       {"from position 0", "from position 20", "from position 500"},
       {"0", "1", "2", "5", "10", "50"});
}
//: ```{output}
//: ```

void similarity_over_distance() {
  std::vector<double> distances;
  for (int distance = -100; distance <= 100; ++distance) distances.push_back(distance);
  record_data("position_distance", "distance", distances);
  for (Index width : {2, 16, 256}) {
    const Matrix positions = sinusoidal_positions(201, width);
    const Vector products = positions.row(100) * positions.transpose();
    record_data("position_distance", fmt::format("{} hands", width / 2),
                Matrix(products / static_cast<Real>(width / 2)));
  }
}
//: ```{figure-from} position_distance
//: :alt: Three curves of similarity against distance from -100 to 100; one hand gives a cosine wave
//:   that keeps returning to 1, 8 hands a peak with ripples, 128 hands a sharp peak with a smooth
//:   slope.
//:
//: The cosine similarity of two stamps against their distance. One hand returns to 1 at every turn;
//: many hands agree fully only where the distance is 0 and, but for ripples, less and less away
//: from it.
//: ```
//:
//: At distance 0 every hand contributes $\cos 0 = 1$, so the products begin at $d/2 = 32$ (the
//: figure divides by the number of hands); from there the similarity falls, not without ripples.
//: The curve is the same to the left and to the right, since $\cos(-x) = \cos x$: this dot product
//: knows how far, but not which way. Section 2.3 will mend that.
//:
//: ## Why so many hands
//:
//: Take all hands but the fastest away, and position 44 looks like position 0: 44 radians are
//: $44 / 6.283 = 7.003$ turns. How many hands does it take, until the stamp that resembles that of
//: position 0 most is that of its neighbor, as it should be? For each number of hands we search the
//: positions 1 to 4095.

void hands_needed() {
  Index enough = 0;
  for (Index hands : {1, 2, 3, 4, 5, 6, 8, 16, 32}) {
    const Matrix positions = sinusoidal_positions(4096, 2 * hands);
    Index most_alike = 0;
    const Vector similarities = positions.bottomRows(4095) * positions.row(0).transpose();
    const Real best = similarities.maxCoeff(&most_alike);
    if (most_alike > 0) enough = 0;
    if (most_alike == 0 && enough == 0) enough = hands;
    print("{:2} hands   most like position 0: position {:4}   similarity {:.4f}", hands,
          most_alike + 1, best / static_cast<Real>(hands));
  }
  record("enough", "{}", enough);
}
//: ```{output}
//: ```
//:
//: One hand is fooled at position 710, which is 113 turns to within a hundred-thousandth (355/113
//: is a famous approximation of $\pi$). A second hand, a hundred times slower, helps less than one
//: would hope, because there is no hand between them. From {value}`enough` hands on, the nearest
//: stamp is the neighbor's.
//:
//: ## Stamping
//:
//: The stamp is added, feature by feature. One might append it instead, but that would make every
//: vector, and every weight matrix after it, larger. A sum seems to mix up two things that can't be
//: told apart again; yet in many dimensions there is room for both, as the measurement below will
//: show.
//:
//: ```{listing} llm::add_positions
//: ```
//:
//: ```{listing} llm::check_positions
//: ```

void order_becomes_visible() {
  for (const auto& sentence : {dog_bites_man, man_bites_dog}) {
    Matrix rows = word_vectors(sentence);
    add_positions(rows, sinusoidal_positions(3, 2));
    show(fmt::format("{} {} {}, stamped", sentence[0], sentence[1], sentence[2]), look_around(rows),
         3, sentence);
  }
}
//: ```{output}
//: ```
//:
//: Now *bites* has a different vector in each sentence, and so has every word. What a network does
//: with the difference is for it to learn; before, there was no difference.
//:
//: Why add a hand's photograph rather than some other smooth signal? Because moving by $k$
//: positions is then a linear layer. The formulas for the sine and cosine of a sum,
//:
//: $$\begin{aligned}
//: \sin(\omega t + \omega k) &= \sin \omega t \cos \omega k + \cos \omega t \sin \omega k
//: \\ \cos(\omega t + \omega k) &= \cos \omega t \cos \omega k - \sin \omega t \sin \omega k
//: \end{aligned}$$
//:
//: make the stamp of $t + k$ out of the stamp of $t$ with four factors that contain $k$ and not
//: $t$. A layer that has learned "the word before" for one place has learned it for all. You will
//: write this map in exercise 2.2c, and section 2.3 puts it in place of the addition.
//:
//: ## Learned positions
//:
//: One can also leave the stamps to gradient descent. Make $P$ a table of parameters, $(L, d)$ for
//: texts of at most $L$ words, start it with small random numbers, and learn it with the rest. Its
//: gradient is easily had: row $t$ was added to the word at position $t$, so a change of the row is
//: a change of that sum, and its gradient is the sum's. Every text uses the same rows, and a
//: parameter that is used several times gathers all of its gradients (moving it moves all its
//: uses), which is why this function adds:
//:
//: ```{listing} llm::add_positions_backward
//: ```
//:
//: ## Without them, and beyond the end
//:
//: Which of the stamps does a network read best? We give one linear layer (section 1.2) the task to
//: say where a word stands. A text is 64 words drawn at random from a vocabulary of 20, whose
//: vectors are random too. The layer sees one stamped word, $(1, 64)$, and answers with one number,
//: which should be $t / 64$. We train it by gradient descent on the mean squared error, one new
//: text a step, 3,000 steps: with no stamp, with sinusoids, and with a learned table. Then we ask
//: it about new texts.

struct PositionReader {
  Matrix positions;                      // the stamps, (L, 64)
  bool learned;                          // whether gradient descent may change them
  Matrix weights = Matrix::Zero(1, 64);  // one question
  Vector bias = Vector::Zero(1);
};

/// A text of `length` words drawn from the rows of `vocabulary`.
Matrix random_text(const Matrix& vocabulary, Index length, Generator& generator) {
  Matrix rows(length, vocabulary.cols());
  for (Index t = 0; t < length; ++t) {
    rows.row(t) = vocabulary.row(uniform_index(vocabulary.rows(), generator));
  }
  return rows;
}

void train(PositionReader& reader, const Matrix& vocabulary, Generator& generator) {
  const Index length = 64;
  const Vector truth = Vector::LinSpaced(length, 0, Real(length - 1) / Real(length));
  const Real rate = Real(0.03);
  for (int step = 0; step < 3000; ++step) {
    Matrix rows = random_text(vocabulary, length, generator);
    add_positions(rows, reader.positions);
    const Matrix answers = linear(rows, reader.weights, reader.bias);  // (64, 1)
    const Matrix answer_gradient = 2 * (answers - truth.transpose()) / Real(length);
    Matrix row_gradient(rows.rows(), rows.cols()), weight_gradient = Matrix::Zero(1, 64);
    Vector bias_gradient = Vector::Zero(1);
    linear_backward(answer_gradient, rows, reader.weights, row_gradient, weight_gradient,
                    bias_gradient);
    // It adds what it is given; with -rate times the gradient that is the step itself.
    if (reader.learned) add_positions_backward(-rate * row_gradient, reader.positions);
    reader.weights -= rate * weight_gradient;
    reader.bias -= rate * bias_gradient;
  }
}

/// What the reader answers for words at positions `first` to first + length - 1, in positions.
Vector read_positions(const PositionReader& reader, const Matrix& vocabulary, Index first,
                      Index length, Generator& generator) {
  Matrix rows = random_text(vocabulary, length, generator);
  add_positions(rows, reader.positions, first);
  return 64 * linear(rows, reader.weights, reader.bias).transpose();
}

void report(const char* name, PositionReader reader) {
  Generator generator(23);
  const Matrix vocabulary = random_normal(20, 64, generator, Real(0.3));
  train(reader, vocabulary, generator);
  const auto error = [&](Index first) {
    const Vector answers = read_positions(reader, vocabulary, first, 64, generator);
    const Vector truth = Vector::LinSpaced(64, Real(first), Real(first + 63));
    return std::sqrt((answers - truth).squaredNorm() / 64);
  };
  const Vector heard = reader.weights * vocabulary.transpose();
  const Vector told = reader.weights * reader.positions.topRows(64).transpose();
  print("{:10} weights · words: {:6.3f} to {:5.3f}   weights · stamps: {:6.3f} to {:5.3f}", name,
        heard.minCoeff(), heard.maxCoeff(), told.minCoeff(), told.maxCoeff());
  print("{:10} positions 0 to 63: error {:5.2f}", "", error(0));
  const Index rows = reader.positions.rows();
  record_data("position_extrapolation", name,
              Matrix(read_positions(reader, vocabulary, 0, rows, generator)));
  try {
    print("{:10} positions 64 to 127: error {:5.2f}", "", error(64));
  } catch (const std::exception& problem) {
    print("{:10} positions 64 to 127: the program stops, with the message\n{}", "", problem.what());
  }
}

void where_am_i() {
  Generator generator(24);
  report("none", {.positions = Matrix::Zero(128, 64), .learned = false});
  report("sinusoids", {.positions = sinusoidal_positions(128, 64), .learned = false});
  report("learned", {.positions = random_normal(64, 64, generator, Real(0.02)), .learned = true});
}
//: ```{output}
//: ```
//:
//: Without a stamp the best answer is "the middle", always. The numbers from 0 to 63 lie
//: $64 / \sqrt{12} = 18.5$ positions from their middle, as a root of the mean square, and that is
//: the error: the words say nothing about their places. With either stamp the error falls to a
//: fraction of a position, although the layer sees only the sum of word and stamp. In 64
//: dimensions, 20 words leave enough directions free: the layer has found weights whose dot product
//: is nearly the same for every word, so that it cannot tell words apart by it, and different for
//: every stamp. What is the same for all words is a constant, and the bias makes up for it.
//:
//: ```{figure-from} position_extrapolation
//: :alt: A scatter plot of said position against true position from 0 to 127; up to 63 sinusoids
//:   and the learned table lie on the diagonal, beyond it the learned table has no points and the
//:   sinusoids bend away downward, and without a stamp all answers lie around 32.
//:
//: What the layer answers, trained on positions 0 to 63. On the diagonal it is right. Beyond 63 the
//: learned table has no rows, and the sinusoids mislead.
//: ```
//:
//: Beyond the trained length both fail, each in its way. The learned table has no row 64, and says
//: so. The sinusoids exist for every position, but being there is not being understood: the slow
//: hands now point where they never pointed in training, and the layer extends a curve of which it
//: has seen the beginning. A model trained on texts of one length is, with either stamp, a model
//: for texts of that length.
//:
//: ## What it costs
//:
//: One addition a feature: for 1,024 words of 768 features (the sizes of GPT-2
//: {cite}`radford2019language`) 786,432 additions, where a single linear layer from 768 to 768
//: features takes 768 times as many multiplications and additions. So stamping should take about a
//: thousandth of the layer's time, or more where it waits for memory: every addition reads two
//: numbers and writes one. The table is computed once.

void cost() {
  const Index length = 1024, width = 768;
  Generator generator(25);
  Matrix rows = random_normal(length, width, generator), outputs(length, width);
  const Matrix weights = random_normal(width, width, generator);
  Matrix positions;
  const double table = fastest_seconds([&] { positions = sinusoidal_positions(length, width); }, 1);
  const double stamping = fastest_seconds([&] { add_positions(rows, positions); });
  const double layer =
      fastest_seconds([&] { linear_forward(rows, weights, Vector(), outputs); }, 1);
  print_timing("computing the table    {:8.3f} ms, once", 1e3 * table);
  print_timing("stamping 1024 words    {:8.3f} ms", 1e3 * stamping);
  print_timing("one linear layer       {:8.3f} ms", 1e3 * layer);
  record("stamping share", "{:.1f}", 100 * stamping / layer);
}
//: ```{output}
//: ```
//:
//: Stamping took {value}`stamping share`% of the layer's time when this page was made. The table
//: takes 3 MiB, and if it is learned, it is 786,432 parameters, of GPT-2's 124 million.
//:
//: ## In the wild
//:
//: The first transformer used sinusoids, and reported that learned positions did as well
//: {cite}`vaswani2017attention`. Learned positions are older {cite}`gehring2017convolutional`;
//: GPT-2 has a table of 1,024 of them, and reads no further. Others leave the words unstamped and
//: change the scores: T5 {cite}`raffel2020exploring` learns a number for each range of distances
//: and adds it to the score, and ALiBi {cite}`press2022train` subtracts from the score a multiple
//: of the distance, which goes on working beyond the trained length. A model in which each word
//: sees only the words before it (section 4.1) can even do without, because the number of words
//: that it sees gives its position away {cite}`haviv2022transformer`. Most models of today turn the
//: features like clock hands instead of adding the hands to them. That is the next section.
//:
//: ## Exercises
//:
//: ````{exercise} 2.2a
//: :title: The slowest hand
//: :kind: paper
//:
//: How many positions does the slowest hand of an encoding with $d = 64$ features need for a full
//: turn? To what must 10000 be changed, so that it needs a million positions?
//:
//: ```{hint}
//: The slowest hand is the one with $i = d/2 - 1 = 31$. A full turn is $2\pi$.
//: ```
//: ```{hint}
//: Write the full turn, $2\pi / \omega_{31}$, with a base $b$ in place of 10000. The logarithm of a
//: power is a product.
//: ```
//: ```{solution}
//: $\omega_{31} = 10^{-4 \cdot 62/64} = 10^{-3.875} = 1.33 \cdot 10^{-4}$, and
//: $2\pi / \omega_{31} = 47{,}100$ positions. For a million, $b^{62/64} = 10^6 / 2\pi = 159{,}155$,
//: so $\ln b = \tfrac{64}{62} \ln 159{,}155 = 12.364$ and $b \approx 234{,}000$.
//: ```
//: ````
//:
//: ````{exercise} 2.2b
//: :title: Sines first, then cosines
//: :kind: code
//: :function: sinusoids_in_halves
//:
//: Some programs write the same angles in another order: all sines in the left half of the row, all
//: cosines in the right half. Write `sinusoids_in_halves(length, width)`, which returns these
//: encodings of positions 0 to length − 1, from the formula.
//:
//: ```{hint}
//: Column $i$ of the left half and column $i$ of the right half belong to the same hand.
//: ```
//: ```{hint}
//: Check your first row by eye: all angles are 0 there. Then the second: which two of its columns
//: belong to the hand that turns by 1 radian?
//: ```
//: ```{solution}
//: The angles are those of `sinusoidal_positions`; only the columns differ:
//: ```
//: ````
//:
//: ````{exercise} 2.2c
//: :title: Moving a stamp
//: :kind: code
//: :function: shift_encoding
//:
//: Write `shift_encoding(encoding, shift)`, which takes a row of `sinusoidal_positions`, a vector
//: of shape $(d)$, and returns the row of the position that lies `shift` further on, without
//: knowing where it started. The shift may be negative.
//:
//: ```{hint}
//: The formulas for the sine and cosine of a sum are on this page. What do they need besides the
//: stamp?
//: ```
//: ```{hint}
//: $\sin \omega t$ and $\cos \omega t$ are in the stamp, and $\omega k$ you can compute, for each
//: pair its own. Both new numbers of a pair need both old ones.
//: ```
//: ```{solution}
//: Each hand turns at its own speed, and each pair is read before it is written:
//: ```
//: ````
//:
//: ````{exercise} 2.2d
//: :title: Room for both
//: :kind: experiment
//:
//: The layer could tell position from meaning because 20 words leave many of 64 dimensions free. In
//: `report`, change the vocabulary to 60 words, then to 2,000. What do you expect for the
//: sinusoids, and for the learned table?
//:
//: ```{hint}
//: The layer wants 64 weights whose dot product with every word's vector is the same: perpendicular
//: to all differences of words. How many such directions are there with 20 words, with 60, with
//: 2,000?
//: ```
//: ```{hint}
//: With 60 words there are still 5 of 64 directions in which no words differ; with 2,000 there are
//: none, and each word adds some noise to the answer. The table is learned along with the weights:
//: how well can it be learned while the words shout?
//: ```
//: ```{solution}
//: The errors at positions 0 to 63 are
//:
//: | words | sinusoids | learned table |
//: | --- | --- | --- |
//: | 20 | 0.15 | 0.05 |
//: | 60 | 2.84 | 5.03 |
//: | 2,000 | 3.79 | 15.46 |
//:
//: With 2,000 words the words are noise, which the layer can only average away by reading many
//: hands at once. The learned table suffers most: its rows start near 0, far below the words, and
//: 3,000 steps are too few for them to grow. More steps help it, and so do larger stamps: after
//: 30,000 steps its error is 5.75, and after 3,000 from stamps of typical size 0.7 instead of 0.02,
//: which is that of the sinusoids, it is 8.59.
//: ```
//: ````

}  // namespace

void positional_encoding() {
  order_is_invisible();
  encodings();
  dot_products_of_stamps();
  similarity_over_distance();
  hands_needed();
  order_becomes_visible();
  where_am_i();
  cost();
}
