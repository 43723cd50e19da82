//: # A summary that is a program
//:
//: Here is the smallest thing that uses the whole chapter. It reads the corpus, makes a vector for
//: each word from its neighbors (1.1), asks questions of it with linear layers (1.2) and a ReLU
//: between them (1.3), and learns the weights by gradient descent (1.4).
//:
//: The task is one at which you can't cheat. Some words end in "-ing", some in "-ed", others in
//: "-s". The vectors were made from the company that words keep, and no letter of a word went into
//: its own vector. Can a network tell the ending of a word from its vector alone? If it can, for
//: words that it has not trained on, then the vectors must hold something of what endings are for:
//: what is being done, what was done, what there are several of.
//:
//: The network has three outputs, one for each ending. The wanted output is 1 for the right ending
//: and 0 for the other two; the largest output is its answer. Of every three words with an ending,
//: one is held out for the test.

#include <string>
#include <vector>

#include "common/foundations/activations.hpp"
#include "common/foundations/corpus.hpp"
#include "common/foundations/embeddings.hpp"
#include "common/foundations/linear.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/words.hpp"
#include "common/harness/recorder.hpp"

using namespace llm;

namespace {

const std::vector<std::string> endings = {"ing", "ed", "s"};

/// Words with one of the endings, a vector for each (n, 32), and which ending it is (n, endings),
/// one-hot.
struct Examples {
  Matrix vectors, endings;
};

/// The words of the vocabulary that have an ending, every third of them (`held_out`) or the others.
Examples examples(const WordList& list, const Matrix& vectors, bool held_out) {
  std::vector<Index> rows, kinds;
  Index seen = 0;
  for (const std::string& word : list.words) {
    for (std::size_t kind = 0; kind < endings.size(); ++kind) {
      if (word.size() < 5 || !word.ends_with(endings[kind]) || word.ends_with("ss")) continue;
      if ((seen++ % 3 == 0) != held_out) continue;
      rows.push_back(word_number(list, word));
      kinds.push_back(static_cast<Index>(kind));
    }
  }
  Examples chosen{vectors(rows, Eigen::indexing::all),
                  Matrix::Zero(static_cast<Index>(rows.size()), 3)};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    chosen.endings(static_cast<Index>(i), kinds[i]) = 1;
  }
  return chosen;
}

/// Two linear layers with a ReLU between them.
struct Network {
  Matrix hidden_weights, output_weights;  // (n, 32), (3, n)
  Vector hidden_bias, output_bias;        // (n), (3)
};

/// One step of gradient descent on the mean squared error.
void learn_a_little(Network& network, const Examples& examples, Real rate) {
  const Matrix before = linear(examples.vectors, network.hidden_weights, network.hidden_bias);
  const Matrix hidden = relu(before);
  const Matrix answers = linear(hidden, network.output_weights, network.output_bias);
  const Matrix output_gradient = (answers - examples.endings) * (2 / Real(answers.rows()));

  Network gradient = network;
  gradient.hidden_weights.setZero(), gradient.output_weights.setZero();
  gradient.hidden_bias.setZero(), gradient.output_bias.setZero();
  Matrix hidden_gradient(hidden.rows(), hidden.cols());
  linear_backward(output_gradient, hidden, network.output_weights, hidden_gradient,
                  gradient.output_weights, gradient.output_bias);
  relu_backward(hidden_gradient, before, hidden_gradient);
  linear_backward_parameters(hidden_gradient, examples.vectors, gradient.hidden_weights,
                             gradient.hidden_bias);

  network.hidden_weights -= rate * gradient.hidden_weights;
  network.output_weights -= rate * gradient.output_weights;
  network.hidden_bias -= rate * gradient.hidden_bias;
  network.output_bias -= rate * gradient.output_bias;
}

/// How often each ending (row) gets each answer (column), in words: (3, 3).
Matrix answer_counts(const Network& network, const Examples& examples) {
  const Matrix hidden = relu(linear(examples.vectors, network.hidden_weights, network.hidden_bias));
  const Matrix answers = linear(hidden, network.output_weights, network.output_bias);
  Matrix counts = Matrix::Zero(3, 3);
  for (Index i = 0; i < answers.rows(); ++i) {
    Index answer = 0;
    answers.row(i).maxCoeff(&answer);
    counts.col(answer) += examples.endings.row(i).transpose();
  }
  return counts;
}

/// The share of the examples for which the largest answer is the right one, in percent.
double percent_right(const Network& network, const Examples& examples) {
  const Matrix counts = answer_counts(network, examples);
  return 100 * static_cast<double>(counts.trace() / counts.sum());
}

/// The same counts in percent of the words with that ending.
Matrix answers_by_ending(const Network& network, const Examples& examples) {
  const Matrix counts = answer_counts(network, examples);
  return (counts.array().colwise() / counts.rowwise().sum().array()) * 100;
}

}  // namespace

void summary() {
  const std::vector<std::string> text = split_words(read_corpus());
  const WordList list = frequent_words(text, 3000);
  const Matrix table = positive_mutual_information(cooccurrence_counts(text, list, 1));
  Generator generator(1);
  Matrix vectors = svd_embeddings(table, 32, generator);
  vectors.rowwise().normalize();

  const Examples training = examples(list, vectors, false), test = examples(list, vectors, true);
  Network network{random_normal(32, 32, generator, 0.2f), random_normal(3, 32, generator, 0.2f),
                  Vector::Zero(32), Vector::Zero(3)};
  print("{} words to learn from, {} others to test on", training.vectors.rows(),
        test.vectors.rows());
  const Vector each = test.endings.colwise().sum();
  print("of those, {} end in -ing, {} in -ed, {} in -s", each(0), each(1), each(2));
  const double commonest = 100 * test.endings.colwise().mean().maxCoeff();
  print("to answer always with the commonest ending is right for {:.0f} %", commonest);
  record("commonest", "{:.0f}", commonest);
  std::vector<double> steps, training_right, test_right;
  for (int step = 0; step <= 1500; ++step) {
    if (step % 250 == 0) {
      steps.push_back(step);
      training_right.push_back(percent_right(network, training));
      test_right.push_back(percent_right(network, test));
      print("step {:4}: right for {:3.0f} % of the training words, {:3.0f} % of the others", step,
            training_right.back(), test_right.back());
    }
    learn_a_little(network, training, 0.1f);
  }
  record("right", "{:.0f}", percent_right(network, test));
  const Matrix confusion = answers_by_ending(network, test);
  show("answers to the held-out words, in percent of each ending", confusion, 0, endings, endings);
  record("ing right", "{:.0f}", confusion(0, 0));
  record("ing as s", "{:.0f}", confusion(0, 2));
  record_data("endings_confusion", "endings", endings);
  record_data("endings_confusion", "percent", confusion);
  record_data("endings_confusion", "steps", steps);
  record_data("endings_confusion", "training", training_right);
  record_data("endings_confusion", "test", test_right);
}
//: ```{output}
//: ```
//:
//: ```{figure-from} endings_confusion
//: :alt: On the left a table of three rows and columns, one for each ending, with the shares of the
//:   answers; the diagonal is the most marked. On the right, the share of right answers against the
//:   step, for training words and held-out words: the first goes on rising, the second levels off.
//:
//: Left, what the network answers to the held-out words; each row adds up to 100 %, and what is
//: right stands on the diagonal. Right, how it got there.
//: ```
//:
//: The window is 1 here: what a word is doing in its sentence shows in the words right beside it,
//: as exercise 1.1c found. From the company of words alone, the network tells the endings of
//: {value}`right` % of the words that it has never seen, where always answering with the commonest
//: would get {value}`commonest` %. It did not learn letters, for it was never shown any. It learned
//: what "-ing" and "-ed" do.
//:
//: The first row of the table is the weak one: of the words in "-ing" the network gets
//: {value}`ing right` %, and {value}`ing as s` % of them it takes for words in "-s", of which there
//: are the most.
//:
//: Look also at the two columns of the steps. The network goes on getting better at the words that it trains on,
//: long after it has stopped getting better at the others. It begins to know its examples by heart.
//: This is called {term}`overfitting`, and it is why, from here to the end of the book, a model is
//: judged by text that it has not seen.
//:
//: Two things are missing, and they are the next two chapters. "Dog bites man" and "man bites dog"
//: are the same bag of words to everything above: nothing knows the *order* of words. And each word
//: has one vector, wherever it stands: nothing knows its *context*.
//:
//: ## Formulas and shapes
//:
//: The chapter on one page, to print. $n$ rows of $d$ features each, $V$ words, $G$ for the slopes of
//: the loss by $Y$.
//:
//: | what | formula | shapes | in the library | section |
//: | --- | --- | --- | --- | --- |
//: | cosine similarity | $\cos\theta = \dfrac{a \cdot b}{\lVert a \rVert\, \lVert b \rVert}$ | $a, b$: $(d)$; one number | {cpp:func}`cosine_similarity <llm::cosine_similarity>` | {doc}`1.1 <1_vectorization>` |
//: | mutual information | $\ln \dfrac{n_{ij}\, n}{n_i n_j}$, at least 0 | $(V, V)$ to $(V, V)$ | {cpp:func}`positive_mutual_information <llm::positive_mutual_information>` | {doc}`1.1 <1_vectorization>` |
//: | embeddings | $A = U S W^\top$, the strongest columns of $U S$ | $A$: $(V, V)$; $(V, d)$ | {cpp:func}`svd_embeddings <llm::svd_embeddings>` | {doc}`1.1 <1_vectorization>` |
//: | linear layer | $Y = X W^\top + b$ | $X$: $(n, d_\text{in})$; $W$: $(d_\text{out}, d_\text{in})$; $Y$: $(n, d_\text{out})$ | {cpp:func}`linear <llm::linear>`, {cpp:func}`linear_forward <llm::linear_forward>` | {doc}`1.2 <2_linear_layers>` |
//: | its cost | $2\, n\, d_\text{in}\, d_\text{out}$ operations |  | {cpp:func}`multiply_transposed_bias <llm::multiply_transposed_bias>` | {doc}`1.2 <2_linear_layers>` |
//: | ReLU | $\max(x, 0)$ | any, the same | {cpp:func}`relu_forward <llm::relu_forward>`, {cpp:func}`relu_backward <llm::relu_backward>` | {doc}`1.3 <3_nonlinearity>` |
//: | GELU | $x\, \Phi(x)$ | any, the same | {cpp:func}`gelu_forward <llm::gelu_forward>`, {cpp:func}`gelu_backward <llm::gelu_backward>` | {doc}`1.3 <3_nonlinearity>` |
//: | SiLU | $x\, \sigma(x) = \dfrac{x}{1 + e^{-x}}$ | any, the same | {cpp:func}`silu_forward <llm::silu_forward>`, {cpp:func}`silu_backward <llm::silu_backward>` | {doc}`1.3 <3_nonlinearity>` |
//: | mean squared error | $L = \frac1N \sum_i (\hat y_i - y_i)^2$ | $(N, 1)$; one number | – | {doc}`1.4 <4_universal_approximation>` |
//: | slopes by weights and bias | $G^\top X$, sums of the columns of $G$ | $G$: $(n, d_\text{out})$; as $W$ and $b$ | {cpp:func}`linear_backward_parameters <llm::linear_backward_parameters>` | {doc}`1.4 <4_universal_approximation>` |
//: | slopes by inputs | $G W$ | as $X$ | {cpp:func}`linear_backward_inputs <llm::linear_backward_inputs>` | {doc}`1.4 <4_universal_approximation>` |
//: | gradient descent | $\theta \leftarrow \theta - \eta\, \partial L / \partial \theta$ | as $\theta$ | – | {doc}`1.4 <4_universal_approximation>` |
//: | finite differences | $\dfrac{L(\theta + \epsilon) - L(\theta - \epsilon)}{2 \epsilon}$ | one number for each parameter | {cpp:func}`finite_differences <llm::finite_differences>` | {doc}`1.4 <4_universal_approximation>` |
