//: # Causal masking
//:
//: A language model has one task: to say what comes next. After `hell` it should bet on `o`. To
//: train it we need examples, pairs of a beginning and its continuation, and a text is full of
//: them: `h` is followed by `e`, `he` by `l`, `hel` by `l`. A text of $T + 1$ characters holds $T$
//: such pairs, one for each place where we could have stopped reading and asked "what now?".
//:
//: The plain way to use them is to run the model $T$ times, on the first character, on the first
//: two, and so on. Most of that work is done again and again: the last run reads everything that
//: all the others read. And attention, as chapter 3 left it, gives one row of output for *every*
//: position of its input. Could row $t$ serve as the prediction after the first $t$ characters, so
//: that a single run answers all $T$ questions?
//:
//: It could, on one condition: row $t$ must not have seen the answer. The answer stands in the next
//: row of the same input. What does a model learn that can look at it? We will train two models
//: that differ in nothing but this, and see how good the cheat looks from outside.

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "common/attention/masks.hpp"
#include "common/attention/multi_head.hpp"
#include "common/foundations/activations.hpp"
#include "common/foundations/corpus.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/positions.hpp"
#include "common/sequence/softmax.hpp"
#include "common/training/causality.hpp"
#include "common/training/descent.hpp"
#include "common/training/embedding.hpp"
#include "common/training/surprise.hpp"

using namespace llm;

namespace {

//: ## One sentence, T examples
//:
//: Here is the smallest training text one can print. The inputs are all its characters but the
//: last, the targets are all but the first, and row by row they make the examples:

void examples_of_a_word() {
  const std::string word = "hello";
  for (std::size_t t = 0; t + 1 < word.size(); ++t) {
    print("row {}   has read {:4}   must predict {}", t, word.substr(0, t + 1), word[t + 1]);
  }
}
//: ```{output}
//: ```
//:
//: Row 1 has read two letters because its own input is one of them: the target of a row is not its
//: own character but the one after. That shift by one is all that turns a text into lessons with
//: answers. Nobody had to label anything, which is why language models can train on as much text as
//: there is.
//:
//: Now the blindfold. Section 3.4 gave us the causal mask: a matrix that is 0 where row $i$ may
//: look at row $j$, for $j \le i$, and $-\infty$ above the diagonal. Let us see what it does to
//: numbers that we can check by hand. Three positions, all scores equal, and the values 1, 2 and 3.
//: Without a mask each row takes the mean of all three values, which is 2. With the mask, row 0 can
//: take only 1, row 1 the mean of 1 and 2, and row 2 the mean of all. Then we change the *last*
//: value from 3 to 30:

Vector mean_of_visible(const Matrix& mask, Real last_value) {
  Matrix values(3, 1);
  values << 1, 2, last_value;
  const Matrix equal_scores = Matrix::Zero(3, 3);
  return (softmax_rows(equal_scores + mask) * values).transpose();
}

void mask_by_hand() {
  for (const Real last_value : {Real(3), Real(30)}) {
    const Vector open = mean_of_visible(Matrix::Zero(3, 3), last_value);
    const Vector masked = mean_of_visible(causal_mask(3), last_value);
    print("last value {:2}   no mask {:4.1f} {:4.1f} {:4.1f}   causal {:4.1f} {:4.1f} {:4.1f}",
          last_value, open(0), open(1), open(2), masked(0), masked(1), masked(2));
  }
}
//: ```{output}
//: ```
//:
//: Without the mask every row moved. With it only the last row did, the one that is allowed to
//: know. This is the property we are after, and it has a name: a function from $T$ rows to $T$ rows
//: is {term}`causal` when row $t$ of its output depends on rows $0$ to $t$ of its input and on
//: nothing else. For attention with scores $s_{ij}$ and values $v_j$ the mask turns the sum over
//: all positions into a sum over the past:
//:
//: $$z_i = \sum_{j \le i} w_{ij}\, v_j, \qquad
//: w_{ij} = \frac{e^{s_{ij}}}{\sum_{k \le i} e^{s_{ik}}} .$$
//:
//: In words: each position shares its attention out among itself and those before it. The rest of a
//: network, linear layers, ReLU, softmax over the vocabulary, works on each row alone, so it cannot
//: leak anything. And causal functions stack: if row $t$ of the second layer depends on rows $0$ to
//: $t$ of the first, and those depend on rows $0$ to $t$ of the text, nothing later has come in.
//: One mask in each attention layer is enough for a model of any depth.
//:
//: ```{figure-from} causal_examples
//: :alt: A grid with one row per training example of the sentence "the cat sat". In row t the
//:   characters up to t are shown as context, the next one as the target, and the rest is hidden.
//:
//: One text, eleven examples. Each row of the picture is one row of the model's output: it reads
//: the filled cells and must name the outlined one, which is hidden from it like the hatched ones.
//: The last filled cell of each row lies on the diagonal of the causal mask.
//: ```

void staircase_for_the_figure() {
  const std::string sentence = "the cat sat.";
  std::vector<std::string> characters;
  for (const char character : sentence) characters.emplace_back(1, character);
  record_data("causal_examples", "characters", characters);
}

//: ## A loss for predictions
//:
//: The last layer gives each row a score for every character of the alphabet, and a softmax turns
//: the scores into probabilities. A good model puts much of the probability on the character that
//: really comes. How should we grade it?
//:
//: Take the probabilities $p_1, p_2, \dots, p_T$ that the model gave to the right characters. The
//: probability that it gave to the text as a whole is their product, a number so small that no
//: floating-point format holds it for a page of text. Its logarithm is a sum, and a sum has a mean.
//: With a minus, so that smaller is better, the mean is the loss:
//:
//: $$L = -\frac{1}{T}\sum_{t=1}^{T} \ln p_t .$$
//:
//: The term $-\ln p_t$ is called the {term}`surprise`, and as it is a natural logarithm, its unit
//: is called the *nat*. A model that was sure and right, $p_t = 1$, is not surprised: 0. One that
//: gave the right character one chance in four is surprised by $\ln 4 = 1.39$. One that excluded
//: what then happened is surprised infinitely, so it pays to exclude nothing. Section 5.3 takes
//: this quantity apart and gives it its common name, cross-entropy.
//:
//: In code, `targets[t]` is the column of the right character in row $t$:
//:
//: ```{listing} llm::next_token_surprise
//: ```
//:
//: To train we need the derivative of the loss with respect to each probability. It is 0 for all
//: characters that did not come, as $L$ does not mention them, and $-\frac{1}{T p_t}$ for the one
//: that did:
//:
//: ```{listing} llm::next_token_surprise_backward
//: ```
//:
//: Both take care of two things that the formula does not see: a target that is no column of the
//: matrix is an error with a message, and a probability that a `float` rounded to 0 counts as the
//: smallest positive number, so that the loss stays a number.
//:
//: ```{listing} llm::check_next_tokens
//: :folded:
//: ```
//: ```{listing} llm::probability_of_target
//: :folded:
//: ```
//:
//: ## The model
//:
//: We build the smallest model that has something to gain from attention, and everything in it is
//: known from chapters 1 to 3. Each character has a number, its place in the alphabet; in a
//: language model such a number is called a *token*, whether it stands for a character, a word or
//: something between. And each token has a row of $d = 64$ features in a table that is learned,
//: like the word vectors of section 1.1. Looking up a row by its number is the same as multiplying
//: a one-hot vector by the table, without the multiplications by zero:
//:
//: ```{listing} llm::embedding_forward
//: ```
//: ```{listing} llm::embed
//: :folded:
//: ```
//: ```{listing} llm::embedding_row
//: :folded:
//: ```
//:
//: A learned vector for each position is added, as in section 2.2. One layer of multi-head
//: attention mixes the rows. A hidden layer with ReLU and a linear layer turn each row into scores.
//: The parameters are the tables and weights; gradients and velocities will have the same shape, so
//: they are the same struct, and `arrays()` lets one loop run over all numbers of it:

constexpr Index width = 64, heads = 4, hidden_width = 128, length = 32;

struct CharacterModel {
  Matrix characters;  // (V, d)
  Matrix positions;   // (T, d)
  MultiHeadParameters attention;
  Matrix hidden_weights;  // (hidden, d)
  Vector hidden_bias;
  Matrix output_weights;  // (V, hidden)
  Vector output_bias;

  std::vector<std::span<Real>> arrays() {
    std::vector<std::span<Real>> all = attention.arrays();
    for (Matrix* matrix : {&characters, &positions, &hidden_weights, &output_weights}) {
      all.emplace_back(matrix->data(), static_cast<std::size_t>(matrix->size()));
    }
    for (Vector* vector : {&hidden_bias, &output_bias}) {
      all.emplace_back(vector->data(), static_cast<std::size_t>(vector->size()));
    }
    return all;
  }
};

//: Gradients and velocities start at 0, and the parameters at random. The weights are drawn so that
//: the size of what passes through is kept, as in section 3.3. In the hidden layer that takes a
//: deviation of $\sqrt{2/d}$, because the ReLU behind it sets about half of the numbers to 0, and with
//: them half of the mean square. The last layer gets half of what the rule says, so that the first
//: predictions are not far from even:

CharacterModel zero_model(Index alphabet) {
  return {.characters = Matrix::Zero(alphabet, width),
          .positions = Matrix::Zero(length, width),
          .attention = zero_multi_head(divide_heads(width, heads)),
          .hidden_weights = Matrix::Zero(hidden_width, width),
          .hidden_bias = Vector::Zero(hidden_width),
          .output_weights = Matrix::Zero(alphabet, hidden_width),
          .output_bias = Vector::Zero(alphabet)};
}

CharacterModel random_model(Index alphabet, Generator& generator) {
  CharacterModel model = zero_model(alphabet);
  model.characters = random_normal(alphabet, width, generator);
  model.positions = random_normal(length, width, generator);
  model.attention = random_multi_head(divide_heads(width, heads), generator);
  model.hidden_weights = random_normal(hidden_width, width, generator, std::sqrt(Real(2) / width));
  model.output_weights =
      random_normal(alphabet, hidden_width, generator, Real(0.5) / std::sqrt(Real(hidden_width)));
  return model;
}

//: The forward pass is five lines, and it keeps what the way back will need. Whether the model is
//: blindfolded is decided by the mask that it is handed, and nowhere else:

struct Pass {
  Matrix rows;           // (T, d): characters plus positions
  MultiHead attention;   // what the heads saw, and its outputs (T, d)
  Matrix hidden;         // (T, hidden), before the ReLU
  Matrix probabilities;  // (T, V)
};

Pass predict(const CharacterModel& model, std::span<const int> tokens, const Matrix& mask) {
  Pass pass;
  pass.rows = embed(tokens, model.characters);
  add_positions(pass.rows, model.positions);
  pass.attention =
      multi_head_attention(pass.rows, mask, divide_heads(width, heads), model.attention);
  pass.hidden = linear(pass.attention.outputs, model.hidden_weights, model.hidden_bias);
  pass.probabilities =
      softmax_rows(linear(relu(pass.hidden), model.output_weights, model.output_bias));
  return pass;
}

//: The backward pass walks the same five lines from the last to the first. It starts with the
//: derivative of the loss with respect to the probabilities, and each `_backward` function turns
//: the derivative with respect to what its namesake made into the derivative with respect to what
//: it was given. Section 1.4 did this by hand for one hidden layer. Section 4.3 derives every one
//: of these functions; here we take them on trust, and they take the same shapes that the forward
//: pass made. (`relu_backward` is handed `hidden_gradient` twice: it may write its result over what
//: it reads.)

void learn(const CharacterModel& model, std::span<const int> tokens, const Pass& pass,
           std::span<const int> targets, CharacterModel& gradients) {
  const Matrix score_gradient = softmax_rows_backward(
      next_token_surprise_backward(pass.probabilities, targets), pass.probabilities);
  Matrix hidden_gradient(pass.hidden.rows(), hidden_width);
  linear_backward(score_gradient, relu(pass.hidden), model.output_weights, hidden_gradient,
                  gradients.output_weights, gradients.output_bias);
  relu_backward(hidden_gradient, pass.hidden, hidden_gradient);
  Matrix mixed_gradient(pass.rows.rows(), width);
  linear_backward(hidden_gradient, pass.attention.outputs, model.hidden_weights, mixed_gradient,
                  gradients.hidden_weights, gradients.hidden_bias);
  const Matrix row_gradient = multi_head_attention_backward(
      mixed_gradient, pass.rows, pass.attention, divide_heads(width, heads), model.attention,
      gradients.attention);
  embedding_backward(row_gradient, tokens, gradients.characters);
  add_positions_backward(row_gradient, gradients.positions);
}

//: The table of characters gets its gradient by the look-up in reverse: what row $t$ wants is added
//: to the row of the character that stood there. A character that occurs five times collects five
//: wishes, and one that does not occur stays as it is:
//:
//: ```{listing} llm::embedding_backward
//: ```
//:
//: ## Training
//:
//: The text is the default corpus; the first nine tenths are for training, and the last tenth is
//: held out, so that we can grade the model on pages that it has not seen. Each step takes a
//: *batch*, here 16 pieces of $T + 1 = 33$ characters from random places, adds up their gradients,
//: and moves the parameters.
//:
//: Section 1.4 moved them by a fixed rate times the gradient. Sixteen pieces are a small sample of
//: the text, so that gradient is noisy: it points downhill on average and anywhere in particular.
//: {term}`Momentum` lets the steps average themselves out. Each parameter has a velocity, which
//: keeps nine tenths of itself at every step and takes in the new gradient; what the gradients
//: agree about adds up, to ten times its size if they agree always, and what they disagree about
//: cancels {cite}`polyak1964some`.
//:
//: ```{listing} llm::momentum_step
//: ```

//: Now the lessons. The text becomes token numbers, by the order in which its characters first occur,
//: and a piece is two views of them, one place apart:

struct Text {
  std::string alphabet;  // each character once; its place is its number
  std::vector<int> tokens;
  std::size_t training;  // how many of them are for training
};

Text read_text() {
  const std::string corpus = read_corpus();
  std::array<int, 256> numbers;
  numbers.fill(-1);
  Text text;
  for (const char character : corpus) {
    int& number = numbers[static_cast<unsigned char>(character)];
    if (number < 0) {
      number = static_cast<int>(text.alphabet.size());
      text.alphabet += character;
    }
    text.tokens.push_back(number);
  }
  text.training = text.tokens.size() / 10 * 9;
  return text;
}

struct Piece {
  std::span<const int> tokens, targets;  // T each: the targets are the tokens, one place later
};

Piece random_piece(const Text& text, std::size_t first, std::size_t last, Generator& generator) {
  const Index places = static_cast<Index>(last - first) - length;
  const std::size_t place = first + static_cast<std::size_t>(uniform_index(places, generator));
  const std::span<const int> all = text.tokens;
  return {all.subspan(place, length), all.subspan(place + 1, length)};
}

//: The loss on held-out text is the mean over 200 pieces from the last tenth, the same ones each time.
//: We keep it apart for each position of a piece, which will tell us something below:

constexpr int held_out_pieces = 200;
constexpr unsigned held_out_seed = 99;

std::array<Real, length> held_out_surprises(const CharacterModel& model, const Text& text,
                                            const Matrix& mask) {
  Generator generator(held_out_seed);
  std::array<Real, length> surprises{};
  for (int i = 0; i < held_out_pieces; ++i) {
    const Piece piece = random_piece(text, text.training, text.tokens.size(), generator);
    const Matrix probabilities = predict(model, piece.tokens, mask).probabilities;
    for (std::size_t t = 0; t < length; ++t) {
      surprises[t] += next_token_surprise(probabilities.row(static_cast<Index>(t)),
                                          piece.targets.subspan(t, 1)) /
                      held_out_pieces;
    }
  }
  return surprises;
}

Real mean(const std::array<Real, length>& numbers) {
  Real sum = 0;
  for (const Real number : numbers) sum += number;
  return sum / length;
}

//: The training is then two loops, one over the steps and one over the batch. The mask is an argument
//: of it, and is handed on to `predict`:

struct Training {
  CharacterModel model;
  std::vector<double> steps, losses;  // on held-out text, every 80 steps
};

Training train(const Text& text, const Matrix& mask) {
  Generator generator(1);
  const Index alphabet = static_cast<Index>(text.alphabet.size());
  Training training{.model = random_model(alphabet, generator), .steps = {}, .losses = {}};
  CharacterModel velocities = zero_model(alphabet);
  constexpr int steps = 2000, batch = 16;
  for (int step = 0; step <= steps; ++step) {
    if (step % 80 == 0) {
      training.steps.push_back(step);
      training.losses.push_back(mean(held_out_surprises(training.model, text, mask)));
    }
    if (step == steps) break;  // The last loss is that of the model that is returned.
    CharacterModel gradients = zero_model(alphabet);
    for (int i = 0; i < batch; ++i) {
      const Piece piece = random_piece(text, 0, text.training, generator);
      learn(training.model, piece.tokens, predict(training.model, piece.tokens, mask),
            piece.targets, gradients);
    }
    const std::vector<std::span<Real>> parameters = training.model.arrays(),
                                       momenta = velocities.arrays(), slopes = gradients.arrays();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      momentum_step(parameters[i], momenta[i], slopes[i], Real(0.2) / batch, Real(0.9));
    }
  }
  return training;
}

//: Now the experiment. The same initial numbers, the same pieces of text in the same order, the
//: same number of steps; one model is trained with the causal mask and one with a mask of zeros,
//: which hides nothing.

void compare_losses(Training& masked, const Training& open) {
  std::size_t parameters = 0;
  for (const std::span<Real> array : masked.model.arrays()) parameters += array.size();
  print("{} parameters", parameters);
  record("parameters", "{}", parameters);
  print("steps   with mask   without");
  for (std::size_t i = 0; i < masked.steps.size(); i += 5) {
    print("{:5}   {:9.3f}   {:7.3f}", masked.steps[i], masked.losses[i], open.losses[i]);
  }
  record("masked-loss", "{:.2f}", masked.losses.back());
  record("open-loss", "{:.2f}", open.losses.back());
  record("ratio", "{:.0f}", masked.losses.back() / open.losses.back());
  record_data("causal_loss", "steps", masked.steps);
  record_data("causal_loss", "masked", masked.losses);
  record_data("causal_loss", "open", open.losses);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} causal_loss
//: :alt: Two curves of the loss on held-out text against training steps. With the mask it falls
//:   from 4.7 to about 2.3; without the mask it falls below 0.2 within 200 steps.
//:
//: Loss on held-out text. The dashed lines are what two models that cannot read would get: one that
//: finds all characters equally likely, and one that knows how often each occurs.
//: ```

void record_guesses(const Text& text) {
  std::vector<double> counts(text.alphabet.size(), 0);
  for (const int token : text.tokens) counts[static_cast<std::size_t>(token)] += 1;
  double surprise = 0;
  for (const double count : counts) {
    const double share = count / static_cast<double>(text.tokens.size());
    surprise -= share * std::log(share);
  }
  const double even = std::log(static_cast<double>(text.alphabet.size()));
  record("alphabet", "{}", text.alphabet.size());
  record("even-guess", "{:.2f}", even);
  record("frequency-guess", "{:.2f}", surprise);
  record_data("causal_loss", "guesses", std::vector<double>{even, surprise});
}

//: The text has {value}`alphabet` different characters, so a guess without knowledge is surprised
//: by $\ln$ {value}`alphabet` = {value}`even-guess`, and one that knows how often each character
//: occurs by {value}`frequency-guess`. The masked model ends at {value}`masked-loss`: it has
//: learned something about which characters follow which. The other ends at {value}`open-loss`,
//: about {value}`ratio` times better, and *on text that it has never seen*. If we judged by this
//: table, we would throw the blindfold away.
//:
//: ## What the low loss is worth
//:
//: A language model is there to write. It is given a beginning, its last row of probabilities says
//: what might come next, one character is drawn from them and appended, and round it goes. (Chapter
//: 5 does this with care; here is the shortest way.)

int draw(const MatrixRef& probabilities, Generator& generator) {
  Real left = static_cast<Real>(uniform(generator));
  int token = 0;
  while (token + 1 < probabilities.cols() && left >= probabilities(0, token)) {
    left -= probabilities(0, token++);
  }
  return token;
}

char printable(const Text& text, int token) {
  const char character = text.alphabet[static_cast<std::size_t>(token)];
  return character >= ' ' && character <= '~' ? character : ' ';
}

void write(const CharacterModel& model, const Text& text, const Matrix& mask) {
  Generator generator(7);
  std::vector<int> written = {static_cast<int>(text.alphabet.find('\n'))};
  std::string line;
  while (line.size() < 240) {
    const Index rows = std::min(static_cast<Index>(written.size()), length);
    const std::span<const int> window = std::span(written).last(static_cast<std::size_t>(rows));
    const Pass pass = predict(model, window, mask.topLeftCorner(rows, rows));
    written.push_back(draw(pass.probabilities.bottomRows(1), generator));
    line += printable(text, written.back());
  }
  for (std::size_t i = 0; i < line.size(); i += 80) print("  {}", line.substr(i, 80));
}

void write_both(const Training& masked, const Training& open, const Text& text) {
  print("trained with the mask:");
  write(masked.model, text, causal_mask(length));
  print("trained without:");
  write(open.model, text, Matrix::Zero(length, length));
}
//: ```{output}
//: ```
//:
//: The first is no English yet, but it has words of the right length, common endings, an occasional
//: short word: what one attention layer and a few seconds can learn. The second has 240 characters
//: too, and they are hardly more than one or two, over and over. (A blank in either may stand for
//: the end of a line, which `printable` turns into one.) The model with the far better grade cannot
//: write, because it has never learned what follows what. It has learned to *look it up*, one place
//: to the right, and when it writes, there is nothing to the right.
//:
//: We can see it look. The heat map shows the attention weights of both models on the same piece of
//: held-out text, the mean of the four heads:

void record_attention(const Training& masked, const Training& open, const Text& text) {
  const std::span<const int> tokens = std::span(text.tokens).subspan(text.training, length);
  std::vector<std::string> labels;
  for (const int token : tokens) labels.emplace_back(1, printable(text, token));
  record_data("causal_attention", "characters", labels);
  for (const bool blindfold : {true, false}) {
    const Matrix mask = blindfold ? causal_mask(length) : Matrix::Zero(length, length);
    const Pass pass = predict(blindfold ? masked.model : open.model, tokens, mask);
    Matrix weights = Matrix::Zero(length, length);
    for (const Matrix& of_head : pass.attention.heads.weights) weights += of_head / heads;
    record_data("causal_attention", blindfold ? "masked" : "open", weights);
    if (!blindfold) record("peek", "{:.0f}", 100 * weights.diagonal(1).mean());
  }
}

//: ```{figure-from} causal_attention
//: :alt: Two heat maps of attention weights over 32 characters. With the mask the weights lie on
//:   and below the diagonal, mostly on the last few characters. Without the mask the
//:   strongest form one line directly above the diagonal, and the rest is faint.
//:
//: Attention weights of the two models on the same text; each row is a position, and its weights
//: sum to 1. Left, with the mask: the hatched cells are forbidden, and most weight lies on the latest
//: characters. Right, without: a line one place above the diagonal, where the answer stands.
//: ```
//:
//: Without the mask, the rows that have a next position give it {value}`peek` % of their attention.
//: Reading is superfluous for a model that is handed the answers.
//:
//: One place remains where it cannot cheat. The last row of a piece has no next row, so the loss of
//: the peeking model should be nearly 0 everywhere but there. If that row is surprised by about 3, as
//: one is who knows only how often each character occurs, the mean over all $T = 32$ positions is
//: about $3/32 \approx 0.09$, and that is nearly the whole of the loss in the table:

void surprise_by_position(const Training& masked, const Training& open, const Text& text) {
  const auto with = held_out_surprises(masked.model, text, causal_mask(length));
  const auto without = held_out_surprises(open.model, text, Matrix::Zero(length, length));
  print("position   with mask   without");
  for (const std::size_t t : std::initializer_list<std::size_t>{0, 1, 15, 30, 31}) {
    print("{:8}   {:9.3f}   {:7.3f}", t, with[t], without[t]);
  }
  record("last-surprise", "{:.2f}", without[length - 1]);
  record("last-share", "{:.2f}", without[length - 1] / length);
  record_data("causal_positions", "masked", std::vector<double>(with.begin(), with.end()));
  record_data("causal_positions", "open", std::vector<double>(without.begin(), without.end()));
}
//: ```{output}
//: ```
//:
//: ```{figure-from} causal_positions
//: :alt: Surprise at each of 32 positions for both models. The masked model starts near 3 at
//:   position 0 and stays near 2.3 after a few characters. The other is near 0 at all positions but
//:   the last, where it jumps to about 3.
//:
//: Surprise on held-out text by position. With the mask, the first rows are the hardest, as they
//: have read the least. Without it, nearly all the loss sits in the one row that has nothing to
//: look up.
//: ```
//:
//: The last row is surprised by {value}`last-surprise`, which adds {value}`last-share` to the mean.
//:
//: ## A test that finds leaks
//:
//: A leak as large as this one shows in the samples. A small one, a mask that is open by one entry,
//: or a mean that is taken over the wrong axis, shows only as a loss that is a little too good, and
//: nobody complains about that. A held-out set does not help: it leaks in the same way. So we test
//: for the property itself. Change a token; every row before it must stay exactly as it was. The
//: test needs to know nothing of how the model works. To it a model is a function from $T$ tokens to
//: $T$ rows:
//:
//: ```{listing} llm::TokenModel
//: :folded:
//: ```
//:
//: The test goes from the last token to the second, puts each token of the vocabulary in its place,
//: and looks for the largest change in the rows before it:
//:
//: ```{listing} llm::future_leak
//: ```

void find_the_leak(const Training& masked, const Training& open, const Text& text) {
  const std::span<const int> tokens = std::span(text.tokens).subspan(text.training, 8);
  const int alphabet = static_cast<int>(text.alphabet.size());
  const auto leak_of = [&](const CharacterModel& model, const Matrix& mask) {
    const TokenModel probabilities = [&](std::span<const int> read) {
      return predict(model, read, mask).probabilities;
    };
    return future_leak(probabilities, tokens, alphabet);
  };
  print("trained and run with the mask        leak {}", leak_of(masked.model, causal_mask(8)));
  print("trained and run without              leak {:.4f}",
        leak_of(open.model, Matrix::Zero(8, 8)));
  Matrix careless = causal_mask(8);
  careless(2, 3) = 0;
  print("trained with it, one wrong entry     leak {:.4f}", leak_of(masked.model, careless));
}
//: ```{output}
//: ```
//:
//: For the masked model the leak is 0, and not a small number: a weight of exactly 0 times a finite
//: value adds exactly 0. So the test asks for equality and needs no tolerance, and one wrong entry
//: in the mask of a trained model does not get past it. Section 4.4 uses it again, and the GPT of
//: chapter 5 has a test of the same property.
//:
//: ## What one pass saves
//:
//: The condition is met, so we may cash in: row $t$ of one pass over the whole text should be what
//: the model says after reading only the first $t + 1$ characters. And it should be much cheaper.
//: The passes over the prefixes process $1 + 2 + \dots + T = T(T+1)/2$ rows where one pass
//: processes $T$, so we expect a factor of $(T+1)/2 = 16.5$ for everything that works row by row,
//: and more where each of the 32 passes pays again for something fixed, such as allocating memory:

void one_pass_for_all(const Training& masked, const Text& text) {
  const std::span<const int> tokens = std::span(text.tokens).subspan(text.training, length);
  Matrix at_once, one_by_one(length, static_cast<Index>(text.alphabet.size()));
  const double parallel = fastest_seconds(
      [&] { at_once = predict(masked.model, tokens, causal_mask(length)).probabilities; });
  const double serial = fastest_seconds([&] {
    for (Index t = 0; t < length; ++t) {
      const std::span<const int> prefix = tokens.first(static_cast<std::size_t>(t + 1));
      one_by_one.row(t) =
          predict(masked.model, prefix, causal_mask(t + 1)).probabilities.bottomRows(1);
    }
  });
  print("largest difference below a millionth: {}",
        (at_once - one_by_one).cwiseAbs().maxCoeff() < Real(1e-6));
  print_timing("one pass {:.2f} ms, {} passes {:.2f} ms: {:.1f} times as long", 1e3 * parallel,
               length, 1e3 * serial, serial / parallel);
  record("saving", "{:.1f}", serial / parallel);
}
//: ```{output}
//: ```
//:
//: Measured: {value}`saving` times. In a model that reads a thousand tokens at once the same sum
//: gives five hundred. This is the trade that made Transformers replace recurrent networks, which
//: read one word after the other in training too: here all $T$ predictions are rows of the same
//: matrix products.
//:
//: The price is small and known. Of the $T^2$ scores, $T(T-1)/2$ are computed and then thrown away
//: by the mask, nearly half. A program that works on blocks of the score matrix skips the blocks
//: above the diagonal and gets most of that half back {cite}`dao2022flashattention`; the library's
//: `causal_attention_forward`, which trains the GPT of chapter 5, does so too.
//:
//: ## Training reads the truth, writing reads itself
//:
//: In training, row $t$ reads the first $t + 1$ characters *of the text*, whatever the model would
//: have said in their place. If it bets on `hep` and the text says `hel`, it pays for the bet, and
//: the next row goes on from `hel`. This is called {term}`teacher forcing`
//: {cite}`williams1989learning`: the teacher corrects each letter before the pupil writes the next.
//: It is what makes one pass possible, since all inputs are known beforehand.
//:
//: When the model writes, nobody corrects. A slip becomes part of what it reads, and it has hardly
//: read such slips in training. To see what they do, we let the model guess each character of the
//: held-out pieces from the true ones before it, put its guesses in the place of a share of the true
//: characters, and measure the surprise at what comes next in the true text. The pieces are those of
//: the table above, so that without a guess the last loss of the table must come out again:

Real surprise_after_slips(const CharacterModel& model, const Text& text, double share) {
  Generator generator(held_out_seed), guesser(3);
  const Matrix mask = causal_mask(length);
  Real sum = 0;
  for (int i = 0; i < held_out_pieces; ++i) {
    const Piece piece = random_piece(text, text.training, text.tokens.size(), generator);
    const Matrix guesses = predict(model, piece.tokens, mask).probabilities;
    std::vector<int> read(piece.tokens.begin(), piece.tokens.end());
    for (std::size_t t = 1; t < read.size(); ++t) {
      const int guess = draw(guesses.row(static_cast<Index>(t) - 1), guesser);
      if (uniform(guesser) < share) read[t] = guess;
    }
    sum += next_token_surprise(predict(model, read, mask).probabilities, piece.targets);
  }
  return sum / held_out_pieces;
}

void slips(const Training& masked, const Text& text) {
  for (const double share : {0.0, 0.1, 0.3, 1.0}) {
    const Real surprise = surprise_after_slips(masked.model, text, share);
    print("{:3.0f} % of the characters guessed   surprise {:.2f}", 100 * share, surprise);
    record(fmt::format("slips-{:.0f}", 100 * share), "{:.2f}", surprise);
  }
}
//: ```{output}
//: ```
//:
//: From {value}`slips-0`, which is the table's, to {value}`slips-100`, worse than the
//: {value}`frequency-guess` of one who knew only how often each character occurs. That alone is no
//: fault: after a wrong letter the true next one *is* surprising, and who knows well what follows the
//: wrong letter is sure of something else. The numbers say what it costs to take a guess for the
//: truth. What training adds is that a slip leads to a beginning of a kind that the text does not
//: have, and the model was never shown how to go on from there. The mismatch between what a model
//: reads in training and what it reads at work is known as *exposure bias*
//: {cite}`ranzato2016sequence`. One cure is to mix the model's own guesses into its training, more of
//: them as it gets better {cite}`bengio2015scheduled`. The models of this book do without it: the
//: better a model, the closer its guesses are to text, and section 5.5 comes back to what remains.
//:
//: ## In the wild
//:
//: The mask is as old as the Transformer: the half of it that writes, the decoder, has it "to
//: prevent positions from attending to subsequent positions" {cite}`vaswani2017attention`, and GPT
//: kept that half alone {cite}`radford2018improving`. GPT-2 is trained in this way on pieces of
//: $T = 1024$ tokens {cite}`radford2019language`, Llama 2 on pieces of 4,096
//: {cite}`touvron2023llama`.
//:
//: Not every model wears the blindfold. BERT reads both ways, which helps where the whole text is
//: there and nothing must be written: to judge a sentence, to find a name. It pays for its open
//: eyes: since it may look at everything, it can be asked only about words that were hidden from
//: it, 15 % of them, so a pass yields $0.15\,T$ examples instead of $T$ {cite}`devlin2019bert`. T5
//: compares both and a mixture, the prefix model, in which the question is read both ways and the
//: answer causally {cite}`raffel2020exploring`; its mask is a causal mask with a block of zeros in
//: the upper left corner.
//:
//: ## Exercises
//:
//: `````{exercise} 4.1a
//: :title: Two faults, read off the loss
//: :kind: paper
//:
//: An honest model of a text is surprised by 2.3 at each character. You find two models whose loss
//: is better. (1) The first is trained on pieces of $T = 256$ characters and has a loss of 0.01.
//: Which positions can it not cheat at, and what would its loss be with $T = 32$? (2) The second
//: has a loss of 0.00, at the last position too. Its mask is right. What did its author do to the
//: targets, and would `future_leak` find it?
//:
//: ```{hint}
//: For (1), the loss is a mean over positions. How many honest surprises of 2.3 are there in a sum
//: of $256 \cdot 0.01$?
//: ```
//: ```{hint}
//: For (2), the last row of the causal mask allows the positions up to and including the last. What
//: would the target have to be for that row to know it?
//: ```
//: ```{solution}
//: (1) $256 \cdot 0.01 = 2.56$, about one honest surprise: the model cheats everywhere but at one
//: position, and the last one is the only one without a next row. It has no mask, or one that is
//: open by one place. With $T = 32$ the same fault gives about $2.3 / 32 = 0.07$. A loss that
//: depends on the length in this way is a leak's signature.
//:
//: (2) The targets are not shifted: each row is asked for the character that it has read. The model
//: is causal, so `future_leak` says 0, and rightly. The fault is in the lesson and not in the
//: model; exercise 4.1c is about it.
//: ```
//: `````
//:
//: `````{exercise} 4.1b
//: :title: The blindfold without a mask
//: :kind: code
//: :function: causal_weights
//:
//: Write `causal_weights(scores)`: causal attention weights from a $(T, T)$ matrix of scores, without a
//: matrix of infinities. For each row, a softmax over the visible part alone; positions after the row's
//: own get exactly 0.
//:
//: ```{hint}
//: `scores.row(i).head(n)` is the first `n` scores of row $i$. How many may row 0 see, and row $i$?
//: ```
//: ```{hint}
//: Start with weights of 0. Row $i$ sees $i + 1$ positions. Take the largest of *those* off before
//: you exponentiate, and divide by *their* sum.
//: ```
//: ```{solution}
//: This does half of the work of the masked version, since no exponential is taken of a score that
//: is thrown away. The library keeps the mask because the same code then serves for padding and
//: windows.
//: ```
//: `````
//:
//: `````{exercise} 4.1c
//: :title: A lesson from a text
//: :kind: code
//: :function: lesson_at
//:
//: Write `lesson_at(tokens, place, length)`: given a text as token numbers, a place and a length, it
//: returns the piece of `length` examples that begins there, as a `Lesson`, a struct of two vectors of
//: token numbers, `inputs` and `targets`. When the text ends before the last target, or the place
//: lies before its first token, throw `std::invalid_argument`.
//:
//: ```{hint}
//: How many tokens of the text does a piece of `length` examples touch?
//: ```
//: ```{hint}
//: It touches `length + 1`: the targets are the inputs moved on by one. A vector can be made from
//: two iterators.
//: ```
//: ```{solution}
//: The check of the range counts the last target: `place + length + 1` tokens must exist. Reading
//: one number past the end would most of the time give no crash, only a wrong last target.
//: ```
//: `````
//:
//: `````{exercise} 4.1d
//: :title: How far back does it look?
//: :kind: experiment
//:
//: Section 3.4 has a mask that lets each position see its last $w$ positions only. Predict what the
//: loss of the trained model will be for $w = 1$, 2, 4 and 8, in order. Then call `train` with
//: `sliding_window_mask(length, w)` in the place of `causal_mask(length)`. What is the model with
//: $w = 1$? And why may you not use one window to train and another to write?
//:
//: ```{hint}
//: With $w = 1$ every row attends to itself alone, with weight 1. What does its prediction depend
//: on?
//: ```
//: ```{hint}
//: It depends on one character and its position. So the best it can do is to know, for each
//: character, how often each other follows. What would two characters add, and the ninth?
//: ```
//: ```{solution}
//: With $w = 1$ it is a table of pairs: each character predicts the next by how often it was
//: followed by it, with a network in the place of the table. The losses at the end:
//:
//: | | $w = 1$ | 2 | 4 | 8 | causal |
//: | --- | --- | --- | --- | --- | --- |
//: | trained with the window, reads with it | 2.67 | 2.37 | 2.35 | 2.33 | 2.31 |
//: | trained with the window, reads with the causal mask | 3.25 | 3.04 | 2.65 | 2.39 | 2.31 |
//: | trained with the causal mask, reads with the window | 3.31 | 2.60 | 2.33 | 2.32 | 2.31 |
//:
//: (The last digits differ from compiler to compiler.) The first row falls with the step from 1 to
//: 2, and hardly after it: what is left of the differences is no more than the noise of training.
//: One attention layer finds little use for a character ten places back. In the second row a model
//: shares its weights among positions that it has never seen together, and its mixtures come out
//: unlike anything that the next layer was trained on: for $w = 1$ it does no better than one who
//: knows only how often each character occurs, {value}`frequency-guess`. In the third the window
//: cuts off what the model relies on: much with one place or two, hardly anything with four, since
//: it hardly looks farther back.
//: ```
//: `````

}  // namespace

void causal_masking() {
  examples_of_a_word();
  mask_by_hand();
  staircase_for_the_figure();
  const Text text = read_text();
  Training masked = train(text, causal_mask(length));
  const Training open = train(text, Matrix::Zero(length, length));
  compare_losses(masked, open);
  record_guesses(text);
  write_both(masked, open, text);
  record_attention(masked, open, text);
  surprise_by_position(masked, open, text);
  find_the_leak(masked, open, text);
  one_pass_for_all(masked, text);
  slips(masked, text);
}
