//: # Multi-head attention
//:
//: *Canis virum mordet.* The dog bites the man. *Canem vir mordet.* The man bites the dog. A Roman
//: could say either in any order, because the endings tell who does it (*canis*, *vir*) and to whom
//: it is done (*canem*, *virum*). For the verb to know what it is about, it must find both. The
//: attention of section 3.2 lets it mix the words of the sentence, once. Is once enough?
//:
//: ## One mixture, two answers
//:
//: Make it as small as it gets. The meaning of a noun is one number: dog 3, man 5. The verb looks at
//: the subject and at the object, half and half, and receives $\frac12 \cdot 3 + \frac12 \cdot 5 = 4$.
//: Which was the subject? From 4 nobody can tell: if the man bites the dog, the mixture is 4 as well.
//: With weights of 0.9 and 0.1 it is 3.2 for the dog's bite and 4.8 for the man's. Now the subject is
//: nearly right, and of the object there is hardly a trace.
//:
//: The trade-off is exact. Let the subject's number $s$ and the object's $o$ be random, independent,
//: of mean 0 and variance 1, and let the mixture be $m = a s + b o$. Guess the subject as $c\,m$. The
//: mean squared error is
//:
//: $$\text{mean of } (s - c\,m)^2 = 1 - 2ca + c^2 (a^2 + b^2),$$
//:
//: because the mean of $s^2$ is 1 and that of $s\,o$ is 0. It is smallest for $c = a / (a^2 + b^2)$,
//: where it is $1 - a^2/(a^2 + b^2)$. For the object it is $1 - b^2/(a^2 + b^2)$ by the same
//: reasoning. The two add up to 1, **whatever the weights are**: what the one gains, the other loses.
//: Who answers 0 to everything has errors of $1 + 1$. So a single mixture leaves half of the error
//: standing. Nothing in this depends on one number; a noun of four numbers has the same trade-off in
//: each.
//:
//: There is a way out that has to be closed before we go on. What is mixed are the *values*, and a
//: layer of its own makes them, $v = x W_V^\top$. A word knows its part: a mark says whether it is
//: a subject or an object. Could $W_V$ not write the meaning of a subject into the first columns of
//: $v$ and that of an object into the last, so that one mixture keeps them apart? It would have to
//: multiply the meaning with the mark, and a linear layer only adds. With the meaning $s$ and the
//: mark $e$ as parts of $x$, $v = s A^\top + e B^\top$, where $A$ and $B$ are the columns of $W_V$
//: that read the one and the other: the meaning goes through the same $A$ whatever the mark says,
//: and the mark adds a vector that knows nothing of the meaning. The mixture of a subject and an
//: object is $(a s + b o) A^\top$ plus something fixed. There is $a s + b o$ again, and no more of
//: it than before; a layer that learns its $W_V$ will show it below.
//:
//: Two mixtures would do it: one with the weights $(1, 0)$, one with $(0, 1)$.
//:
//: ## Several heads side by side
//:
//: So let several attentions run at once, each with its own queries, keys and values. One of them is
//: called a {term}`head`, and the whole {term}`multi-head attention`. To keep the cost the same, the
//: $d$ columns are divided among them: with $h$ heads each gets $d_h = d/h$. Head $k$ has weights of
//: its own, $W_Q^{(k)}$, $W_K^{(k)}$ and $W_V^{(k)}$, each $(d_h, d)$. The outputs of the heads,
//: $(T, d_h)$ each, are written side by side, and one more linear layer, $W_O$ of shape $(d, d)$,
//: mixes what they found:
//:
//: $$H_k = \operatorname{Attention}\!\left(X W_Q^{(k)\top},\, X W_K^{(k)\top},\, X W_V^{(k)\top}\right),
//: \qquad Y = \left[\, H_1 \;\; H_2 \;\cdots\; H_h \,\right] W_O^\top.$$
//:
//: In words: **each head asks its own question of the sentence, and a linear layer puts the answers
//: together.** Without $W_O$ the columns of the result would belong to heads for good; with it every
//: feature of the output can draw on all heads.
//:
//: In code no head has matrices of its own. The $W_Q^{(k)}$, one below the other, are one $(d, d)$
//: matrix, so that one product makes the queries of all heads, and head $k$ reads columns $k d_h$ to
//: $(k + 1) d_h - 1$ of the result. Three numbers say how the columns are divided; `key_value_heads`
//: is for the end of this page, and is equal to `heads` until then:
//:
//: ```{listing} llm::HeadLayout
//: ```
//:
//: `divide_heads(64, 4)` makes it for 64 columns and four heads. For three heads it throws, because 3
//: does not divide 64:
//:
//: ```{listing} llm::divide_heads
//: :folded:
//: ```
//:
//: Splitting and joining cost nothing. The rows of a matrix lie one after the other in memory, and a
//: block of columns is a *view*: the address of its first number, its width, and the step from one
//: row to the next, which is that of the whole matrix. A head reads its columns where they lie and
//: writes its output to its columns of the result; when the last head is done, the outputs are
//: joined, for they were never apart.
//:
//: ```{listing} llm::columns_of
//: ```
//:
//: What one head does with its views is section 3.2, with a mask or without (section 3.4 brings the
//: masks). Queries of the wrong width are an error before anything is computed:
//:
//: ```{listing} llm::attend in common/attention/multi_head.cpp
//: :folded:
//: ```
//: ```{listing} llm::check_heads
//: :folded:
//: ```
//:
//: What shall come out for all heads together? The outputs side by side, which the next layer reads,
//: and the weights of each head, to look at and for the way back:
//:
//: ```{listing} llm::HeadsAttention
//: ```
//:
//: Now the heads are a loop, and each pass of it makes one $H_k$: head $k$ reads its columns of the
//: queries, the keys and the values, attends, and writes its columns of the result. (`shared` is $k$
//: itself, as long as no heads share.)
//:
//: ```{listing} llm::attend_heads
//: ```
//:
//: The layer around it: three linear layers, the heads, and the fourth linear layer. Each of the four
//: has a bias, as in section 1.2. `arrays()` hands out all of its numbers as eight runs of memory, so
//: that one loop can take a step with every parameter, whatever it is for:
//:
//: ```{listing} llm::MultiHeadParameters
//: ```
//:
//: With these the forward pass is the formula once more, a line each for queries, keys, values, heads
//: and outputs. It keeps all five, because the backward pass will ask for them:
//:
//: ```{listing} llm::multi_head_attention
//: ```
//: ```{listing} llm::MultiHead
//: :folded:
//: ```
//:
//: The weights start at random, with a deviation of $1/\sqrt d$, which keeps the size of what passes
//: through: each output is a sum of $d$ products, as a score was in section 3.2. The biases start at
//: 0, and so do all gradients:
//:
//: ```{listing} llm::random_multi_head
//: :folded:
//: ```
//: ```{listing} llm::zero_multi_head
//: :folded:
//: ```
//:
//: ## A Latin lesson
//:
//: Now the task. The meaning of a word is four random numbers, drawn once for each word. Four more
//: features, 0 or 1, mark what the word is: verb, subject, object, or adverb. (Endings, that is. To
//: know them the layer has to learn what to do with the marks.) A sentence has a verb, a subject, an
//: object and three adverbs, in random order. The output at the verb should be eight numbers: the
//: meaning of the subject, then the meaning of the object.

#include <algorithm>
#include <numeric>

#include "common/attention/multi_head.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"

using namespace llm;

namespace {

//: The words first, each noun with both of its endings:

/// A noun as the one who acts and as the one acted upon.
struct Noun {
  std::string subject, object;
};

const std::vector<Noun> nouns = {
    {"canis", "canem"},        {"vir", "virum"},         {"puer", "puerum"},
    {"femina", "feminam"},     {"lupus", "lupum"},       {"rex", "regem"},
    {"avis", "avem"},          {"miles", "militem"},     {"equus", "equum"},
    {"dea", "deam"},           {"servus", "servum"},     {"leo", "leonem"},
    {"agricola", "agricolam"}, {"magister", "magistrum"}};
const std::vector<std::string> verbs = {"mordet", "videt", "amat", "audit"};
const std::vector<std::string> adverbs = {"hodie", "saepe", "semper", "hic", "iterum", "cito"};

constexpr Index meaning = 4, width = 8, length = 6;
enum Kind : Index { verb, subject, object, adverb };

/// The meanings of all words, (count, 4) each.
struct Meanings {
  Matrix of_nouns, of_verbs, of_adverbs;
};

/// A sentence as the layer sees it, (6, 8), as we read it, and what its verb should answer.
struct Sentence {
  Matrix features = Matrix::Zero(length, width);
  std::vector<std::string> words = std::vector<std::string>(length);
  Index verb_position = 0;
  Vector answer = Vector(width);

  /// Puts a word at position t.
  void place(Index t, Kind kind, const std::string& word, const Vector& meaning_of_word) {
    words[static_cast<std::size_t>(t)] = word;
    features.row(t).head(meaning) = meaning_of_word;
    features(t, meaning + kind) = 1;
  }
};

//: Then their meanings. They are shifted and scaled to mean 0 and variance 1, as our calculation had
//: them, so that who answers 0 has an error of 1:

/// Random meanings, shifted and scaled until each feature has mean 0 and variance 1 over the words.
Matrix random_meanings(Index count, Generator& generator) {
  Matrix meanings = random_normal(count, meaning, generator);
  meanings.rowwise() -= meanings.colwise().mean();
  const Vector variances = meanings.cwiseAbs2().colwise().mean();
  return meanings.array().rowwise() / variances.array().sqrt();
}

Meanings draw_meanings(Generator& generator) {
  const auto count = [](const auto& words) { return static_cast<Index>(words.size()); };
  Meanings meanings;
  meanings.of_nouns = random_meanings(count(nouns), generator);
  meanings.of_verbs = random_meanings(count(verbs), generator);
  meanings.of_adverbs = random_meanings(count(adverbs), generator);
  return meanings;
}

//: And sentences. The order is shuffled, so that no place gives away who does what to whom:

/// A random number from 0 to size - 1, as an index into a list of words.
std::size_t pick(std::size_t size, Generator& generator) {
  return static_cast<std::size_t>(uniform_index(static_cast<Index>(size), generator));
}

/// A sentence of random words in random order; the subject is never the object.
Sentence draw_sentence(const Meanings& meanings, Generator& generator) {
  std::vector<Index> order(length);
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[pick(i, generator)]);
  const std::size_t actor = pick(nouns.size(), generator), action = pick(verbs.size(), generator);
  const std::size_t other = (actor + 1 + pick(nouns.size() - 1, generator)) % nouns.size();
  const auto row = [](const Matrix& table, std::size_t i) -> Vector {
    return table.row(static_cast<Index>(i));
  };
  Sentence sentence;
  sentence.verb_position = order[0];
  sentence.place(order[0], verb, verbs[action], row(meanings.of_verbs, action));
  sentence.place(order[1], subject, nouns[actor].subject, row(meanings.of_nouns, actor));
  sentence.place(order[2], object, nouns[other].object, row(meanings.of_nouns, other));
  for (std::size_t i = 3; i < order.size(); ++i) {
    const std::size_t which = pick(adverbs.size(), generator);
    sentence.place(order[i], adverb, adverbs[which], row(meanings.of_adverbs, which));
  }
  sentence.answer << row(meanings.of_nouns, actor), row(meanings.of_nouns, other);
  return sentence;
}

//: Training is gradient descent on the mean squared error of the eight numbers, over sixteen fresh
//: sentences a step. The error enters at the verb's row of the outputs; the gradients of the other
//: rows are 0. `multi_head_attention_backward` carries it back to the parameters. It is derived in
//: section 4.3, where you will write its parts yourself; here it is a function that returns slopes,
//: checked against finite differences in the tests of this chapter.

/// A layer at the end of its training, and the error at each step.
struct Pupil {
  HeadLayout layout;
  MultiHeadParameters parameters;
  std::vector<double> errors;
};

/// The mean squared error of one sentence; adds its gradients.
double train_sentence(const Sentence& sentence, const Pupil& pupil,
                      MultiHeadParameters& gradients) {
  constexpr Real share = Real(1) / (16 * width);
  const MultiHead forward =
      multi_head_attention(sentence.features, Matrix(), pupil.layout, pupil.parameters);
  const Vector miss = forward.outputs.row(sentence.verb_position) - sentence.answer;
  Matrix output_gradient = Matrix::Zero(length, width);
  output_gradient.row(sentence.verb_position) = 2 * share * miss;
  multi_head_attention_backward(output_gradient, sentence.features, forward, pupil.layout,
                                pupil.parameters, gradients);
  return share * miss.squaredNorm();
}

//: A thousand such steps are a lesson. For a comparison that we need below, the keys can be kept
//: blind to the meanings: four columns of $W_K$ are 0 at the start, and their gradients are set to
//: 0 at every step.

/// Forgets what the keys know of the meanings: their weights for these four features become 0.
void hide_meanings(MultiHeadParameters& parameters) {
  parameters.key_weights.leftCols(meaning).setZero();
}

/// Learns Latin for 1000 steps; where the keys are `blind`, they know the marks only.
Pupil learn_latin(const HeadLayout& layout, bool blind, const Meanings& meanings,
                  Generator generator) {
  Pupil pupil{.layout = layout, .parameters = random_multi_head(layout, generator), .errors = {}};
  if (blind) hide_meanings(pupil.parameters);
  for (int step = 0; step < 1000; ++step) {
    MultiHeadParameters gradients = zero_multi_head(layout);
    double error = 0;
    for (int i = 0; i < 16; ++i) {
      error += train_sentence(draw_sentence(meanings, generator), pupil, gradients);
    }
    if (blind) hide_meanings(gradients);
    pupil.errors.push_back(error);
    const auto arrays = pupil.parameters.arrays(), slopes = gradients.arrays();
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      for (std::size_t j = 0; j < arrays[i].size(); ++j) arrays[i][j] -= Real(0.3) * slopes[i][j];
    }
  }
  return pupil;
}

/// The mean of the errors from step `first` to step `last` - 1.
double mean_error(const Pupil& pupil, std::ptrdiff_t first, std::ptrdiff_t last) {
  const auto begin = pupil.errors.begin();
  return std::accumulate(begin + first, begin + last, 0.0) / static_cast<double>(last - first);
}

/// The error over the training, the mean of each 20 steps.
std::vector<double> course(const Pupil& pupil) {
  std::vector<double> means;
  for (std::ptrdiff_t step = 0; step < 1000; step += 20) {
    means.push_back(mean_error(pupil, step, step + 20));
  }
  return means;
}

/// How many numbers a layer learns.
std::size_t count_parameters(MultiHeadParameters parameters) {
  std::size_t count = 0;
  for (std::span<Real> array : parameters.arrays()) count += array.size();
  return count;
}

//: How many parameters? Four matrices of $8 \times 8$ and four biases of 8 are 288, for one head of
//: eight columns and for two heads of four alike: $h$ does not enter. So the comparison is fair. We run
//: it from three random starts. A third layer has one head whose keys are blind to the meanings, so
//: that its weights depend on the marks alone, as they did in our calculation.

void one_head_or_two() {
  double blind_sum = 0, worst_two = 0, best_one = 1;
  for (unsigned start : {1u, 2u, 3u}) {
    Generator generator(start);
    const Meanings meanings = draw_meanings(generator);
    const Pupil blind = learn_latin(divide_heads(width, 1), true, meanings, generator);
    const Pupil one = learn_latin(divide_heads(width, 1), false, meanings, generator);
    const Pupil two = learn_latin(divide_heads(width, 2), false, meanings, generator);
    const double blind_error = mean_error(blind, 800, 1000), one_error = mean_error(one, 800, 1000),
                 two_error = mean_error(two, 800, 1000);
    print("start {}: one head, blind to meanings {:.3f}   one head {:.3f}   two heads {:.4f}",
          start, blind_error, one_error, two_error);
    blind_sum += blind_error;
    best_one = std::min(best_one, one_error);
    worst_two = std::max(worst_two, two_error);
    if (start > 1) continue;
    print("  ({} parameters with one head, {} with two)", count_parameters(one.parameters),
          count_parameters(two.parameters));
    record_data("heads_learning", "blind", course(blind));
    record_data("heads_learning", "one", course(one));
    record_data("heads_learning", "two", course(two));
  }
  record("blind", "{:.3f}", blind_sum / 3);
  record("best_one", "{:.3f}", best_one);
  record("worst_two", "{:.4f}", worst_two);
}

//: ```{output}
//: ```
//:
//: ```{figure-from} heads_learning
//: :alt: The error over the steps of training. One blind head stops at one half, one head stops
//:   below it, two heads fall to nearly zero within some hundred steps.
//:
//: Learning who bites whom. Answering 0 has an error of 1. With weights that depend on the marks alone,
//: one head stops at the half that we derived (dotted); two heads of half the width don't stop.
//: ```
//:
//: The blind head ends at {value}`blind` (the mean of the three starts), on the line that we drew with
//: pencil and paper. The head that sees meanings does better, at best {value}`best_one`: its weights
//: may differ from sentence to sentence, and by dividing itself between subject and object according
//: to what they mean it hints at a number or two. It can't hint at eight. Two heads with the same
//: number of parameters end at {value}`worst_two` or below.
//:
//: What have they learned? We give both layers a sentence, with the object first, and look at the
//: verb's row of each head's weights.

/// Canem hodie vir mordet saepe hic: the man bites the dog.
Sentence man_bites_dog(const Meanings& meanings) {
  Sentence sentence;
  sentence.place(0, object, "canem", meanings.of_nouns.row(0));
  sentence.place(1, adverb, "hodie", meanings.of_adverbs.row(0));
  sentence.place(2, subject, "vir", meanings.of_nouns.row(1));
  sentence.place(3, verb, "mordet", meanings.of_verbs.row(0));
  sentence.place(4, adverb, "saepe", meanings.of_adverbs.row(1));
  sentence.place(5, adverb, "hic", meanings.of_adverbs.row(3));
  sentence.verb_position = 3;
  return sentence;
}

/// Keeps what two heads made of a sentence, for the picture of their columns.
void record_columns(const MultiHead& forward) {
  record_data("heads_columns", "queries", forward.queries);
  record_data("heads_columns", "keys", forward.keys);
  record_data("heads_columns", "values", forward.values);
  record_data("heads_columns", "weights_1", forward.heads.weights[0]);
  record_data("heads_columns", "weights_2", forward.heads.weights[1]);
  record_data("heads_columns", "joined", forward.heads.joined);
  record_data("heads_columns", "outputs", forward.outputs);
}

void look_at_the_heads() {
  Generator generator(1);
  const Meanings meanings = draw_meanings(generator);
  const Sentence sentence = man_bites_dog(meanings);
  std::vector<std::string> names;
  Matrix rows(3, length);
  for (Index heads : {1, 2}) {
    const Pupil pupil = learn_latin(divide_heads(width, heads), false, meanings, generator);
    const MultiHead forward =
        multi_head_attention(sentence.features, Matrix(), pupil.layout, pupil.parameters);
    if (heads == 2) record_columns(forward);
    for (const Matrix& weights : forward.heads.weights) {
      rows.row(static_cast<Index>(names.size())) = weights.row(sentence.verb_position);
      names.push_back(heads == 1 ? "alone" : fmt::format("head {}", names.size()));
    }
  }
  show("what \"mordet\" listens to", rows, 2, names, sentence.words);
  record_data("heads_latin", "words", sentence.words);
  record_data("heads_latin", "names", names);
  record_data("heads_latin", "weights", rows);
}

//: ```{output}
//: ```
//:
//: ```{figure-from} heads_latin
//: :alt: A heat map of three rows. The single head divides itself between vir and canem; of the two
//:   heads, each looks at one of them.
//:
//: The attention of the verb. A single head has to divide itself between "vir" and "canem"; of two
//: heads each looks at one.
//: ```
//:
//: One head has become the finder of subjects and the other the finder of objects, wherever in the
//: sentence they stand. Nobody gave them these parts: both started as random numbers, and the error
//: was smaller with the work divided. Nothing in the task says which head should take which part.
//:
//: ```{figure-from} heads_columns
//: :alt: Queries, keys and values of six rows and eight columns, the first four columns in one color
//:   and the last four in another. Each color leads to weights of six by six of its own, these to the
//:   columns of that color in the joined outputs, and all columns through the output layer to outputs
//:   of one color.
//:
//: The whole pass of the layer with two heads over this sentence, a row a word; the stronger a cell's
//: color, the larger its number. Each head reads its four columns of the queries, the keys and the
//: values, and writes its four columns of the joined outputs. Where the columns meet is $W_O$.
//: ```
//:
//: ## What it costs
//:
//: The four linear layers don't know of heads: $4Td^2$ multiplications. Each head scores with $T^2
//: d_h$ and mixes with as many, and $h$ heads make $2 T^2 h d_h = 2T^2 d$: the same for every $h$.
//: What grows is the number of weights, $h T^2$, and with it the number of exponentials. We
//: measure attention alone, for 256 positions of 256 features:

/// Milliseconds of attend_heads.
double attend_milliseconds(const Matrix& rows, const HeadLayout& layout) {
  return 1e3 * fastest_seconds([&] { attend_heads(rows, rows, rows, Matrix(), layout); });
}

void time_the_heads() {
  Generator generator(5);
  const Matrix rows = random_normal(256, 256, generator);
  for (Index heads : {1, 2, 4, 8, 16}) {
    const double weights = static_cast<double>(heads * 256 * 256);
    print_timing(
        "{:2} heads of {:3} columns: {:.1f} million multiplications, {:5.2f} million "
        "exponentials, {:5.2f} ms",
        heads, 256 / heads, 2 * weights * static_cast<double>(256 / heads) / 1e6, weights / 1e6,
        attend_milliseconds(rows, divide_heads(256, heads)));
  }
}

//: ```{output}
//: ```
//:
//: The multiplications stay, and the exponentials and the passes over the weights come to rule as the
//: heads get narrow. GPT-2's heads are 64 columns wide, Llama's 128.
//:
//: ## Sharing keys and values
//:
//: One more cost shows when a model writes. It produces one word at a time, and each new word asks
//: all earlier ones, whose keys and values are kept rather than computed again (section 5.6). For each
//: position that is $2 d$ numbers in every layer, which have to be stored, and *read* for every word
//: that is written. {cite:t}`shazeer2019fast` asked whether each head needs keys and values of its
//: own, and let all heads share a single one: {term}`multi-query attention`. The queries still
//: differ, so the heads still ask different questions; they ask them of the same index.
//: {cite:t}`ainslie2023gqa` took the middle way, {term}`grouped-query attention`: $g$ heads of keys
//: and values, each shared by $h / g$ neighboring query heads. Then the cache of a position is $2 g
//: d_h$ numbers in each layer.
//:
//: Our code has it already. $W_K$ and $W_V$ have fewer rows, $(g\,d_h, d)$, and
//: `HeadLayout::key_value_head` says which head of them a query head reads. A model of the shape of
//: Llama 2 70B has 80 layers, $h = 64$ and $d_h = 128$. In numbers of two bytes a text of 4096
//: positions needs $2 \cdot 80 \cdot 4096 \cdot g \cdot 128 \cdot 2$ bytes:

/// The bytes that the keys and values of a text take in all layers, two for each number, in GiB.
double cache_gibibytes(double positions, double key_value_heads) {
  constexpr double layers = 80, head_width = 128, bytes = 2, keys_and_values = 2;
  return keys_and_values * layers * positions * key_value_heads * head_width * bytes / (1 << 30);
}

void share_keys_and_values() {
  std::vector<double> positions;
  for (double count = 1024; count <= 131072; count *= 2) positions.push_back(count);
  record_data("heads_cache", "positions", positions);
  for (int key_value_heads : {64, 8, 1}) {
    print("{:2} heads of keys and values: {:6.2f} GiB at 4096 positions, {:6.2f} GiB at 131072",
          key_value_heads, cache_gibibytes(4096, key_value_heads),
          cache_gibibytes(131072, key_value_heads));
    std::vector<double> gibibytes;
    for (double count : positions) gibibytes.push_back(cache_gibibytes(count, key_value_heads));
    record_data("heads_cache", std::to_string(key_value_heads), gibibytes);
  }
  Generator generator(1);
  const Meanings meanings = draw_meanings(generator);
  const Pupil shared = learn_latin(divide_heads(width, 2, 1), false, meanings, generator);
  const double error = mean_error(shared, 800, 1000);
  print("\nLatin with two query heads and one of keys and values: {} parameters, error {:.4f}",
        count_parameters(shared.parameters), error);
  record("shared_error", "{:.4f}", error);
}

//: ```{output}
//: ```
//:
//: ```{figure-from} heads_cache
//: :alt: Memory for keys and values over the length of the text, three parallel lines for 64, 8 and
//:   1 heads of keys and values, and the 80 GiB of a large GPU.
//:
//: What the keys and values of one text take in a model of 80 layers. With 64 heads of them a text of
//: 32,000 positions fills a GPU of 80 GiB, before the model itself is stored.
//: ```
//:
//: Eight heads in place of 64 save seven eighths of it. And the Roman? With one shared head of keys
//: and values and two of queries the error is {value}`shared_error`: "subject" and "object" are both in
//: the one index, and it takes two questions to find them. That quality suffers little in large models,
//: too, was measured by {cite:t}`ainslie2023gqa`.
//:
//: ## In the wild
//:
//: The first Transformer had 8 heads of 64 columns {cite}`vaswani2017attention`, GPT-2 has 12 to 25 of
//: 64 {cite}`radford2019language`. Llama 2 has 32 of 128 in its small model, each with keys and values
//: of its own, and 64 with 8 of keys and values in the large one {cite}`touvron2023llama`; so has
//: Mistral's first model 32 and 8 {cite}`jiang2023mistral`.
//:
//: Do trained heads take parts as ours did? {cite:t}`clark2019what` looked through the heads of BERT
//: and found some that go from an object to its verb and others from an article to its noun, more
//: reliably than any rule of fixed distance, next to many that look at the word before or at a comma.
//: {cite:t}`michel2019sixteen` removed heads from trained models and found that many can go without
//: much harm, a few can't, and that which is which is settled early in training.
//:
//: ## Exercises
//:
//: `````{exercise} 3.3a
//: :title: Several heads
//: :kind: code
//: :function: attend_in_heads
//:
//: Write `attend_in_heads(queries, keys, values, heads)`: $(T_q, d)$, $(T_k, d)$ and $(T_k, d)$ go in,
//: the joined outputs $(T_q, d)$ come out. Head $k$ owns columns $k d_h$ to $(k + 1) d_h - 1$ of
//: everything. No mask, no projections. `scaled_dot_product_attention` may be called.
//:
//: ```{hint}
//: `queries.middleCols(first, count)` is a view of columns, and it can stand on the left of an `=`.
//: ```
//: ```{hint}
//: The scale belongs to the vectors that are multiplied: $\sqrt{d_h}$, not $\sqrt d$. If you call the
//: library on the columns of a head, it takes the right one by itself.
//: ```
//: ```{solution}
//: One pass of the loop for each head. Nothing is copied but the outputs, to where they belong.
//: ```
//: `````
//:
//: `````{exercise} 3.3b
//: :title: Heads dealt out in turn
//: :kind: code
//: :function: place_of_head
//:
//: A file of weights comes from a program that deals the heads out in turn: its query head $k$ reads
//: head $k \bmod g$ of the keys and values. With 6 query heads and $g = 2$, the heads 0, 2 and 4 share
//: one, and 1, 3 and 5 the other. In our layout neighbors share, so the query heads have to be
//: reordered. Write `place_of_head(head, heads, key_value_heads)`: the place among ours that query head
//: `head` of the file takes, when heads that share keep their order. Here 0, 2, 4 go to the places 0, 1,
//: 2, and 1, 3, 5 to the places 3, 4, 5. Which matrices of the layer must be reordered with them?
//:
//: ```{hint}
//: Two questions: which group does the head belong to, and how many of its group stand before it in the
//: file?
//: ```
//: ```{hint}
//: Group 1 begins with us at place `heads / key_value_heads`. In the file, the heads of one group stand
//: $g$ places apart.
//: ```
//: ```{solution}
//: The number of the group is `head % key_value_heads`, each group has `heads / key_value_heads` places,
//: and `head / key_value_heads` heads of the group come before. The rows of $W_Q$ that belong to a
//: head move with it, and so do the columns of $W_O$, which read its output. $W_K$ and $W_V$ stay.
//: ```
//: `````
//:
//: `````{exercise} 3.3c
//: :title: Counting a layer
//: :kind: paper
//:
//: A layer has the width $d = 4096$, $h = 32$ heads, and $g = 8$ heads of keys and values, without
//: biases. How wide is a head? How many parameters do $W_Q$, $W_K$, $W_V$ and $W_O$ have, together
//: and compared with $g = 32$? For one sentence of $T$ words, which part of the multiplications becomes
//: smaller with $g$, and which does not?
//:
//: ```{hint}
//: $W_K$ and $W_V$ are $(g\, d_h, d)$, the other two $(d, d)$.
//: ```
//: ```{hint}
//: Every query head still scores every key, whoever else reads it.
//: ```
//: ```{solution}
//: $d_h = 4096 / 32 = 128$. $W_Q$ and $W_O$ have $4096^2 = 16.8$ million parameters each, $W_K$ and
//: $W_V$ $4096 \cdot 1024 = 4.2$ million each: 41.9 million, five eighths of the 67.1 million for
//: $g = 32$. The layers that make keys and values take a quarter of the multiplications they took,
//: $2 T d\, g\, d_h$ in place of $2Td^2$. The scores and the mixtures take $2T^2d$ as before. What is
//: saved above all is memory: a quarter of the keys and values to keep and to read.
//: ```
//: `````
//:
//: `````{exercise} 3.3d
//: :title: Four heads, and eight
//: :kind: experiment
//:
//: Let the Latin lesson run with 4 heads and with 8, and look at the errors after 1000 steps and after
//: 5000. A meaning has four numbers. How many columns of values does the layer need in all to hand on
//: two meanings, and does it matter in which heads they are? With eight heads, what do you expect the
//: heads to look at?
//:
//: ```{hint}
//: Two heads of four columns have eight columns of values for eight numbers. So have eight heads of
//: one.
//: ```
//: ```{hint}
//: $W_O$ mixes the columns of all heads. A meaning may arrive in pieces, if enough heads look at the
//: same noun.
//: ```
//: ```{solution}
//: Four heads of two columns learn it, too, with somewhat more error than two heads after 1000
//: steps: two heads on the subject and two on the object can bring two numbers each, and $W_O$ puts
//: the meanings together. With eight heads of one column four for each noun would do, and a score
//: is the product of two single numbers: a head can say "more of this, less of that" along one
//: direction and nothing else. The errors from the three starts of the page, over the last 200
//: steps:
//:
//: | heads | after 1000 steps | after 5000 steps |
//: | --- | --- | --- |
//: | 2 | 0.0005, 0.0004, 0.0004 | 0.00005, 0.00005, 0.00005 |
//: | 4 | 0.0006, 0.0010, 0.0007 | 0.00007, 0.00008, 0.00007 |
//: | 8 | 0.0025, 0.0687, 0.0995 | 0.00031, 0.00016, 0.00015 |
//:
//: After 1000 steps the eight heads are several times as far off as two; after 5000 all are near 0.
//: In the sentence of the page, from the first start and after 5000 steps, three of the eight give
//: "vir" 0.85 and more and two give "canem" as much; the other three divide themselves between the
//: two, and $W_O$ takes the mixtures apart. More heads are more questions, and narrower heads are
//: blunter ones.
//: ```
//: `````

}  // namespace

void multi_head() {
  one_head_or_two();
  look_at_the_heads();
  time_the_heads();
  share_keys_and_values();
}
