// The checks of chapter 1's exercises. What they expect is worked out by hand.

#include "chapters/01_foundations/exercises.hpp"

#include <fmt/format.h>

#include <functional>
#include <initializer_list>
#include <string>
#include <tuple>
#include <vector>

#include "chapters/01_foundations/mistakes/1.1b_dot_products.hpp"
#include "chapters/01_foundations/mistakes/1.1b_query_length_missing.hpp"
#include "chapters/01_foundations/mistakes/1.1b_squared_lengths.hpp"
#include "chapters/01_foundations/mistakes/1.2b_bias_in_the_sum.hpp"
#include "chapters/01_foundations/mistakes/1.2b_no_bias.hpp"
#include "chapters/01_foundations/mistakes/1.2b_transposed_weights.hpp"
#include "chapters/01_foundations/mistakes/1.3b_biases_added.hpp"
#include "chapters/01_foundations/mistakes/1.3b_first_bias_forgotten.hpp"
#include "chapters/01_foundations/mistakes/1.3b_wrong_order.hpp"
#include "chapters/01_foundations/mistakes/1.3c_forward.hpp"
#include "chapters/01_foundations/mistakes/1.3c_no_chain.hpp"
#include "chapters/01_foundations/mistakes/1.3c_no_leak.hpp"
#include "chapters/01_foundations/mistakes/1.3c_sign_of_gradient.hpp"
#include "chapters/01_foundations/mistakes/1.4b_flat_left.hpp"
#include "chapters/01_foundations/mistakes/1.4b_no_fold.hpp"
#include "chapters/01_foundations/mistakes/1.4b_output_weight_missing.hpp"
#include "chapters/01_foundations/mistakes/1.4b_sum_of_examples.hpp"
#include "chapters/01_foundations/solutions.hpp"
#include "tests/exercises/check.hpp"

namespace llm {

namespace {

using ::exercises::FoldUnit;
using ::exercises::MergedLayer;

/// A matrix with these rows.
Matrix rows(std::initializer_list<std::initializer_list<Real>> entries) {
  Matrix matrix(static_cast<Index>(entries.size()), static_cast<Index>(entries.begin()->size()));
  Index i = 0;
  for (const auto& row : entries) {
    Index j = 0;
    for (const Real entry : row) matrix(i, j++) = entry;
    ++i;
  }
  return matrix;
}

/// A vector of these numbers.
Vector row(std::initializer_list<Real> entries) {
  return rows({entries});
}

/// Whether two matrices have one shape and nearly the same entries.
bool same(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && (a - b).cwiseAbs().maxCoeff() < 1e-4;
}

/// Throws WrongAnswer unless the answer has the expected shape.
void expect_shape(const Matrix& answer, Index rows, Index columns, const std::string& meaning) {
  expect(answer.rows() == rows && answer.cols() == columns,
         fmt::format("Your result has the shape {}; {} has {}.",
                     shape_text(answer.rows(), answer.cols()), meaning, shape_text(rows, columns)));
}

/// Exercise 1.1b: the rows (4, 0), (3, 4), (-6, -8) and the query (1.5, 2), of lengths 4, 5, 10 and
/// 2.5, with the dot products 6, 12.5 and -25.
void check_cosine_similarities(
    const std::function<Vector(const Matrix&, const Vector&)>& similarities) {
  const Matrix table = rows({{4, 0}, {3, 4}, {-6, -8}});
  const Vector query = row({1.5f, 2}), answer = similarities(table, query);
  expect_shape(answer, 1, 3, "one similarity for each of three rows");
  expect(
      !same(answer, row({6, 12.5f, -25})),
      "These are the dot products: the rows (3, 4) and (-6, -8) lie along the query (1.5, 2), and "
      "their similarities should be 1 and -1. Divide by the lengths.");
  expect(
      !same(answer, row({1.5f, 2.5f, -2.5f})),
      "You divided by the length of each row, and not by the length of the query, which is 2.5.");
  expect(!same(answer, row({2.4f, 5, -10})),
         "You divided by the length of the query, and not by the length of each row.");
  expect(
      !same(answer, row({0.06f, 0.08f, -0.04f})),
      "You divided by the squares of the lengths: a length is the square root of the dot product "
      "of a vector with itself.");
  expect(!same(answer, row({0.6f, 1, 1})),
         "The row (-6, -8) points away from (1.5, 2): its similarity is -1, and yours is 1.");
  expect_close(answer, row({0.6f, 1, -1}),
               "For the rows (4, 0), (3, 4), (-6, -8) and the query (1.5, 2), the similarities are "
               "6/10, 1 and -1.");
  expect_close(similarities(rows({{1, 2, 2}}), row({2, 0, 0})), row({1.0f / 3}),
               "The row (1, 2, 2) of length 3 and the query (2, 0, 0) of length 2 have the dot "
               "product 2, and so the similarity 1/3.");
  expect_close(similarities(rows({{1, 0}, {0, 7}}), row({0, 2})), row({0, 1}),
               "(1, 0) stands at a right angle to the query (0, 2), and (0, 7) lies along it.");
}

/// Exercise 1.2b, with one row of three features and four questions.
void check_layer_of_four_questions(
    const std::function<Matrix(const Matrix&, const Matrix&, const Vector&)>& layer) {
  const Matrix answer = layer(rows({{1, 2, 3}}), rows({{1, 0, 1}, {0, 1, 1}, {2, 1, 0}, {1, 1, 1}}),
                              row({1, 2, 3, 4}));
  expect_shape(answer, 1, 4, "one row of three features, asked four questions,");
  expect(!same(answer, rows({{4, 5, 4, 6}})),
         "The bias changed nothing: one row, (1, 2, 3), gets the same answers with the bias "
         "(1, 2, 3, 4) as without.");
  expect(!same(answer, rows({{6, 9, 10, 14}})), "Your bias is added twice.");
  expect(!same(answer, rows({{7, 11, 13, 18}})),
         "Your bias is added three times, once for each of the three input features: it belongs "
         "outside of the loop over the input features.");
  expect_close(answer, rows({{5, 7, 7, 10}}),
               "One row, (1, 2, 3), and four questions with the bias (1, 2, 3, 4):");
}

/// Exercise 1.2b.
void check_linear_by_loops(
    const std::function<Matrix(const Matrix&, const Matrix&, const Vector&)>& layer) {
  const Matrix inputs = rows({{1, 2}, {3, -1}}), weights = rows({{1, 2}, {5, -3}});
  const Matrix plain = layer(inputs, weights, row({0, 0}));
  expect_shape(plain, 2, 2, "two rows of inputs with two questions");
  expect(!same(plain, rows({{11, -4}, {-2, 9}})),
         "Your weights are transposed: question j is row j of the weights, weights(j, k).");
  expect_close(plain, rows({{5, -1}, {1, 18}}),
               "Without bias, rows (1, 2) and (3, -1) and questions (1, 2) and (5, -3):");
  check_layer_of_four_questions(layer);
  const Matrix biased = layer(inputs, weights, row({10, 100}));
  expect(!same(biased, rows({{15, 9}, {101, 118}})),
         "Your bias runs down the rows: bias(j) belongs to column j of the result.");
  expect_close(biased, rows({{15, 99}, {11, 118}}),
               "Two rows with the bias (10, 100), which is added to every row:");
}

/// Exercise 1.3b.
void check_merge_layers(const std::function<MergedLayer(const Matrix&, const Vector&, const Matrix&,
                                                        const Vector&)>& merge) {
  const Matrix first = rows({{1, 0}, {2, 1}}), second = rows({{3, 1}, {0, 1}});
  const Vector first_bias = row({1, 4}), second_bias = row({10, 20});
  const MergedLayer layer = merge(first, first_bias, second, second_bias);
  expect_shape(layer.weights, 2, 2, "the weights of two layers of two features");
  expect_shape(layer.bias, 1, 2, "the bias");
  expect(!same(layer.weights, rows({{3, 1}, {6, 3}})),
         "Your weights are W1 W2: the questions of the whole are those of the second layer, so its "
         "weights stand on the left.");
  expect(!same(layer.weights, rows({{5, 2}, {1, 1}})),
         "Your weights are transposed: each row is a question of the merged layer.");
  expect_close(layer.weights, rows({{5, 1}, {2, 1}}), "The weights are the product W2 W1.");
  expect(
      !same(layer.bias, row({10, 20})),
      "The first layer's bias is lost: with inputs of 0, the first layer still gives its bias to "
      "the second.");
  expect(!same(layer.bias, row({11, 24})),
         "You added the two biases as they are. What the first layer adds goes through the weights "
         "of the second.");
  expect(!same(layer.bias, row({7, 4})),
         "The second layer's bias is lost: it is added to what the first layer's bias becomes.");
  expect(!same(layer.bias, row({13, 25})),
         "Your bias meets W2 by its columns: it is the rows of W2 that ask what the first layer's "
         "bias becomes.");
  expect_close(layer.bias, row({17, 24}), "The bias is b1 W2ᵀ + b2.");

  const MergedLayer narrow = merge(rows({{1, 2, 3}}), row({5}), rows({{2}, {4}}), row({1, 1}));
  expect_close(narrow.weights, rows({{2, 4, 6}, {4, 8, 12}}),
               "Three features in, one in the middle, two out: the weights are (2, 3).");
  expect_close(narrow.bias, row({11, 21}), "With a bias of 5 in the middle:");
}

/// Exercise 1.3c.
void check_leaky_relu_backward(
    const std::function<Matrix(const Matrix&, const Matrix&, Real)>& backward) {
  const Matrix inputs = rows({{2, -2, 4}, {-4, 3, -1}});
  const Matrix gradient = rows({{10, 20, -30}, {-40, -50, 60}});
  const Matrix answer = backward(gradient, inputs, 0.1f);
  expect_shape(answer, 2, 3, "the gradient by inputs of that shape");
  expect(!same(answer, rows({{1, 0.1f, 1}, {0.1f, 1, 0.1f}})),
         "This is the slope of the activation alone. The chain rule multiplies it by the gradient "
         "that comes from the outputs.");
  expect(!same(answer, rows({{10, 20, -3}, {-4, -5, 60}})),
         "You look at the sign of the gradient. On which side of the corner a number lies is "
         "decided by the input.");
  expect(!same(answer, rows({{10, 0, -30}, {0, -50, 0}})),
         "Nothing leaks: where the input is negative, the slope is 0.1, not 0.");
  expect(
      !same(answer, rows({{20, -4, -120}, {16, -150, -6}})),
      "You multiply with the value of the activation. The chain rule needs its slope, 1 or 0.1.");
  expect(!same(answer, rows({{1, 20, -3}, {-40, -5, 60}})),
         "The two sides are exchanged: the small slope belongs to the negative inputs.");
  expect_close(answer, rows({{10, 2, -30}, {-4, -50, 6}}),
               "Inputs (2, -2, 4), (-4, 3, -1), slope 0.1:");
  expect_close(backward(gradient, inputs, 0.5f), rows({{10, 10, -30}, {-20, -50, 30}}),
               "The same with the slope 0.5:");
  expect_close(backward(gradient, inputs / 8, 0.1f), rows({{10, 2, -30}, {-4, -50, 6}}),
               "Inputs of the same signs, all between -1 and 1: only the sign decides.");
  expect_close(backward(rows({{8}}), rows({{0}}), 0.25f), rows({{2}}),
               "At 0 itself the input is not positive, and the small slope counts.");
}

/// Four slopes as a row that messages can show.
Vector as_row(const FoldUnit& slopes) {
  return row({slopes.w, slopes.b, slopes.a, slopes.c});
}

/// Exercise 1.4b: the unit w = 2, b = -1, a = 3, c = 1 and the examples (1, 1), (-1, 4), (3, 10).
/// There z is 1, -3 and 5, the answers are 4, 10 and 16, and their slopes 2/3 times 3, 6 and 6.
void check_fold_gradient(
    const std::function<FoldUnit(const FoldUnit&, const Vector&, const Vector&)>& gradient) {
  const Vector answer = as_row(gradient({2, -1, 3, 1}, row({1, -1, 3}), row({1, 4, 10})));
  expect(!same(answer, row({162, 18, 102, 30})),
         "Your slopes are three times too large for three examples: the loss is their mean.");
  expect(!same(answer, row({27, 3, 17, 5})),
         "All your slopes are half of what they should be: the slope of a square u² is 2 u.");
  expect(!same(answer, row({-54, -6, -34, -10})),
         "All your slopes have the wrong sign: the error is the answer minus what was wanted.");
  expect(!same(answer, row({30, 30, 34, 10})),
         "You take the slope of |z| for 1 on both sides; where z is negative it is -1.");
  expect(!same(answer, row({42, 18, 34, 10})),
         "You take the slope of |z| for 0 where z is negative, which is that of ReLU; it is -1.");
  expect(!same(answer, row({18, 2, 34, 10})),
         "The slopes by w and b are a third of what they should be, and a is 3: the way from the "
         "answer back to z leads through the output weight a.");
  expect(!same(answer, row({6, 6, 34, 10})),
         "Your slope by w is that by b: w is multiplied with the input, and so is its slope.");
  expect_close(answer, row({54, 6, 34, 10}),
               "For w = 2, b = -1, a = 3, c = 1 and the examples (1, 1), (-1, 4), (3, 10), the "
               "slopes by w, b, a and c:");
  expect_close(as_row(gradient({-1, 0.5f, -2, 0}, row({2}), row({-1}))), row({-16, -8, -6, -4}),
               "For w = -1, b = 0.5, a = -2, c = 0 and the one example (2, -1):");
}

/// An exercise with the checks of all its versions.
template <class Function, class Check>
Exercise exercise(const std::string& id, const std::string& title, Check check, Function reader,
                  Function solution,
                  const std::vector<std::tuple<std::string, Function, std::string>>& mistakes) {
  Exercise result{.id = id,
                  .title = title,
                  .check_reader = [=] { check(reader); },
                  .check_solution = [=] { check(solution); },
                  .mistakes = {}};
  for (const auto& [name, function, message] : mistakes) {
    result.mistakes.push_back({name, [check, function = function] { check(function); }, message});
  }
  return result;
}

}  // namespace

std::vector<Exercise> exercises() {
  using Similarities = Vector (*)(const Matrix&, const Vector&);
  using Layer = Matrix (*)(const Matrix&, const Matrix&, const Vector&);
  using Merge = MergedLayer (*)(const Matrix&, const Vector&, const Matrix&, const Vector&);
  using Backward = Matrix (*)(const Matrix&, const Matrix&, Real);
  using Gradient = FoldUnit (*)(const FoldUnit&, const Vector&, const Vector&);
  return {
      exercise<Similarities>(
          "1.1b", "All similarities at once", check_cosine_similarities,
          ::exercises::cosine_similarities, solutions::cosine_similarities,
          {{"dot_products", mistakes::dot_products::cosine_similarities, "dot products"},
           {"query_length_missing", mistakes::query_length_missing::cosine_similarities,
            "not by the length of the query"},
           {"squared_lengths", mistakes::squared_lengths::cosine_similarities, "squares of the"}}),
      exercise<Layer>("1.2b", "A linear layer in three loops", check_linear_by_loops,
                      ::exercises::linear_by_loops, solutions::linear_by_loops,
                      {{"no_bias", mistakes::no_bias::linear_by_loops, "The bias changed nothing"},
                       {"bias_in_the_sum", mistakes::bias_in_the_sum::linear_by_loops,
                        "once for each of the three input features"},
                       {"transposed_weights", mistakes::transposed_weights::linear_by_loops,
                        "weights are transposed"}}),
      exercise<Merge>(
          "1.3b", "Two layers into one", check_merge_layers, ::exercises::merge_layers,
          solutions::merge_layers,
          {{"biases_added", mistakes::biases_added::merge_layers, "added the two biases"},
           {"first_bias_forgotten", mistakes::first_bias_forgotten::merge_layers, "bias is lost"},
           {"wrong_order", mistakes::wrong_order::merge_layers, "Your weights are W1 W2"}}),
      exercise<Backward>(
          "1.3c", "A leak against death", check_leaky_relu_backward,
          ::exercises::leaky_relu_backward, solutions::leaky_relu_backward,
          {{"forward", mistakes::forward::leaky_relu_backward, "value of the activation"},
           {"no_chain", mistakes::no_chain::leaky_relu_backward, "activation alone"},
           {"no_leak", mistakes::no_leak::leaky_relu_backward, "Nothing leaks"},
           {"sign_of_gradient", mistakes::sign_of_gradient::leaky_relu_backward,
            "sign of the gradient"}}),
      exercise<Gradient>(
          "1.4b", "The gradient of a fold", check_fold_gradient, ::exercises::fold_gradient,
          solutions::fold_gradient,
          {{"no_fold", mistakes::no_fold::fold_gradient, "1 on both sides"},
           {"flat_left", mistakes::flat_left::fold_gradient, "that of ReLU"},
           {"sum_of_examples", mistakes::sum_of_examples::fold_gradient, "three times too large"},
           {"output_weight_missing", mistakes::output_weight_missing::fold_gradient,
            "through the output weight"}})};
}

}  // namespace llm
