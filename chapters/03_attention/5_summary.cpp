//: # Summary: a layer that remembers
//:
//: Here is the smallest thing that uses all of the chapter. A text reports balances: *Ada has 3, Bo
//: has 1, Cy has 7.* Then it asks: *Bo? Ada?* Then it goes on: *Ada has 4, Bo has 9. Cy?* One layer of
//: attention is to answer each question with what was said **before** it.
//:
//: Each of the eight positions is a vector of twelve features: eight random ones for the name (there
//: are twelve names), the number, two marks for "says" and "asks", and one that is 0. A question
//: brings its name and no number. What the chapter has to offer is what it takes:
//:
//: - Each question must find the entry of the same name: dot products and a softmax, a soft
//:   dictionary (section 3.1).
//: - Questions must look for statements, not for themselves or for other questions, and bring back the
//:   number, not the name: queries, keys and values of their own, and scores in units of $\sqrt d$
//:   (section 3.2).
//: - The name is compared in two heads of six columns (section 3.3).
//: - "Ada has 4" comes too late for the first question about Ada: a causal mask (section 3.4).

#include "common/attention/masks.hpp"
#include "common/attention/multi_head.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"

using namespace llm;

namespace {

constexpr Index names = 12, name_width = 8, width = 12, length = 8, heads = 2;
constexpr Index number = name_width, says = name_width + 1, asks = name_width + 2;

/// Who is spoken of at each of the eight positions, of three people; and which positions ask.
constexpr Index person[length] = {0, 1, 2, 1, 0, 0, 1, 2};
constexpr bool is_question[length] = {false, false, false, true, true, false, false, true};

/// A text, (8, 12), and the right answers, (8), where it asks.
struct Text {
  Matrix features = Matrix::Zero(length, width);
  Vector answers = Vector::Zero(length);
};

Text draw_text(const Matrix& name_vectors, Generator& generator) {
  const Index first = uniform_index(names, generator), step = 1 + uniform_index(5, generator);
  Vector balance = Vector::Zero(3);
  Text text;
  for (Index t = 0; t < length; ++t) {
    const Index who = person[t];
    text.features.row(t).head(name_width) = name_vectors.row((first + who * step) % names);
    text.features(t, is_question[t] ? asks : says) = 1;
    if (!is_question[t]) text.features(t, number) = static_cast<Real>(normal(generator));
    // The first statement counts until the second one is made.
    if (!is_question[t]) balance(who) = text.features(t, number);
    text.answers(t) = balance(who);
  }
  return text;
}

/// The error of a layer on one text, one share of 16 texts of three questions; adds its gradients.
double read_text(const Text& text, const Matrix& mask, const HeadLayout& layout,
                 const MultiHeadParameters& parameters, MultiHeadParameters& gradients) {
  constexpr Real share = Real(1) / (16 * 3);
  const MultiHead forward = multi_head_attention(text.features, mask, layout, parameters);
  Matrix output_gradient = Matrix::Zero(length, width);
  double error = 0;
  for (Index t = 0; t < length; ++t) {
    if (!is_question[t]) continue;
    const Real miss = forward.outputs(t, 0) - text.answers(t);
    error += share * miss * miss;
    output_gradient(t, 0) = 2 * share * miss;
  }
  multi_head_attention_backward(output_gradient, text.features, forward, layout, parameters,
                                gradients);
  return error;
}

/// A layer after 2000 steps of gradient descent, and its error over the last 100.
struct Reader {
  MultiHeadParameters parameters;
  double error = 0;
};

Reader learn_to_read(const Matrix& name_vectors, const Matrix& mask, Generator generator) {
  const HeadLayout layout = divide_heads(width, heads);
  Reader reader{.parameters = random_multi_head(layout, generator)};
  for (int step = 0; step < 2000; ++step) {
    MultiHeadParameters gradients = zero_multi_head(layout);
    double error = 0;
    for (int i = 0; i < 16; ++i) {
      error +=
          read_text(draw_text(name_vectors, generator), mask, layout, reader.parameters, gradients);
    }
    if (step >= 1900) reader.error += error / 100;
    const auto arrays = reader.parameters.arrays(), slopes = gradients.arrays();
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      for (std::size_t j = 0; j < arrays[i].size(); ++j) arrays[i][j] -= Real(0.3) * slopes[i][j];
    }
  }
  return reader;
}

//: We train it twice from the same start, once under the causal mask and once without, and then read
//: one text with both.

/// What a layer answers at each position of a text: (8, 1).
Matrix answers_of(const Reader& reader, const Text& text, const Matrix& mask) {
  return multi_head_attention(text.features, mask, divide_heads(width, heads), reader.parameters)
      .outputs.leftCols(1);
}

void remember() {
  Generator generator(1);
  const Matrix name_vectors = random_normal(names, name_width, generator);
  const Matrix mask = causal_mask(length);
  const Reader masked = learn_to_read(name_vectors, mask, generator);
  const Reader open = learn_to_read(name_vectors, Matrix(), generator);
  print("mean squared error with the causal mask {:.3f}, without {:.3f}", masked.error, open.error);
  record("masked", "{:.3f}", masked.error);
  record("open", "{:.2f}", open.error);

  const Text text = draw_text(name_vectors, generator);
  Matrix table(length, 3);
  table << text.answers.transpose(), answers_of(masked, text, mask),
      answers_of(open, text, Matrix());
  const std::vector<std::string> lines = {"Ada has", "Bo has",  "Cy has", "Bo?",
                                          "Ada?",    "Ada has", "Bo has", "Cy?"};
  show("\nwhat is true, and what the two layers say", table, 2, lines, {"true", "mask", "none"});
  const MultiHead forward =
      multi_head_attention(text.features, mask, divide_heads(width, heads), masked.parameters);
  record_data("attention_summary", "lines", lines);
  record_data("attention_summary", "first", forward.heads.weights[0]);
  record_data("attention_summary", "second", forward.heads.weights[1]);
}

//: ```{output}
//: ```
//:
//: Only the lines with a question mark were trained; what a layer says at the others means nothing.
//: Under the mask the answers are right, to an error of {value}`masked`. Without it "Bo?" and
//: "Ada?" find two statements each, with nothing to tell which came first, and do what a soft
//: dictionary does: they answer with a mean. The mean of two numbers of variance 1 misses either by
//: $\frac12$ on average, squared, and that for two of three questions: $\frac13$ is the least that
//: can remain, and {value}`open` did. "Cy?", of whom nothing new was said, is answered well by
//: both.
//:
//: ```{figure-from} attention_summary
//: :alt: Two heat maps of eight by eight weights, lower triangles; in the rows of the three
//:   questions the weight lies on the statement of the same name.
//:
//: The weights of the two heads under the mask, one row a position. In the framed rows, the questions,
//: look for the statement of the same name; the hatched cells are forbidden.
//: ```
//:
//: One of the heads does the work. A question divides itself between the statement that it was looking
//: for and itself, whose name is as similar and whose number is 0; the output projection makes up for
//: the half that is lost. The statements that are not asked for get next to nothing.
//:
//: What it can't do: nothing in it says which of two *earlier* statements is the later one, for
//: attention sees a set, and what was not stamped with a position has none (chapter 2). And it
//: can't do anything in two steps, such as finding who has as much as Bo: for this, layers have to
//: stand on layers. How they learn through each other is chapter 4, and the model that is made of
//: them chapter 5.
//:
//: ## Formulas and shapes
//:
//: The chapter on one page. $X$ is the text, a row a position; everything runs along rows.
//:
//: | what | formula | shapes | in the library | section |
//: | --- | --- | --- | --- | --- |
//: | attention without parameters | $S = XX^\top$, $A = \operatorname{softmax}(S)$, $Y = AX$ | $X, Y$: $(T, d)$; $S, A$: $(T, T)$ |  | {doc}`3.1 <1_self_attention>` |
//: | queries, keys, values | $Q = XW_Q^\top$, $K = XW_K^\top$, $V = XW_V^\top$ | $W_Q$: $(h\,d_h, d)$; $W_K, W_V$: $(g\,d_h, d)$ | {cpp:struct}`~llm::MultiHeadParameters` | {doc}`3.2 <2_scaled_dot_product>` |
//: | scaled attention | $\operatorname{softmax}(QK^\top/\sqrt d)\,V$ | $Q$: $(T_q, d)$; $K$: $(T_k, d)$; $V$: $(T_k, d_v)$; result $(T_q, d_v)$ | {cpp:func}`~llm::scaled_dot_product_attention` | {doc}`3.2 <2_scaled_dot_product>` |
//: | columns of head $k$ | $k\,d_h$ to $(k+1)\,d_h - 1$, with $d_h = d/h$ | $(T, d_h)$ | {cpp:func}`~llm::divide_heads` | {doc}`3.3 <3_multi_head>` |
//: | several heads | $Y = [\,H_1 \cdots H_h\,]\,W_O^\top$ | $H_k$: $(T, d_h)$; $W_O$: $(d, d)$; $Y$: $(T, d)$ | {cpp:func}`~llm::multi_head_attention` | {doc}`3.3 <3_multi_head>` |
//: | shared keys and values | query head $k$ reads head $\lfloor k g / h \rfloor$ | $2 g\, d_h$ numbers a position to keep | {cpp:struct}`~llm::HeadLayout` | {doc}`3.3 <3_multi_head>` |
//: | causal mask | $M_{ij} = 0$ for $j \le i$, else $-\infty$; $\operatorname{softmax}(QK^\top/\sqrt d + M)\,V$ | $M$: $(T, T)$ | {cpp:func}`~llm::causal_mask` | {doc}`3.4 <4_masking>` |
//: | sliding window | $M_{ij} = 0$ for $i - w < j \le i$, else $-\infty$ | $(T, T)$ | {cpp:func}`~llm::sliding_window_mask` | {doc}`3.4 <4_masking>` |
//: | cost | $4Td^2$ for the layers ($h = g$), $2T^2d$ for scores and mixtures | $h\,T^2$ weights |  | {doc}`3.3 <3_multi_head>` |

}  // namespace

void attention_summary() {
  remember();
}
