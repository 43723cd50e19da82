// The checks of chapter 4's exercises. What they expect is worked out by hand, with plain loops, or
// by moving one number a little, not with the library's backward functions.

#include "chapters/04_training/exercises.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "chapters/04_training/mistakes/4.1b_diagonal_hidden.hpp"
#include "chapters/04_training/mistakes/4.1b_future_only.hpp"
#include "chapters/04_training/mistakes/4.1b_maximum_of_row.hpp"
#include "chapters/04_training/mistakes/4.1b_one_ahead.hpp"
#include "chapters/04_training/mistakes/4.1b_zeroed_after.hpp"
#include "chapters/04_training/mistakes/4.1c_no_room_for_target.hpp"
#include "chapters/04_training/mistakes/4.1c_not_shifted.hpp"
#include "chapters/04_training/mistakes/4.1c_shifted_back.hpp"
#include "chapters/04_training/mistakes/4.2b_gate_mean.hpp"
#include "chapters/04_training/mistakes/4.2b_highway_gated.hpp"
#include "chapters/04_training/mistakes/4.2b_update_not_gated.hpp"
#include "chapters/04_training/mistakes/4.3b_no_cross_terms.hpp"
#include "chapters/04_training/mistakes/4.3b_over_columns.hpp"
#include "chapters/04_training/mistakes/4.3b_plain_average.hpp"
#include "chapters/04_training/mistakes/4.3c_bias_mean.hpp"
#include "chapters/04_training/mistakes/4.3c_bias_overwritten.hpp"
#include "chapters/04_training/mistakes/4.3c_overwritten.hpp"
#include "chapters/04_training/mistakes/4.3c_transposed.hpp"
#include "chapters/04_training/solutions.hpp"
#include "common/foundations/random.hpp"
#include "tests/exercises/check.hpp"

namespace llm {

namespace {

using CausalWeights = std::function<Matrix(const MatrixRef& scores)>;
using LessonAt = std::function<exercises::Lesson(std::span<const int>, Index, Index)>;
using GatedBackward =
    std::function<exercises::GateGradients(const MatrixRef&, const MatrixRef&, Real)>;
using SoftmaxGradient = std::function<Matrix(const MatrixRef&, const MatrixRef&)>;
using AddParameterGradients =
    std::function<void(const MatrixRef&, const MatrixRef&, Matrix&, Vector&)>;

/// Throws WrongAnswer unless the matrix has the expected shape.
void expect_shape(const MatrixRef& answer, Index rows, Index columns, const std::string& name) {
  expect(answer.rows() == rows && answer.cols() == columns,
         fmt::format("{} should be {}, and yours is {}.", name, shape_text(rows, columns),
                     shape_text(answer.rows(), answer.cols())));
}

/// Exercise 4.1b.
void check_causal_weights(const CausalWeights& causal_weights) {
  Matrix scores = Matrix::Zero(3, 3);
  const Matrix even = causal_weights(scores);
  expect_shape(even, 3, 3, "The weights of 3 positions");
  expect(even(0, 0) != 0,
         "Row 0 gives itself no weight: a position may look at itself. Does your "
         "triangle leave the diagonal out?");
  expect(even(2, 0) != 0,
         "Row 2 gives position 0 no weight: the past is what a row may look at. "
         "You have the wrong triangle.");
  expect(even(0, 1) == 0,
         "Row 0 gives position 1 a weight, which is the future of row 0. Is your "
         "triangle off by one?");
  expect(std::abs(even(0, 0) - 1) < Real(1e-4),
         fmt::format("Row 0 sees one position only, so its weight must be 1; yours is {:.3f}. If "
                     "you set weights to 0 after the softmax, the future has already taken its "
                     "share.",
                     even(0, 0)));
  Generator generator(1);
  scores = random_normal(5, 5, generator);
  const Matrix weights = causal_weights(scores);
  for (Index i = 0; i < 5; ++i) {
    double sum = 0;
    for (Index j = 0; j <= i; ++j) sum += std::exp(static_cast<double>(scores(i, j)));
    for (Index j = 0; j < 5; ++j) {
      const double expected = j > i ? 0 : std::exp(static_cast<double>(scores(i, j))) / sum;
      expect(std::abs(static_cast<double>(weights(i, j)) - expected) < 1e-4,
             fmt::format("The weight of position {} in row {} should be {:.4f} and is {:.4f}.", j,
                         i, expected, weights(i, j)));
      expect(j <= i || weights(i, j) == 0, "A later position must get exactly 0.");
    }
  }
  scores.setConstant(200);
  expect(causal_weights(scores).allFinite(),
         "Scores of 200 make your weights infinite or not a number: take the maximum of the "
         "visible scores off before you exponentiate.");
  scores = Matrix::Zero(3, 3);
  scores(0, 2) = 200;
  expect(
      std::abs(causal_weights(scores)(0, 0) - 1) < Real(1e-4),
      "A large score in the future spoils a row: take off the maximum of the visible scores, not "
      "of the whole row.");
}

/// Exercise 4.1c.
void check_lesson(const LessonAt& lesson_at) {
  std::vector<int> tokens(20);
  std::iota(tokens.begin(), tokens.end(), 100);
  const exercises::Lesson lesson = lesson_at(tokens, 3, 4);
  expect(lesson.inputs.size() == 4 && lesson.targets.size() == 4,
         fmt::format("A lesson of 4 examples has 4 inputs and 4 targets; yours has {} and {}.",
                     lesson.inputs.size(), lesson.targets.size()));
  expect(lesson.targets != lesson.inputs,
         "Your targets are the inputs: a row would have to predict the character that it has read. "
         "The target is the one after.");
  expect(lesson.targets[0] != lesson.inputs[0] - 1,
         "Your targets come before the inputs: the model would learn to say what has been.");
  expect(lesson.inputs == std::vector<int>{103, 104, 105, 106},
         "The inputs should be the tokens from `place` on, 103 to 106 here.");
  expect(lesson.targets == std::vector<int>{104, 105, 106, 107},
         "Each target should be the token after its input, 104 to 107 here.");
  expect(lesson_at(tokens, 0, 4).inputs.front() == 100,
         "Place 0 is the start of the text, and as good a place as any.");
  const exercises::Lesson last = lesson_at(tokens, 15, 4);
  expect(last.targets.size() == 4 && last.targets.back() == 119,
         "A text of 20 tokens has room for 4 examples from place 15: the last target is its last "
         "token.");
  for (const Index place : {Index(16), Index(17), Index(19), Index(-1)}) {
    bool refused = false;
    try {
      lesson_at(tokens, place, 4);
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    expect(refused, fmt::format("From place {} a text of 20 tokens has no 4 examples: {} Throw "
                                "std::invalid_argument.",
                                place,
                                place == 16 ? "the last target would be the 21st token."
                                            : "the text does not reach there."));
  }
}

/// Exercise 4.2b: the loss is the sum of the outputs times fixed factors, so that its derivative
/// with respect to the gate is the change of the loss when the gate grows by 1.
void check_gated_backward(const GatedBackward& gated_backward) {
  Generator generator(2);
  const Matrix update = random_normal(3, 4, generator);
  const Matrix output_gradient = random_normal(3, 4, generator);
  const Real gate = Real(0.25);
  const exercises::GateGradients gradients = gated_backward(output_gradient, update, gate);
  expect_shape(gradients.stream, 3, 4, "The stream's gradient");
  expect_shape(gradients.update, 3, 4, "The update's gradient");
  expect_close(gradients.stream, output_gradient,
               "On the highway nothing multiplies: the stream's gradient is the output's gradient "
               "as it is, without the gate.");
  expect((gradients.update - output_gradient).cwiseAbs().maxCoeff() > Real(1e-4),
         "You pass the whole gradient to the update, but the gate let only a part of the update "
         "through: its gradient is as many times smaller.");
  expect_close(gradients.update, gate * output_gradient,
               "Growing the update by a little grows the output by `gate` times that little.");
  double sum = 0;
  for (Index i = 0; i < 3; ++i) {
    for (Index j = 0; j < 4; ++j) {
      sum += static_cast<double>(output_gradient(i, j)) * static_cast<double>(update(i, j));
    }
  }
  const double answer = static_cast<double>(gradients.gate);
  expect(std::abs(answer - sum / 12) > 1e-4,
         "You took the mean over all entries for the gate. It is one number that is used in every "
         "entry, and what is used many times adds up.");
  expect(std::abs(answer - sum) < 1e-3,
         fmt::format("The gate's gradient should be {:.4f}, the sum over all entries of the "
                     "output's gradient times the update; yours is {:.4f}.",
                     sum, answer));
}

/// Exercise 4.3b.
void check_softmax_gradient(const SoftmaxGradient& softmax_gradient) {
  Matrix weights(2, 3), gradient(2, 3);
  weights << Real(0.5), Real(0.25), Real(0.25), Real(0.125), Real(0.125), Real(0.75);
  gradient << 1, 0, 0, 0, 2, 1;
  const Matrix answer = softmax_gradient(gradient, weights);
  expect_shape(answer, 2, 3, "The gradient of the scores");
  const Vector sums = answer.rowwise().sum().transpose();
  const Matrix no_cross_terms = gradient.array() * weights.array() * (1 - weights.array());
  expect((answer - no_cross_terms).cwiseAbs().maxCoeff() > Real(1e-5),
         "You move each score by its own weight's gradient only. Raising one score lowers all "
         "other weights of its row: the cross terms -w_i w_j are missing.");
  expect(std::abs(answer(0, 0) - Real(1.0 / 3)) > Real(1e-3),
         "You take off the plain mean of the gradients. The cross terms make it the mean weighted "
         "with the weights: the sum of w_i g_i.");
  expect(sums.cwiseAbs().maxCoeff() < Real(1e-4),
         fmt::format("The gradient of a row of scores sums to 0, and your rows sum to {:.3f} and "
                     "{:.3f}. Did you sum down the columns? Each row is a softmax of its own.",
                     sums(0), sums(1)));
  Matrix expected(2, 3);  // by hand: the averages are 0.5 and 1
  expected << Real(0.25), Real(-0.125), Real(-0.125), Real(-0.125), Real(0.125), 0;
  expect_close(answer, expected, "Each score gets w_j (g_j - average).", 1e-5);
}

/// Exercise 4.3c.
void check_parameter_gradients(const AddParameterGradients& add_parameter_gradients) {
  Matrix inputs(2, 2), output_gradient(2, 2);
  inputs << 1, 2, 3, 4;
  output_gradient << 1, 10, 100, 1000;
  Matrix expected(2, 2);  // by hand: entry (k, j) is the sum over rows of input k times gradient j
  expected << 301, 3010, 402, 4020;
  Matrix weight_gradient = Matrix::Zero(2, 2);
  Vector bias_gradient = Vector::Zero(2);
  add_parameter_gradients(output_gradient, inputs, weight_gradient, bias_gradient);
  expect_shape(weight_gradient, 2, 2, "The gradient of the weights");
  expect((weight_gradient - expected.transpose()).cwiseAbs().maxCoeff() > Real(1e-2),
         "Your product is the transpose of the right one. Row k of the gradient belongs to input "
         "k, column j to output j: inputs.transpose() * output_gradient.");
  expect_close(weight_gradient, expected, "The gradient of the weights is off.", 1e-2);
  Vector sums(2);
  sums << 101, 1010;
  expect((bias_gradient - sums / 2).cwiseAbs().maxCoeff() > Real(1e-2),
         "The bias gets the mean of the rows. It is added in every row, so its gradient is their "
         "sum.");
  expect_close(bias_gradient, sums, "The bias gets the sum of the rows of the output's gradient.",
               1e-2);
  const Matrix weights_once = weight_gradient;
  add_parameter_gradients(output_gradient, inputs, weight_gradient, bias_gradient);
  expect((weight_gradient - weights_once).cwiseAbs().maxCoeff() > Real(1e-2),
         "Called a second time, your function writes over the gradients of the first example. They "
         "should add up: += where you have =.");
  expect_close(weight_gradient, 2 * expected, "Two calls should give twice the gradient.", 1e-2);
  expect_close(bias_gradient, 2 * sums,
               "The second example writes over the bias gradient of the first; it should be added.",
               1e-2);
  Generator generator(3);
  const Matrix three = random_normal(5, 3, generator), one = random_normal(5, 1, generator);
  Matrix narrow = Matrix::Zero(3, 1);
  Vector single = Vector::Zero(1);
  add_parameter_gradients(one, three, narrow, single);
  expect_shape(narrow, 3, 1, "The gradient of a (3, 1) weight matrix");
  for (Index k = 0; k < 3; ++k) {
    expect(std::abs(narrow(k, 0) - three.col(k).dot(one.col(0))) < Real(1e-4),
           "The gradient of a layer with 3 inputs and 1 output is off.");
  }
}

/// The check of an exercise, bound to one implementation.
template <class Function>
std::function<void()> bound(void (*check)(const Function&), const Function& implementation) {
  return [=] { check(implementation); };
}

/// A likely mistake: its name, the check of its function, and what the message must contain.
template <class Function>
Mistake mistake(const std::string& name, void (*check)(const Function&), const Function& wrong,
                const std::string& message) {
  return {name, bound(check, wrong), message};
}

/// Exercises of section 4.1.
std::vector<Exercise> causal_masking_exercises() {
  const auto weights = check_causal_weights;
  const auto lesson = check_lesson;
  return {
      {"4.1b",
       "The blindfold without a mask",
       bound<CausalWeights>(weights, exercises::causal_weights),
       bound<CausalWeights>(weights, solutions::causal_weights),
       {mistake<CausalWeights>("diagonal_hidden", weights,
                               mistakes::diagonal_hidden::causal_weights, "leave the diagonal out"),
        mistake<CausalWeights>("one_ahead", weights, mistakes::one_ahead::causal_weights,
                               "off by one"),
        mistake<CausalWeights>("zeroed_after", weights, mistakes::zeroed_after::causal_weights,
                               "already taken its share"),
        mistake<CausalWeights>("maximum_of_row", weights, mistakes::maximum_of_row::causal_weights,
                               "not of the whole row"),
        mistake<CausalWeights>("future_only", weights, mistakes::future_only::causal_weights,
                               "wrong triangle")}},
      {"4.1c",
       "A lesson from a text",
       bound<LessonAt>(lesson, exercises::lesson_at),
       bound<LessonAt>(lesson, solutions::lesson_at),
       {mistake<LessonAt>("not_shifted", lesson, mistakes::not_shifted::lesson_at,
                          "Your targets are the inputs"),
        mistake<LessonAt>("shifted_back", lesson, mistakes::shifted_back::lesson_at,
                          "come before the inputs"),
        mistake<LessonAt>("no_room_for_target", lesson, mistakes::no_room_for_target::lesson_at,
                          "the 21st token")}}};
}

/// Exercises of section 4.2.
std::vector<Exercise> residual_exercises() {
  const auto gate = check_gated_backward;
  return {
      {"4.2b",
       "A gate on the update",
       bound<GatedBackward>(gate, exercises::gated_backward),
       bound<GatedBackward>(gate, solutions::gated_backward),
       {mistake<GatedBackward>("highway_gated", gate, mistakes::highway_gated::gated_backward,
                               "On the highway nothing multiplies"),
        mistake<GatedBackward>("update_not_gated", gate, mistakes::update_not_gated::gated_backward,
                               "You pass the whole gradient to the update"),
        mistake<GatedBackward>("gate_mean", gate, mistakes::gate_mean::gated_backward,
                               "You took the mean")}}};
}

/// Exercises of section 4.3.
std::vector<Exercise> backpropagation_exercises() {
  const auto softmax = check_softmax_gradient;
  const auto linear = check_parameter_gradients;
  return {
      {"4.3b",
       "The softmax backward",
       bound<SoftmaxGradient>(softmax, exercises::softmax_gradient),
       bound<SoftmaxGradient>(softmax, solutions::softmax_gradient),
       {mistake<SoftmaxGradient>("no_cross_terms", softmax,
                                 mistakes::no_cross_terms::softmax_gradient,
                                 "the cross terms -w_i w_j are missing"),
        mistake<SoftmaxGradient>("plain_average", softmax,
                                 mistakes::plain_average::softmax_gradient, "plain mean"),
        mistake<SoftmaxGradient>("over_columns", softmax, mistakes::over_columns::softmax_gradient,
                                 "down the columns")}},
      {"4.3c",
       "Gradients that add up",
       bound<AddParameterGradients>(linear, exercises::add_parameter_gradients),
       bound<AddParameterGradients>(linear, solutions::add_parameter_gradients),
       {mistake<AddParameterGradients>("overwritten", linear,
                                       mistakes::overwritten::add_parameter_gradients,
                                       "writes over the gradients of the first example"),
        mistake<AddParameterGradients>("bias_overwritten", linear,
                                       mistakes::bias_overwritten::add_parameter_gradients,
                                       "the bias gradient of the first"),
        mistake<AddParameterGradients>("bias_mean", linear,
                                       mistakes::bias_mean::add_parameter_gradients,
                                       "the mean of the rows"),
        mistake<AddParameterGradients>("transposed", linear,
                                       mistakes::transposed::add_parameter_gradients,
                                       "the transpose of the right one")}}};
}

}  // namespace

std::vector<Exercise> exercises() {
  std::vector<Exercise> all = causal_masking_exercises();
  for (const auto& section : {residual_exercises(), backpropagation_exercises()}) {
    all.insert(all.end(), section.begin(), section.end());
  }
  return all;
}

}  // namespace llm
