// The checks of chapter 4's exercises. What they expect is worked out by hand, with plain loops, or
// by moving one number a little, not with the library's backward functions.

#include "chapters/04_training/exercises.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

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

/// Throws WrongAnswer unless the matrix has the expected shape, and numbers in it.
void expect_numbers(const MatrixRef& answer, Index rows, Index columns, const std::string& name) {
  expect(answer.rows() == rows && answer.cols() == columns,
         fmt::format("{} should be {}, and yours is {}.", name, shape_text(rows, columns),
                     shape_text(answer.rows(), answer.cols())));
  expect(answer.allFinite(), fmt::format("{} has entries that are not numbers.", name));
}

/// Throws WrongAnswer with `message` where the answer is what that mistake computes. A diagnosis is
/// given on this evidence only: another mistake may break the same rule.
void diagnose(const MatrixRef& answer, const MatrixRef& of_mistake, const std::string& message) {
  expect(!((answer - of_mistake).array().abs() < Real(1e-4)).all(), message);
}

/// Softmax weights over the positions that `visible(i, j)` allows, by loops.
Matrix weights_by_loops(const Matrix& scores, const std::function<bool(Index, Index)>& visible) {
  Matrix weights = Matrix::Zero(scores.rows(), scores.cols());
  for (Index i = 0; i < scores.rows(); ++i) {
    double sum = 0;
    for (Index j = 0; j < scores.cols(); ++j) {
      if (visible(i, j)) sum += std::exp(static_cast<double>(scores(i, j)));
    }
    for (Index j = 0; j < scores.cols(); ++j) {
      if (!visible(i, j)) continue;
      weights(i, j) = static_cast<Real>(std::exp(static_cast<double>(scores(i, j))) / sum);
    }
  }
  return weights;
}

/// The likely mistakes of exercise 4.1b, by the weights that they make of some scores.
void diagnose_causal_weights(const Matrix& answer, const Matrix& scores) {
  const auto seeing = [&](const std::function<bool(Index, Index)>& visible) {
    return weights_by_loops(scores, visible);
  };
  // Row 0 would see nothing, which each program answers in its own way.
  const Index others = scores.rows() - 1;
  diagnose(
      answer.bottomRows(others), seeing([](Index i, Index j) { return j < i; }).bottomRows(others),
      "Your rows see the positions before their own, and not themselves: you leave the diagonal "
      "out.");
  diagnose(answer, seeing([](Index i, Index j) { return j >= i; }),
           "Your rows see themselves and the future: you have the wrong triangle.");
  diagnose(answer, seeing([](Index i, Index j) { return j <= i + 1; }),
           "Your rows see one position too many, the next one: your triangle is off by one.");
  const Matrix open = seeing([](Index, Index) { return true; });
  diagnose(answer, open, "Your rows see all positions, the future, too.");
  diagnose(answer, Matrix(open.triangularView<Eigen::Lower>()),
           "You set weights to 0 after a softmax over the whole row: the future has already taken "
           "its share, and what is left does not sum to 1.");
}

/// Exercise 4.1b.
void check_causal_weights(const CausalWeights& causal_weights) {
  Generator generator(1);
  Matrix scores = random_normal(5, 5, generator);
  const Matrix weights = causal_weights(scores);
  expect(weights.rows() == 5 && weights.cols() == 5,
         fmt::format("The weights of 5 positions should be (5, 5), and yours are {}.",
                     shape_text(weights.rows(), weights.cols())));
  diagnose_causal_weights(weights, scores);
  expect_numbers(weights, 5, 5, "The matrix of weights");
  const Matrix expected = weights_by_loops(scores, [](Index i, Index j) { return j <= i; });
  for (Index i = 0; i < 5; ++i) {
    for (Index j = 0; j < 5; ++j) {
      expect(std::abs(weights(i, j) - expected(i, j)) < Real(1e-4),
             fmt::format("The weight of position {} in row {} should be {:.4f} and is {:.4f}.", j,
                         i, expected(i, j), weights(i, j)));
      expect(j <= i || weights(i, j) == 0, "A later position must get exactly 0.");
    }
  }
  scores.setConstant(200);
  expect(causal_weights(scores).allFinite(),
         "Scores of 200 make your weights infinite or not a number: take the maximum of the "
         "visible scores off before you exponentiate.");
  scores = Matrix::Zero(3, 3);
  scores(0, 2) = 200;
  const Real first = causal_weights(scores)(0, 0);
  expect(
      std::abs(first - 1) < Real(1e-4),
      fmt::format("A score of 200 in the future of row 0 makes its own weight {} where it should "
                  "be 1: take off the maximum of the visible scores, not of the whole row.",
                  first));
}

/// The lesson of 4 examples at a place where the text has room for one.
exercises::Lesson lesson_of_four(const LessonAt& lesson_at, const std::vector<int>& tokens,
                                 Index place) {
  exercises::Lesson lesson;
  try {
    lesson = lesson_at(tokens, place, 4);
  } catch (const std::invalid_argument& refusal) {
    expect(false, fmt::format("A text of 20 tokens has room for 4 examples from place {}: the last "
                              "target is token {} of 0 to 19. You refuse it (\"{}\").",
                              place, place + 4, refusal.what()));
  }
  expect(
      lesson.inputs.size() == 4 && lesson.targets.size() == 4,
      fmt::format("A lesson of 4 examples has 4 inputs and 4 targets; from place {} yours has {} "
                  "and {}.",
                  place, lesson.inputs.size(), lesson.targets.size()));
  return lesson;
}

/// Throws WrongAnswer unless the function refuses a lesson that the text has no room for.
void expect_refusal(const LessonAt& lesson_at, const std::vector<int>& tokens, Index place) {
  const std::string why = place < 0    ? "that is before its first token."
                          : place < 20 ? fmt::format(
                                             "the last target would be token {}, and the "
                                             "last there is is 19.",
                                             place + 4)
                                       : "that is behind its last token.";
  try {
    lesson_at(tokens, place, 4);
  } catch (const std::invalid_argument&) {
    return;
  } catch (const std::exception& other) {
    expect(false, fmt::format("From place {} you throw something else than std::invalid_argument: "
                              "{}",
                              place, other.what()));
  }
  expect(false, fmt::format("From place {} a text of 20 tokens has no 4 examples: {} Throw "
                            "std::invalid_argument.",
                            place, why));
}

/// Exercise 4.1c.
void check_lesson(const LessonAt& lesson_at) {
  std::vector<int> tokens(20);
  std::iota(tokens.begin(), tokens.end(), 100);
  const exercises::Lesson lesson = lesson_of_four(lesson_at, tokens, 3);
  expect(lesson.inputs == std::vector<int>{103, 104, 105, 106},
         fmt::format("The inputs should be the tokens from `place` on, 103 to 106 here, and yours "
                     "are {}.",
                     fmt::join(lesson.inputs, ", ")));
  expect(lesson.targets != lesson.inputs,
         "Your targets are the inputs: a row would have to predict the character that it has read. "
         "The target is the one after.");
  expect(lesson.targets != std::vector<int>{102, 103, 104, 105},
         "Your targets come before the inputs: the model would learn to say what has been.");
  expect(lesson.targets == std::vector<int>{104, 105, 106, 107},
         fmt::format("Each target should be the token after its input, 104 to 107 here, and yours "
                     "are {}.",
                     fmt::join(lesson.targets, ", ")));
  for (const Index place : {Index(0), Index(15)}) {
    const exercises::Lesson other = lesson_of_four(lesson_at, tokens, place);
    const int first = 100 + static_cast<int>(place);
    expect(other.inputs.front() == first && other.targets.back() == first + 4,
           fmt::format("From place {} the first input should be {} and the last target {}; yours "
                       "are {} and {}.",
                       place, first, first + 4, other.inputs.front(), other.targets.back()));
  }
  for (const Index place : {Index(16), Index(17), Index(19), Index(25), Index(-1)}) {
    expect_refusal(lesson_at, tokens, place);
  }
}

/// The sum over all entries of the products of two matrices.
double sum_of_products(const Matrix& a, const Matrix& b) {
  double sum = 0;
  for (Index i = 0; i < a.rows(); ++i) {
    for (Index j = 0; j < a.cols(); ++j) {
      sum += static_cast<double>(a(i, j)) * static_cast<double>(b(i, j));
    }
  }
  return sum;
}

/// Exercise 4.2b: the loss is the sum of the outputs times fixed factors, so that its derivative
/// with respect to the gate is the change of the loss when the gate grows by 1.
void check_gated_backward(const GatedBackward& gated_backward) {
  Generator generator(2);
  const Matrix update = random_normal(3, 4, generator);
  const Matrix output_gradient = random_normal(3, 4, generator);
  const Real gate = Real(0.25);
  const exercises::GateGradients gradients = gated_backward(output_gradient, update, gate);
  expect_numbers(gradients.stream, 3, 4, "The stream's gradient");
  expect_numbers(gradients.update, 3, 4, "The update's gradient");
  diagnose(gradients.stream, gate * output_gradient,
           "Your stream's gradient is the output's times the gate, but on the highway nothing "
           "multiplies.");
  diagnose(
      gradients.stream, (1 + gate) * output_gradient,
      "Your stream's gradient holds what comes by the update, too. Asked is the highway alone.");
  expect_close(gradients.stream, output_gradient,
               "The stream's gradient should be the output's gradient as it is.");
  diagnose(gradients.update, output_gradient,
           "You pass the whole gradient to the update, but the gate let only a part of the update "
           "through: its gradient is as many times smaller.");
  expect_close(gradients.update, gate * output_gradient,
               "Growing the update by a little grows the output by `gate` times that little.");
  const double sum = sum_of_products(output_gradient, update);
  const double answer = static_cast<double>(gradients.gate);
  expect(std::abs(answer - sum / 12) > 1e-4,
         "You took the mean over all entries for the gate. It is one number that is used in every "
         "entry, and what is used many times adds up.");
  expect(
      std::abs(answer - sum * static_cast<double>(gate)) > 1e-4,
      "Your gate's gradient is multiplied by the gate: where the output is x + g u, growing g by "
      "a little grows it by u times that little.");
  expect(std::abs(answer - sum) < 1e-3,
         fmt::format("The gate's gradient should be {:.4f}, the sum over all entries of the "
                     "output's gradient times the update; yours is {:.4f}.",
                     sum, answer));
}

/// The likely mistakes of exercise 4.3b, by what they compute.
void diagnose_softmax_gradient(const Matrix& answer, const Matrix& gradient,
                               const Matrix& weights) {
  const auto off_average = [&](const auto& averages) {
    return Matrix(weights.array() * (gradient.array().colwise() - averages.array()));
  };
  const Matrix products = gradient.cwiseProduct(weights);
  const Matrix no_cross_terms = products.array() * (1 - weights.array());
  diagnose(answer, no_cross_terms,
           "You move each score by its own weight's gradient only. Raising one score lowers all "
           "other weights of its row: the cross terms -w_i w_j are missing.");
  diagnose(answer, products,
           "You multiply with the weights and take nothing off: the average is missing.");
  diagnose(
      answer, off_average(gradient.rowwise().mean().eval()),
      "You take off the plain mean of the gradients. The cross terms make it the mean weighted "
      "with the weights: the sum of w_i g_i.");
  const Matrix of_columns =
      weights.array() * (gradient.array().rowwise() - products.colwise().sum().array());
  diagnose(answer, of_columns,
           "You take off the averages of the columns. Each row is a softmax of its own.");
  const Matrix without_weights = gradient.array().colwise() - products.rowwise().sum().array();
  diagnose(answer, without_weights,
           "You take off the average, and forget to multiply with the weight of each score.");
}

/// Exercise 4.3b.
void check_softmax_gradient(const SoftmaxGradient& softmax_gradient) {
  Matrix weights(2, 3), gradient(2, 3);
  weights << Real(0.5), Real(0.25), Real(0.25), Real(0.125), Real(0.125), Real(0.75);
  gradient << 1, 0, 0, 0, 2, 1;
  const Matrix answer = softmax_gradient(gradient, weights);
  expect_numbers(answer, 2, 3, "The gradient of the scores");
  diagnose_softmax_gradient(answer, gradient, weights);
  Matrix expected(2, 3);  // by hand: the averages are 0.5 and 1
  expected << Real(0.25), Real(-0.125), Real(-0.125), Real(-0.125), Real(0.125), 0;
  expect_close(answer, expected, "Each score gets w_j (g_j - average).", 1e-5);
}

/// Calls exercise 4.3c with gradients of 0 and compares with numbers worked out by hand.
void check_one_example(const AddParameterGradients& add_parameter_gradients) {
  Matrix inputs(2, 2), output_gradient(2, 2), expected(2, 2);
  inputs << 1, 2, 3, 4;
  output_gradient << 1, 10, 100, 1000;
  expected << 301, 402, 3010, 4020;  // entry (j, k): the sum over rows of gradient j times input k
  Matrix weight_gradient = Matrix::Zero(2, 2);
  Vector bias_gradient = Vector::Zero(2), sums(2);
  sums << 101, 1010;
  add_parameter_gradients(output_gradient, inputs, weight_gradient, bias_gradient);
  expect_numbers(weight_gradient, 2, 2, "The gradient of the weights");
  diagnose(
      weight_gradient, expected.transpose(),
      "Your product is the transpose of the right one. Row j of the gradient belongs to output "
      "j, column k to input k: output_gradient.transpose() * inputs.");
  diagnose(weight_gradient, expected / 2,
           "The weights get the mean over the rows. Each row is an example that adds its own.");
  expect_close(weight_gradient, expected, "The gradient of the weights is off.", 1e-2);
  diagnose(bias_gradient, sums / 2,
           "The bias gets the mean of the rows. It is added in every row, so its gradient is their "
           "sum.");
  expect_close(bias_gradient, sums, "The bias gets the sum of the rows of the output's gradient.",
               1e-2);
}

/// Calls exercise 4.3c for two different examples, of 3 inputs and 2 outputs.
void check_two_examples(const AddParameterGradients& add_parameter_gradients) {
  Generator generator(3);
  Matrix weight_gradient = Matrix::Zero(2, 3), expected = Matrix::Zero(2, 3), of_last;
  Vector bias_gradient = Vector::Zero(2), expected_bias = Vector::Zero(2), bias_of_last;
  for (int example = 0; example < 2; ++example) {
    const Matrix inputs = random_normal(5, 3, generator), back = random_normal(5, 2, generator);
    of_last = Matrix::Zero(2, 3);
    for (Index row = 0; row < 5; ++row) of_last += back.row(row).transpose() * inputs.row(row);
    bias_of_last = back.colwise().sum();
    expected += of_last;
    expected_bias += bias_of_last;
    add_parameter_gradients(back, inputs, weight_gradient, bias_gradient);
    expect_numbers(weight_gradient, 2, 3, "The gradient of a (2, 3) weight matrix");
  }
  diagnose(weight_gradient, of_last,
           "Called a second time, your function writes over the weights' gradient of the first "
           "example. They should add up: += where you have =.");
  expect_close(weight_gradient, expected,
               "After two calls with different examples, the weights' gradient should be the sum.");
  diagnose(bias_gradient, bias_of_last,
           "The second example writes over the bias gradient of the first; it should be added.");
  expect_close(bias_gradient, expected_bias,
               "After two calls with different examples, the bias gradient should be the sum.");
}

/// Exercise 4.3c.
void check_parameter_gradients(const AddParameterGradients& add_parameter_gradients) {
  check_one_example(add_parameter_gradients);
  check_two_examples(add_parameter_gradients);
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
                               mistakes::diagonal_hidden::causal_weights, "leave the diagonal "),
        mistake<CausalWeights>("one_ahead", weights, mistakes::one_ahead::causal_weights,
                               "off by one"),
        mistake<CausalWeights>("zeroed_after", weights, mistakes::zeroed_after::causal_weights,
                               "already taken"),
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
                          "would be token 20")}}};
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
                               "on the highway nothing multiplies"),
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
                                 "averages of the columns")}},
      {"4.3c",
       "Gradients that add up",
       bound<AddParameterGradients>(linear, exercises::add_parameter_gradients),
       bound<AddParameterGradients>(linear, solutions::add_parameter_gradients),
       {mistake<AddParameterGradients>("overwritten", linear,
                                       mistakes::overwritten::add_parameter_gradients,
                                       "writes over the weights' gradient of the first"),
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
