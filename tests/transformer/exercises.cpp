// The checks of chapter 5's exercises. What they expect is worked out by hand, or from what the
// statement promises, not with the library's layers.

#include "chapters/05_transformer/exercises.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "chapters/05_transformer/mistakes/5.1b_down_the_columns.hpp"
#include "chapters/05_transformer/mistakes/5.1b_epsilon_after_root.hpp"
#include "chapters/05_transformer/mistakes/5.1b_keeps_the_mean.hpp"
#include "chapters/05_transformer/mistakes/5.1b_no_root.hpp"
#include "chapters/05_transformer/mistakes/5.1b_rms_norm.hpp"
#include "chapters/05_transformer/mistakes/5.1b_sample_variance.hpp"
#include "chapters/05_transformer/mistakes/5.1c_gain_last.hpp"
#include "chapters/05_transformer/mistakes/5.1c_layer_norm.hpp"
#include "chapters/05_transformer/mistakes/5.1c_mean_taken_off.hpp"
#include "chapters/05_transformer/mistakes/5.1c_no_gain.hpp"
#include "chapters/05_transformer/mistakes/5.1c_size_as_constant.hpp"
#include "chapters/05_transformer/mistakes/5.2b_four_times_the_width.hpp"
#include "chapters/05_transformer/mistakes/5.2b_no_biases.hpp"
#include "chapters/05_transformer/mistakes/5.2b_no_last_norm.hpp"
#include "chapters/05_transformer/mistakes/5.2b_no_linear_biases.hpp"
#include "chapters/05_transformer/mistakes/5.2b_output_counted.hpp"
#include "chapters/05_transformer/mistakes/5.2c_both_read_the_input.hpp"
#include "chapters/05_transformer/mistakes/5.2c_no_first_residual.hpp"
#include "chapters/05_transformer/mistakes/5.2c_no_residual.hpp"
#include "chapters/05_transformer/mistakes/5.2c_one_norm.hpp"
#include "chapters/05_transformer/mistakes/5.2c_post_norm.hpp"
#include "chapters/05_transformer/mistakes/5.3b_no_one_hot.hpp"
#include "chapters/05_transformer/mistakes/5.3b_overflow_of_logits.hpp"
#include "chapters/05_transformer/mistakes/5.3b_sum_of_rows.hpp"
#include "chapters/05_transformer/mistakes/5.3b_wrong_sign.hpp"
#include "chapters/05_transformer/mistakes/5.4b_decay_in_gradient.hpp"
#include "chapters/05_transformer/mistakes/5.4b_decay_without_rate.hpp"
#include "chapters/05_transformer/mistakes/5.4b_never_divided.hpp"
#include "chapters/05_transformer/mistakes/5.4b_no_correction.hpp"
#include "chapters/05_transformer/mistakes/5.4b_no_decay.hpp"
#include "chapters/05_transformer/mistakes/5.4b_square_without_root.hpp"
#include "chapters/05_transformer/mistakes/5.4b_uphill.hpp"
#include "chapters/05_transformer/mistakes/5.4c_cosine_from_the_start.hpp"
#include "chapters/05_transformer/mistakes/5.4c_falls_to_zero.hpp"
#include "chapters/05_transformer/mistakes/5.4c_rises_again.hpp"
#include "chapters/05_transformer/mistakes/5.4c_starts_at_zero.hpp"
#include "chapters/05_transformer/mistakes/5.4c_straight_line.hpp"
#include "chapters/05_transformer/mistakes/5.5b_always_largest.hpp"
#include "chapters/05_transformer/mistakes/5.5b_multiplied.hpp"
#include "chapters/05_transformer/mistakes/5.5b_no_temperature.hpp"
#include "chapters/05_transformer/mistakes/5.5b_one_before.hpp"
#include "chapters/05_transformer/mistakes/5.5b_overflow_in_draw.hpp"
#include "chapters/05_transformer/mistakes/5.5b_reverse_order.hpp"
#include "chapters/05_transformer/mistakes/5.5c_first_row.hpp"
#include "chapters/05_transformer/mistakes/5.5c_first_window.hpp"
#include "chapters/05_transformer/mistakes/5.5c_never_appended.hpp"
#include "chapters/05_transformer/mistakes/5.5c_whole_past.hpp"
#include "chapters/05_transformer/mistakes/5.6b_always_first_row.hpp"
#include "chapters/05_transformer/mistakes/5.6b_forgets_itself.hpp"
#include "chapters/05_transformer/mistakes/5.6b_no_scale.hpp"
#include "chapters/05_transformer/mistakes/5.6b_not_counted.hpp"
#include "chapters/05_transformer/mistakes/5.6b_over_width.hpp"
#include "chapters/05_transformer/mistakes/5.6c_keys_only.hpp"
#include "chapters/05_transformer/mistakes/5.6c_numbers.hpp"
#include "chapters/05_transformer/mistakes/5.6c_query_heads.hpp"
#include "chapters/05_transformer/mistakes/5.7b_in_nats.hpp"
#include "chapters/05_transformer/mistakes/5.7b_last_window_dropped.hpp"
#include "chapters/05_transformer/mistakes/5.7b_mean_of_means.hpp"
#include "chapters/05_transformer/mistakes/5.7b_not_shifted.hpp"
#include "chapters/05_transformer/solutions.hpp"
#include "common/foundations/random.hpp"
#include "tests/exercises/check.hpp"

namespace llm {

namespace {

/// Whether an answer is, to rounding, another matrix: what the exercise asks for, or what a certain
/// mistake computes. Entries that are not numbers are never the same.
bool same(const MatrixRef& answer, const MatrixRef& other, double tolerance = 1e-4) {
  return answer.rows() == other.rows() && answer.cols() == other.cols() &&
         ((answer - other).array().abs() <= static_cast<Real>(tolerance)).all();
}

/// Throws WrongAnswer with `message` when the answer is what a certain mistake computes.
void refuse(const MatrixRef& answer, const MatrixRef& mistaken, const std::string& message,
            double tolerance = 1e-4) {
  expect(!same(answer, mistaken, tolerance), message);
}

using RowNorm = std::function<Matrix(const Matrix&, const Vector&, const Vector&, Real)>;

/// The norm of columns, which a reader may write in place of that of rows.
Matrix normed_columns(const Matrix& rows) {
  const Matrix centered = rows.rowwise() - rows.colwise().mean();
  const Vector deviations = centered.array().square().colwise().mean().sqrt();
  return centered.array().rowwise() / deviations.array();
}

/// Exercise 5.1b without gain and bias: the row (2, 4, 6, 8) of the page, alone and with others.
void check_plain_norm(const RowNorm& normalize) {
  const Vector one = Vector::Ones(4), zero = Vector::Zero(4);
  Matrix rows(3, 4), expected(3, 4), centered(1, 4);
  rows << 2, 4, 6, 8, 20, 40, 60, 80, 1, -1, 1, -1;
  centered << -3, -1, 1, 3;
  expected << centered / std::sqrt(Real(5)), centered / std::sqrt(Real(5)), rows.row(2);
  const Matrix normed = normalize(rows, one, zero, Real(1e-5));
  expect(normed.rows() == 3 && normed.cols() == 4, "The result must have the shape of the inputs.");
  refuse(normed, normed_columns(rows),
         "Each of your columns has mean 0 and variance 1. Mean and variance belong to one row, not "
         "to one column.");
  const Matrix first = normed.topRows(1), alone = normalize(rows.topRows(1), one, zero, Real(1e-5));
  expect(!first.allFinite() || same(alone, first),
         "The first row comes out differently when it is alone: another row has a say in it.");
  refuse(first, rows.row(0) / std::sqrt(Real(5)),
         "Your row (2, 4, 6, 8) is divided by its deviation, but its mean is still in it: take the "
         "mean off before you divide.");
  refuse(first, rows.row(0) / std::sqrt(Real(30)),
         "Your row (2, 4, 6, 8) is divided by the root of its mean square, which is RMSNorm: layer "
         "norm has to take the mean off first.");
  refuse(first, centered / 5, "Your rows are divided by their variance: take its square root.");
  refuse(first, centered * std::sqrt(Real(3) / 20),
         "The variance of your normed row is 3/4: divide the sum of squares by d, not by d - 1.");
  expect_close(normed, expected, "The rows must come out with mean 0 and variance 1.");
}

/// Exercise 5.1b: what epsilon, gain and bias do.
void check_normalize_rows(const RowNorm& normalize) {
  check_plain_norm(normalize);
  const Vector one = Vector::Ones(4), zero = Vector::Zero(4);
  expect_close(normalize(Matrix::Constant(1, 4, 7), one, zero, Real(1e-5)), Matrix::Zero(1, 4),
               "A row of equal numbers has variance 0. With an epsilon of 1e-5 nothing is divided "
               "by 0, and it comes out as zeros.");
  Vector gain(4), bias(4);
  Matrix row(1, 4), scaled(1, 4);
  gain << 1, 2, 3, 4;
  bias << 5, 6, 7, 8;
  row << 1, -1, 1, -1;
  scaled << 6, 4, 10, 4;
  expect_close(normalize(row, gain, bias, 0), scaled,
               "Each feature is multiplied by its own gain, and its own bias is added after that.");
  const Matrix calmed = normalize(row, one, zero, 3);
  refuse(calmed, row / 4,
         "Variance 1 and epsilon 3 make a root of 2. You divide by 4, so your epsilon is added to "
         "the root and not under it.");
  expect_close(calmed, row / 2,
               "Variance 1 and epsilon 3 make a root of 2: epsilon is added to the variance, under "
               "the root.");
}

using RowNormGradient = std::function<Matrix(const Matrix&, const Matrix&, const Vector&)>;

/// The sum of change · RMSNorm(inputs), in double precision.
double weighted_rms_norm(const Matrix& change, const Matrix& inputs, const Vector& gain) {
  const Eigen::MatrixXd rows = inputs.cast<double>();
  double sum = 0;
  for (Index i = 0; i < rows.rows(); ++i) {
    const double size = std::sqrt(rows.row(i).squaredNorm() / static_cast<double>(rows.cols()));
    for (Index j = 0; j < rows.cols(); ++j) {
      sum += double(change(i, j)) * double(gain(j)) * rows(i, j) / size;
    }
  }
  return sum;
}

/// The gradient of weighted_rms_norm by central differences.
Matrix measured_gradient(const Matrix& change, Matrix inputs, const Vector& gain) {
  Matrix gradient(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.size(); ++i) {
    Real& entry = inputs.data()[i];
    const Real kept = entry;
    entry = kept + Real(0.01);
    const double above = weighted_rms_norm(change, inputs, gain), upper = entry;
    entry = kept - Real(0.01);
    gradient.data()[i] =
        static_cast<Real>((above - weighted_rms_norm(change, inputs, gain)) / (upper - entry));
    entry = kept;
  }
  return gradient;
}

/// The root of the mean square of each row, (n, 1).
Matrix sizes_of_rows(const Matrix& rows) {
  return (rows.rowwise().squaredNorm() / static_cast<Real>(rows.cols())).cwiseSqrt();
}

/// Gradients g of the outputs, each divided by the size of its row.
Matrix over_sizes(const Matrix& change, const Matrix& inputs) {
  return change.array().colwise() / sizes_of_rows(inputs).col(0).array();
}

/// The gradient of layer norm, which a reader may write in place of that of RMSNorm.
Matrix layer_norm_gradient(const Matrix& change, const Matrix& inputs) {
  const Matrix centered = inputs.colwise() - inputs.rowwise().mean();
  const Matrix normed = over_sizes(centered, centered);
  const Matrix along = change.cwiseProduct(normed).rowwise().mean();
  const Matrix level = change.colwise() - change.rowwise().mean();
  return over_sizes(level - along.col(0).asDiagonal() * normed, centered);
}

/// Exercise 5.1c, without a gain.
Matrix check_plain_gradient(const RowNormGradient& gradient_of, const Matrix& change,
                            const Matrix& inputs) {
  const Vector one = Vector::Ones(inputs.cols());
  const Matrix plain = gradient_of(change, inputs, one);
  expect(plain.rows() == inputs.rows() && plain.cols() == inputs.cols(),
         "The result must have the shape of the inputs.");
  const Matrix expected = measured_gradient(change, inputs, one);
  const Matrix level = over_sizes(change.rowwise().mean().replicate(1, inputs.cols()), inputs);
  refuse(
      plain, over_sizes(change, inputs),
      "You divide g by the size of the row, as if that were a constant. It changes with the row: "
      "a longer row of the same direction comes out the same, so the gradient must have no part "
      "along the row.",
      2e-3);
  refuse(plain, expected - level,
         "Your gradient is the right one but for the mean of g: its mean was taken off. RMSNorm "
         "leaves the mean alone, and so does its gradient.",
         2e-3);
  refuse(plain, layer_norm_gradient(change, inputs),
         "This is the gradient of layer norm. RMSNorm leaves the mean of the row alone.", 2e-3);
  expect_close(plain, expected, "With a gain of 1 your gradient is not the measured one.", 2e-3);
  return plain;
}

/// Exercise 5.1c.
void check_rms_norm_gradient(const RowNormGradient& gradient_of) {
  Generator generator(1);
  const Matrix inputs = random_normal(3, 6, generator, 2);
  const Matrix change = random_normal(3, 6, generator);
  const Vector gain = Vector::LinSpaced(6, 0.5, 3);
  const Matrix plain = check_plain_gradient(gradient_of, change, inputs);
  const Matrix with_gain = gradient_of(change, inputs, gain);
  refuse(with_gain, plain,
         "Your result does not depend on the gain: the gradient passes through the gain first.");
  refuse(
      with_gain, plain * gain.asDiagonal(),
      "You multiply by the gain at the end. The outputs are the normed row times the gain, so on "
      "the way back the gain comes first.",
      2e-3);
  expect_close(with_gain, measured_gradient(change, inputs, gain),
               "With a gain your gradient is not the measured one.", 5e-3);
}

using ParameterCount = std::function<Index(Index, Index, Index, Index, Index, bool)>;

/// Exercise 5.2b for GPT-2, whose count is published. Each part that is likely to be forgotten has
/// a count of its own, so the difference tells which it was.
void check_count_of_gpt_2(const ParameterCount& count) {
  const Index published = 124439808, d = 768;
  const Index answer = count(50257, 1024, d, 12, 3072, true);
  const std::string said =
      fmt::format("You count {} for GPT-2, which has {}: {} too {}. ", answer, published,
                  std::abs(answer - published), answer < published ? "few" : "many");
  const Index linear_biases = 12 * (3 * d + d + 4 * d + d), norm_biases = 25 * d;
  expect(answer != published + 50257 * d,
         said + "These are the output layer's: it is tied, the token embedding itself.");
  expect(answer != published - 2 * d, said + "These are those of the norm after the last block.");
  expect(answer != published - linear_biases - norm_biases, said + "These are all the biases.");
  expect(answer != published - linear_biases, said + "These are the biases of the linear layers.");
  expect(answer == published, said);
  const Index untied = count(50257, 1024, d, 12, 3072, false);
  expect(untied == published + 50257 * d,
         fmt::format("An output that is not tied has a matrix of its own, of the vocabulary times "
                     "the width: {} parameters in all for GPT-2, and you count {}.",
                     published + 50257 * d, untied));
}

/// Exercise 5.2b.
void check_count_parameters(const ParameterCount& count) {
  check_count_of_gpt_2(count);
  const Index smallest = count(1, 1, 1, 1, 1, true);
  const std::string said = fmt::format(
      "A model of vocabulary, context, width, hidden width and layers 1 has 20 parameters; you "
      "count {}. ",
      smallest);
  expect(smallest != 20 + 3 * (2 + 1),
         said + "That is the count for a hidden width of 4: it need not be four times the width.");
  expect(smallest == 2 + 2 + 8 + 2 + 4 + 2, said);
  const Index right = (7 + 5) * 4 + 3 * (16 + 4 * 16 + 16 + 2 * 24 + 6 + 4) + 8;
  const Index other = count(7, 5, 4, 3, 6, true);
  expect(
      other == right,
      fmt::format("With vocabulary 7, context 5, width 4, 3 layers and a hidden width of 6 it is "
                  "{} parameters; you count {}.",
                  right, other));
}

using RowsFunction = std::function<Matrix(const Matrix&)>;
using BlockFunction = std::function<Matrix(const Matrix&, const RowsFunction&, const RowsFunction&,
                                           const RowsFunction&)>;

/// Exercise 5.2c, with layers on one number: the norm halves, attention adds 10, and the
/// feed-forward layer squares. From 2: norm 1, attention 11, stream 13; norm 6.5, square 42.25.
void check_pre_norm_block(const BlockFunction& block) {
  const RowsFunction norm = [](const Matrix& x) -> Matrix { return x / 2; };
  const RowsFunction attention = [](const Matrix& x) -> Matrix { return x.array() + 10; };
  const RowsFunction feed_forward = [](const Matrix& x) -> Matrix { return x.array().square(); };
  const Matrix result = block(Matrix::Constant(1, 1, 2), norm, attention, feed_forward);
  expect(result.size() == 1, "The result must have the shape of the stream.");
  const Real answer = result(0, 0);
  const std::string where = fmt::format(
      "With a norm that halves, an attention that adds 10 and a feed-forward layer that "
      "squares, the stream 2 becomes 13 and then 55.25. Yours is {}",
      answer);
  expect(answer != 14,
         where +
             ": 13 and the square of 1. The feed-forward layer read the stream from before the "
             "attention.");
  expect(answer != Real(42.25),
         where + ", the square of 6.5 alone: the second half replaced the stream.");
  expect(answer != Real(41.25),
         where + ": 11 and the square of 5.5. The first half replaced the stream.");
  expect(answer != 28, where + ": the norms stand after the additions, as in 2017.");
  expect(answer != 182,
         where + ": 13 and the square of 13. The feed-forward layer read without a norm.");
  expect(answer == Real(55.25), where + ".");
  Matrix stream(2, 3), expected(2, 3);
  stream << 0, 2, 4, -2, -4, 6;
  const Matrix middle = stream * Real(1.5) + Matrix::Constant(2, 3, 10);
  expected = middle + (middle / 2).cwiseAbs2();
  expect_close(block(stream, norm, attention, feed_forward), expected,
               "With the same layers, a stream of two rows does not become what it should.");
}

/// The exercises of section 5.1.
std::vector<Exercise> layer_norm_exercises() {
  const auto rows = [](RowNorm function) { return [function] { check_normalize_rows(function); }; };
  const auto back = [](RowNormGradient function) {
    return [function] { check_rms_norm_gradient(function); };
  };
  return {
      {.id = "5.1b",
       .title = "Layer norm of a matrix",
       .check_reader = rows(::exercises::normalize_rows),
       .check_solution = rows(solutions::normalize_rows),
       .mistakes = {{"down_the_columns", rows(mistakes::down_the_columns::normalize_rows),
                     "not to one column"},
                    {"no_root", rows(mistakes::no_root::normalize_rows), "take its square root"},
                    {"sample_variance", rows(mistakes::sample_variance::normalize_rows),
                     "not by d - 1"},
                    {"keeps_the_mean", rows(mistakes::keeps_the_mean::normalize_rows),
                     "take the mean off before"},
                    {"rms_norm", rows(mistakes::rms_norm::normalize_rows), "which is RMSNorm"},
                    {"epsilon_after_root", rows(mistakes::epsilon_after_root::normalize_rows),
                     "and not under it"}}},
      {.id = "5.1c",
       .title = "The way back through RMSNorm",
       .check_reader = back(::exercises::rms_norm_input_gradient),
       .check_solution = back(solutions::rms_norm_input_gradient),
       .mistakes = {{"size_as_constant", back(mistakes::size_as_constant::rms_norm_input_gradient),
                     "no part along the row"},
                    {"no_gain", back(mistakes::no_gain::rms_norm_input_gradient),
                     "does not depend on the gain"},
                    {"mean_taken_off", back(mistakes::mean_taken_off::rms_norm_input_gradient),
                     "its mean was taken off"},
                    {"layer_norm", back(mistakes::layer_norm_gradient::rms_norm_input_gradient),
                     "This is the gradient of layer norm"},
                    {"gain_last", back(mistakes::gain_last::rms_norm_input_gradient),
                     "multiply by the gain at the end"}}},
  };
}

/// The exercises of section 5.2.
std::vector<Exercise> block_exercises() {
  const auto counted = [](ParameterCount function) {
    return [function] { check_count_parameters(function); };
  };
  const auto blocks = [](BlockFunction function) {
    return [function] { check_pre_norm_block(function); };
  };
  return {
      {.id = "5.2b",
       .title = "Count the parameters",
       .check_reader = counted(::exercises::count_parameters),
       .check_solution = counted(solutions::count_parameters),
       .mistakes = {{"no_biases", counted(mistakes::no_biases::count_parameters), "the biases"},
                    {"output_counted", counted(mistakes::output_counted::count_parameters),
                     "it is tied"},
                    {"no_last_norm", counted(mistakes::no_last_norm::count_parameters),
                     "after the last block"},
                    {"no_linear_biases", counted(mistakes::no_linear_biases::count_parameters),
                     "of the linear layers"},
                    {"four_times_the_width",
                     counted(mistakes::four_times_the_width::count_parameters),
                     "need not be four times"}}},
      {.id = "5.2c",
       .title = "A pre-norm block",
       .check_reader = blocks(::exercises::pre_norm_block),
       .check_solution = blocks(solutions::pre_norm_block),
       .mistakes = {{"both_read_the_input", blocks(mistakes::both_read_the_input::pre_norm_block),
                     "from before the attention"},
                    {"no_residual", blocks(mistakes::no_residual::pre_norm_block),
                     "the second half replaced the stream"},
                    {"no_first_residual", blocks(mistakes::no_first_residual::pre_norm_block),
                     "The first half replaced the stream"},
                    {"post_norm", blocks(mistakes::post_norm::pre_norm_block),
                     "after the additions"},
                    {"one_norm", blocks(mistakes::one_norm::pre_norm_block),
                     "read without a norm"}}},
  };
}

using LogitGradient = std::function<Matrix(const Matrix&, const std::vector<int>&)>;

/// Exercise 5.3b, on the row (0, 0, ln 2) of the page, on two rows, and on large logits.
void check_cross_entropy_gradient(const LogitGradient& gradient_of) {
  Matrix row(1, 3), expected(1, 3), softmax(1, 3);
  row << 0, 0, std::log(Real(2));
  softmax << Real(0.25), Real(0.25), Real(0.5);
  expected << Real(-0.75), Real(0.25), Real(0.5);
  const Matrix one = gradient_of(row, {0});
  expect(one.rows() == 1 && one.cols() == 3, "The result must have the shape of the logits.");
  refuse(one, softmax, "Your row is the softmax: the target's one is still to be taken off.");
  refuse(one, -expected,
         "All your signs are the other way round: what the model said, minus what it should say.");
  expect_close(one, expected, "The gradient of the page is not the one you return.");
  Matrix rows(2, 3), both(2, 3);
  rows << row, row;
  both << expected, softmax;
  both(1, 2) -= 1;
  const Matrix two = gradient_of(rows, {0, 2});
  refuse(two, both,
         "With two rows yours is twice as large as it should be: the loss is their mean.");
  expect_close(two, both / 2, "With the targets 0 and 2 for two equal rows, yours is not right.");
  Matrix large(1, 3), sure(1, 3);
  large << 1000, 0, 900;
  sure << 1, 0, -1;
  expect_close(gradient_of(large, {2}), sure,
               "For the logits (1000, 0, 900) and the target 2 the gradient is not right. A number "
               "as large as e^1000 overflows: the largest logit of the row has to come off first.");
}

using AdamStep =
    std::function<Vector(::exercises::AdamState&, const Vector&, const Vector&, Real, Real)>;

/// AdamW on one number by its formulas, in double precision; or, as a reader may write it, without
/// the corrections for the start at zero.
struct ScalarAdamW {
  double value;
  bool corrected = true;
  double mean = 0, mean_square = 0;
  int steps = 0;

  /// One step with this gradient.
  double step(double gradient, double rate, double decay) {
    ++steps;
    mean += 0.1 * (gradient - mean);
    mean_square += 0.01 * (gradient * gradient - mean_square);
    const double first = corrected ? 1 - std::pow(0.9, steps) : 1;
    const double second = corrected ? 1 - std::pow(0.99, steps) : 1;
    const double ratio = mean / first / (std::sqrt(mean_square / second) + 1e-8);
    return value += -rate * ratio - rate * decay * value;
  }
};

/// A state before the first step, for two parameters.
::exercises::AdamState fresh_state() {
  return {Vector::Zero(2), Vector::Zero(2), 0};
}

/// Exercise 5.4b, the first step: with decay 0, and what a decay of 0.5 takes beside it.
void check_first_adamw_step(const AdamStep& step) {
  Vector parameters(2), gradient(2), moves(2);
  parameters << 1, -2;
  gradient << Real(0.5), -4;
  moves << Real(0.1), Real(-0.1);
  ::exercises::AdamState state = fresh_state(), fading = fresh_state();
  const Vector first = step(state, parameters, gradient, Real(0.1), 0);
  expect(first.size() == 2, "The result must have the shape of the parameters.");
  const Vector moved = parameters - first;
  refuse(moved, -moves, "Your first step goes up the gradient: the step is taken off.");
  refuse(moved, gradient / 10,
         "Your first step is the rate times the gradient: nothing divides it by the root of the "
         "mean square.");
  refuse(moved, gradient.cwiseInverse() / 10,
         "Your first step is the rate divided by the gradient. That is what comes of dividing by "
         "the mean square: did you take the root of it?");
  expect_close(moved, moves,
               "At the rate 0.1 the first step moves each parameter by 0.1 against the sign of its "
               "gradient, however large that is. What your step takes off is not that.");
  expect(state.steps == 1, fmt::format("The state must count the step; it says {}.", state.steps));
  const Vector lost = first - step(fading, parameters, gradient, Real(0.1), Real(0.5));
  expect(!same(lost, Vector::Zero(2)) || !same(fading.mean, (gradient + parameters / 2) / 10),
         "In the first step your weight decay has no effect: it went into the gradient, and the "
         "division took it out again. It belongs beside the ratio.");
  refuse(lost, Vector::Zero(2), "Your weight decay has no effect.");
  refuse(lost, parameters / 2,
         "The decay takes rate * decay of the parameter, and yours takes all of decay.");
  expect_close(
      lost, parameters / 20,
      "At the rate 0.1 a decay of 0.5 takes a twentieth of each parameter beside the step. "
      "What yours takes is not that.");
}

/// Exercise 5.4b, four steps with gradients of changing sign, where the corrections show.
void check_later_adamw_steps(const AdamStep& step) {
  ScalarAdamW expected{.value = 1}, uncorrected{.value = 1, .corrected = false};
  Vector place(2), gradient(2);
  place << 1, -2;
  ::exercises::AdamState running = fresh_state();
  for (const double slope : {0.5, -1.0, 2.0, 0.1}) {
    gradient << static_cast<Real>(slope), 1;
    place = step(running, place, gradient, Real(0.1), Real(0.2));
    const double answer = static_cast<double>(place(0));
    const double right = expected.step(slope, 0.1, 0.2);
    const double skewed = uncorrected.step(slope, 0.1, 0.2);
    const std::string said = fmt::format(
        "After {} steps with the gradients 0.5, -1, 2, 0.1 the first parameter should "
        "be {:.4f}; yours is {:.4f}.",
        expected.steps, right, answer);
    expect(
        std::abs(skewed - right) < 1e-4 || !(std::abs(answer - skewed) < 1e-4),
        said + " That is what comes of averages that are not corrected for their start at zero.");
    expect(std::abs(answer - right) < 1e-4, said);
  }
}

/// Exercise 5.4b.
void check_adamw_step(const AdamStep& step) {
  check_first_adamw_step(step);
  check_later_adamw_steps(step);
  Vector parameters(2), gradient(2);
  parameters << 1, -2;
  gradient << Real(1e-7), 0;
  ::exercises::AdamState calm = fresh_state();
  const Vector still = parameters - step(calm, parameters, gradient, 1, 0);
  expect(std::abs(still(0) - Real(1) / Real(1.1)) < 1e-3 && still(1) == 0,
         fmt::format("Beside a root mean square of 1e-7 the 1e-8 counts: the ratio is 1 / 1.1, and "
                     "yours is {:.3f}. Without a gradient it is 0; yours is {}.",
                     still(0), still(1)));
}

using Rate = std::function<double(Index, Index, Index, double, double)>;

/// Exercise 5.4c, on a schedule of 110 steps with a warm-up of 10, from 2 to 0.2.
void check_schedule_rate(const Rate& rate) {
  const auto near = [](double a, double b) { return std::abs(a - b) < 1e-9; };
  const auto at = [&](Index step) { return rate(step, 10, 110, 2, 0.2); };
  const auto expect_rate = [&](Index step, double right, const char* because) {
    expect(near(at(step), right),
           fmt::format("With 110 steps, a warm-up of 10, a peak of 2 and a last rate of 0.2, step "
                       "{} has the rate {:.4f}: {}. Yours is {:.4f}.",
                       step, right, because, at(step)));
  };
  expect(at(0) != 0, "The first step has a rate of 0: a step that does not move is a step lost.");
  for (const Index step : {0, 4, 9}) {
    expect_rate(step, 0.2 * static_cast<double>(step + 1), "a line up to the peak at step 9");
  }
  expect(!near(at(10), 0.2 + 0.9 * (1 + std::cos(std::numbers::pi * 10 / 110))),
         fmt::format("Right after the warm-up the rate is still at its peak, 2; yours is {:.3f}, "
                     "as if the cosine had begun at step 0. It begins where the warm-up ends.",
                     at(10)));
  expect_rate(10, 2, "right after the warm-up it is still at its peak");
  expect(!near(at(110), 0), "At the end your rate is 0, and not its last value, 0.2.");
  expect_rate(110, 0.2, "at the end it has its last value");
  expect_rate(60, 1.1, "half way down it is half way between the peak and the last value");
  expect(!near(at(35), 1.55), "Your rate falls in a straight line, and not along half a cosine.");
  expect_rate(35, 0.2 + 0.9 * (1 + std::sqrt(0.5)), "it falls along half a cosine");
  expect(!(at(160) > 0.2 + 1e-9), "After the last step your rate rises again: it must stay.");
  expect_rate(160, 0.2, "after the last step it stays");
  expect(near(rate(0, 0, 10, 2, 0.2), 2),
         fmt::format("Without a warm-up the first step has the peak, 2; yours has {:.3f}.",
                     rate(0, 0, 10, 2, 0.2)));
}

using Draw = std::function<int(const Vector&, double, double)>;

/// The tokens that are drawn for each of these numbers.
std::vector<int> drawn(const Draw& draw, const Vector& logits, double temperature,
                       const std::vector<double>& numbers) {
  std::vector<int> tokens;
  for (const double u : numbers) tokens.push_back(draw(logits, temperature, u));
  return tokens;
}

/// Throws WrongAnswer, with the first number that gives another token than it should.
void expect_tokens(const std::vector<int>& tokens, const std::vector<int>& expected,
                   const std::vector<double>& numbers, const std::string& pieces) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    expect(tokens[i] == expected[i],
           fmt::format("{}, so u = {} lies in that of token {}; you return {}.", pieces, numbers[i],
                       expected[i], tokens[i]));
  }
}

/// Exercise 5.5b: probabilities 1/4, 1/4 and 1/2, whose pieces end at 0.25, 0.5 and 1; at
/// temperature 1/2 they are 1/6, 1/6 and 2/3.
void check_pieces(const Draw& draw, const Vector& logits) {
  const std::vector<double> numbers = {0, 0.1, 0.24, 0.26, 0.49, 0.51, 0.76, 0.999};
  const std::vector<int> tokens = drawn(draw, logits, 1, numbers);
  expect(tokens != std::vector<int>(8, 2),
         "Your token is the largest logit even at temperature 1: the number u has to decide.");
  expect(tokens != std::vector<int>{2, 2, 2, 2, 2, 1, 0, 0},
         "Your pieces lie in the reverse order: that of token 0 comes first.");
  expect_tokens(tokens, {0, 0, 0, 1, 1, 2, 2, 2}, numbers,
                "The pieces of the unit interval end at 0.25, 0.5 and 1");
  const std::vector<double> between = {0.1, 0.27, 0.3, 0.35, 0.4, 0.49, 0.55, 0.9};
  const std::vector<int> cold = drawn(draw, logits, 0.5, between);
  expect(cold != std::vector<int>{0, 0, 1, 1, 1, 1, 1, 2},
         "Temperature 1/2 squares the odds to 1 : 1 : 4, and you take their root: the logits are "
         "divided by the temperature, not multiplied by it.");
  expect(cold != std::vector<int>{0, 1, 1, 1, 1, 1, 2, 2},
         "At temperature 1/2 you draw as at 1: the temperature has no effect.");
  expect_tokens(cold, {0, 1, 1, 2, 2, 2, 2, 2}, between,
                "At temperature 1/2 the pieces end at 1/6, 1/3 and 1");
}

/// Exercise 5.5b.
void check_draw_token(const Draw& draw) {
  Vector logits(3), large(2);
  logits << 0, 0, std::log(Real(2));
  for (const double u : {0.1, 0.9}) {
    expect(draw(logits, 0, u) == 2,
           fmt::format("At temperature 0 the largest logit wins, whatever u is: for (0, 0, ln 2) "
                       "that is token 2, and you return {}.",
                       draw(logits, 0, u)));
  }
  check_pieces(draw, logits);
  large << 10000, Real(10000 - 1);
  expect_tokens(drawn(draw, large, 1, {0.5, 0.7, 0.8, 0.9}), {0, 0, 1, 1}, {0.5, 0.7, 0.8, 0.9},
                "For the logits 10,000 and 9,999 the pieces end at 0.731 and 1 (a number as large "
                "as e^10000 overflows: the largest logit has to come off first)");
}

using TokenLogits = std::function<Matrix(const std::vector<int>&)>;
using GreedyLoop =
    std::function<std::vector<int>(const TokenLogits&, std::vector<int>, int, std::size_t)>;

/// A model that predicts the sum of what it reads, modulo 10, and remembers what that was.
struct SumModel {
  std::vector<int> last_read;
  std::size_t longest = 0;

  Matrix operator()(const std::vector<int>& tokens) {
    last_read = tokens;
    longest = std::max(longest, tokens.size());
    Matrix logits = Matrix::Zero(static_cast<Index>(tokens.size()), 10);
    int sum = 0;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
      sum += tokens[t];
      logits(static_cast<Index>(t), sum % 10) = 1;
    }
    return logits;
  }

  /// What the model is and what it read last, for a message.
  std::string text() const {
    return fmt::format(
        "The model of this check predicts the sum of what it reads, modulo 10. Last "
        "it read \"{}\". ",
        fmt::join(last_read, " "));
  }
};

/// Exercise 5.5c, one and two tokens after the prompt 1 2.
void check_first_turns(const GreedyLoop& loop) {
  SumModel model;
  const std::vector<int> one = loop(std::ref(model), {1, 2}, 1, 4);
  expect(one.size() == 3 && one[0] == 1 && one[1] == 2,
         fmt::format("After the prompt 1 2 and one more token, the result must be 1 2 and that "
                     "token; yours is \"{}\".",
                     fmt::join(one, " ")));
  expect(one[2] != 1 || model.last_read != std::vector<int>{1, 2},
         model.text() +
             "You gave 1: that is the first row of logits, which answers after one "
             "token. The last row speaks of what comes next.");
  expect(one[2] == 3, model.text() + fmt::format("After 1 2 comes 3; you gave {}.", one[2]));
  const std::vector<int> two = loop(std::ref(model), {1, 2}, 2, 4);
  expect(two.size() == 4,
         fmt::format("Two tokens after 1 2 make four; yours is \"{}\".", fmt::join(two, " ")));
  expect(model.last_read != std::vector<int>{1, 2},
         model.text() +
             "After your own 3 it must read 1 2 3: you ask it as if it had not read your "
             "token.");
  expect(two[3] == 6, model.text() + fmt::format("After 1 2 3 comes 6; you gave {}.", two[3]));
}

/// Exercise 5.5c.
void check_greedy_loop(const GreedyLoop& loop) {
  check_first_turns(loop);
  SumModel model;
  const std::vector<int> many = loop(std::ref(model), {1, 2}, 4, 4);
  expect(model.longest <= 4,
         fmt::format("Your model was given {} tokens, more tokens than its context of 4.",
                     model.longest));
  expect(model.last_read != std::vector<int>{1, 2, 3, 6},
         model.text() +
             "That is the first window of 1 2 3 6 2: with a context of 4 the window "
             "holds the last tokens, not the first.");
  expect(many == std::vector<int>{1, 2, 3, 6, 2, 3},
         model.text() + fmt::format("With a context of 4, after 1 2 3 6 2 it reads 2 3 6 2 and "
                                    "predicts 3, which makes 1 2 3 6 2 3; yours is \"{}\".",
                                    fmt::join(many, " ")));
  expect(loop(std::ref(model), {5}, 0, 4) == std::vector<int>{5},
         "With a count of 0 the prompt is all.");
}

using CachedAttention =
    std::function<Vector(const Vector&, const Vector&, const Vector&, ::exercises::HeadCache&)>;

/// What softmax weights of these scores read of the first values.
Vector read_with(const Vector& scores, const Matrix& values) {
  const Vector powers = (scores.array() - scores.maxCoeff()).exp();
  return powers / powers.sum() * values.topRows(scores.size());
}

/// Exercise 5.6b, what token t (from 1 on) reads, and what becomes of the cache.
void check_cached_token(const Vector& answer, Index t, const Vector& scores, const Matrix& keys,
                        const Matrix& values, const ::exercises::HeadCache& cache) {
  refuse(answer, read_with(scores.head(t) / 2, values),
         "The new token does not read itself: store its key and value before you score.");
  refuse(answer, read_with(scores, values),
         "Your scores are too large: divide them by the root of the width.");
  refuse(answer, read_with(scores / 4, values),
         "Your scores are too small: they are divided by the width and not by its root.");
  expect(!same(cache.keys.row(0), keys.row(t)),
         fmt::format("The key of token {} lies in row 0 of the cache, and the first token's key is "
                     "gone: each new one needs a row of its own.",
                     t));
  expect_close(cache.keys.topRows(t + 1), keys.topRows(t + 1),
               fmt::format("After token {} the keys in the cache are not the tokens'.", t));
  expect_close(cache.values.topRows(t + 1), values.topRows(t + 1),
               fmt::format("After token {} the values in the cache are not the tokens'.", t));
  expect(cache.length == t + 1,
         fmt::format("After token {} the cache must have the length {}; yours has {}.", t, t + 1,
                     cache.length));
  expect_close(answer, read_with(scores / 2, values),
               fmt::format("Token {} does not read what it should.", t));
}

/// Exercise 5.6b: what attention over all tokens gives, token by token.
void check_cached_attention(const CachedAttention& attend) {
  Generator generator(3);
  const Matrix queries = random_normal(5, 4, generator, 2), keys = random_normal(5, 4, generator);
  const Matrix values = random_normal(5, 4, generator);
  ::exercises::HeadCache cache{Matrix::Zero(6, 4), Matrix::Zero(6, 4), 0};
  const Vector alone = attend(queries.row(0), keys.row(0), values.row(0), cache);
  expect(alone.size() == 4, "The result must have the shape of a value.");
  expect_close(alone, values.row(0), "A token that is alone reads its own value.");
  expect(cache.length == 1, fmt::format("After one token the cache must have the length 1; yours "
                                        "has {}.",
                                        cache.length));
  for (Index t = 1; t < 5; ++t) {
    const Vector answer = attend(queries.row(t), keys.row(t), values.row(t), cache);
    const Vector scores = queries.row(t) * keys.topRows(t + 1).transpose();
    check_cached_token(answer, t, scores, keys, values, cache);
  }
  ::exercises::HeadCache loud{Matrix::Zero(1, 4), Matrix::Zero(1, 4), 0};
  expect_close(attend(30 * keys.row(0), 30 * keys.row(0), values.row(0), loud), values.row(0),
               "A token that is alone reads its own value, even where its score is in the "
               "hundreds. (The exponential of such a score overflows: the largest comes off "
               "first.)");
}

using CacheSize = std::function<Index(Index, Index, Index, Index, Index, Index)>;

/// Exercise 5.6c. A second model, of one head pair, tells apart what gives the same for the first.
void check_cache_size(const CacheSize& size) {
  const Index answer = size(32, 8192, 4096, 32, 8, 2), right = Index(1) << 30;
  const Index other = size(3, 5, 12, 4, 2, 4), other_right = 2 * 3 * 5 * 2 * 3 * 4;
  const std::string said = fmt::format(
      "For Llama 3 8B and 8,192 tokens of two bytes you get {}, not {}. ", answer, right);
  expect(answer != right / 2 || other != other_right / 2,
         said + "Keys alone make half: the values are cached as well.");
  expect(answer != 4 * right || other != 2 * other_right,
         said + "The cache holds the key and value heads, not the queries'.");
  expect(answer != right / 2 || other != other_right / 4,
         said + "These are numbers; each takes two bytes.");
  expect(answer == right, said);
  expect(other == other_right,
         fmt::format("For 3 layers, 5 tokens, width 12, 4 heads, 2 key and value heads and 4 bytes "
                     "a number it is {}; you get {}.",
                     other_right, other));
}

using MeanBits = std::function<double(const TokenLogits&, const std::vector<int>&, std::size_t)>;

/// A model of 4 tokens that gives each 1/4 in the first row of a window; in a later row it gives
/// 1/2 to the token that it reads there, and 1/6 to the others. All its logits are near 1000.
struct EchoModel {
  std::size_t longest = 0;

  Matrix operator()(const std::vector<int>& tokens) {
    longest = std::max(longest, tokens.size());
    Matrix logits = Matrix::Constant(static_cast<Index>(tokens.size()), 4, 1000);
    for (std::size_t t = 1; t < tokens.size(); ++t) {
      logits(static_cast<Index>(t), tokens[t]) += std::log(Real(3));
    }
    return logits;
  }
};

/// Exercise 5.7b: 8 tokens in windows of 3. The seven surprises are 2 bits for the first of each
/// window, 1 for a token that repeats the one before, and log2 6 for any other.
void check_mean_bits(const MeanBits& mean_bits) {
  const std::vector<int> text = {0, 0, 1, 1, 1, 2, 2, 3};
  const double rare = std::log2(6);
  const std::vector<double> windows = {2 + rare + 1, 2 + rare + 1, 2};
  const double right = (windows[0] + windows[1] + windows[2]) / 7;
  EchoModel model;
  const double answer = mean_bits(std::ref(model), text, 3);
  const auto is = [&](double mistaken) { return std::abs(answer - mistaken) < 1e-3; };
  const std::string said = fmt::format(
      "For the text 0 0 1 1 1 2 2 3 in windows of 3 the surprises are 2, {0:.3f}, 1; 2, {0:.3f}, "
      "1; "
      "2 bits, and their mean is {1:.3f}; yours is {2:.3f}. ",
      rare, right, answer);
  expect(model.longest <= 3, fmt::format("Your model was given {} tokens, more tokens than its "
                                         "context of 3.",
                                         model.longest));
  expect(!is(right * std::numbers::ln2), said + "That is the mean in nats: a bit is ln 2 of them.");
  expect(!is((windows[0] + windows[1]) / 6),
         said + "The last window, which is shorter, is missing.");
  expect(!is((windows[0] / 3 + windows[1] / 3 + windows[2]) / 3),
         said +
             "That is the mean of the means of three windows: the single character of the last "
             "one counts as much as the three of another.");
  expect(std::isfinite(answer),
         said +
             "The logits of this model are near 1000, and e^1000 overflows: the largest of a row "
             "has to come off first.");
  expect(!is((2 + 1 + 1 + 2 + 1 + 1 + 2) / 7.0) && !is((2 + 1 + 1 + 2 + 1 + 1 + 2 + 1) / 8.0),
         said +
             "That is the surprise at the token that the model reads at each place: the one to "
             "predict is the next.");
  expect(is(right), said);
  EchoModel other;
  expect(std::abs(mean_bits(std::ref(other), {3, 3, 3, 3, 3}, 8) - 5.0 / 4) < 1e-3,
         "A text that is shorter than the window is one window: for 3 3 3 3 3 the surprises are 2, "
         "1, 1 and 1 bits.");
}

/// The exercises of section 5.3.
std::vector<Exercise> training_exercises() {
  const auto loss = [](LogitGradient function) {
    return [function] { check_cross_entropy_gradient(function); };
  };
  return {
      {.id = "5.3b",
       .title = "Cross-entropy and its gradient",
       .check_reader = loss(::exercises::cross_entropy_gradient),
       .check_solution = loss(solutions::cross_entropy_gradient),
       .mistakes = {{"no_one_hot", loss(mistakes::no_one_hot::cross_entropy_gradient),
                     "still to be taken off"},
                    {"sum_of_rows", loss(mistakes::sum_of_rows::cross_entropy_gradient),
                     "the loss is their mean"},
                    {"wrong_sign", loss(mistakes::wrong_sign::cross_entropy_gradient),
                     "the other way round"},
                    {"overflow_of_logits",
                     loss(mistakes::overflow_of_logits::cross_entropy_gradient), "overflows"}}},
  };
}

/// The exercises of section 5.4.
std::vector<Exercise> optimizer_exercises() {
  const auto adam = [](AdamStep function) { return [function] { check_adamw_step(function); }; };
  const auto rate = [](Rate function) { return [function] { check_schedule_rate(function); }; };
  return {
      {.id = "5.4b",
       .title = "A step of AdamW",
       .check_reader = adam(::exercises::adamw_step),
       .check_solution = adam(solutions::adamw_step),
       .mistakes = {{"no_correction", adam(mistakes::no_correction::adamw_step),
                     "not corrected for their start at zero"},
                    {"decay_in_gradient", adam(mistakes::decay_in_gradient::adamw_step),
                     "It belongs beside the ratio"},
                    {"square_without_root", adam(mistakes::square_without_root::adamw_step),
                     "did you take the root"},
                    {"decay_without_rate", adam(mistakes::decay_without_rate::adamw_step),
                     "yours takes all of decay"},
                    {"no_decay", adam(mistakes::no_decay::adamw_step),
                     "Your weight decay has no effect"},
                    {"never_divided", adam(mistakes::never_divided::adamw_step),
                     "nothing divides it"},
                    {"uphill", adam(mistakes::uphill::adamw_step), "goes up the gradient"}}},
      {.id = "5.4c",
       .title = "The schedule",
       .check_reader = rate(::exercises::schedule_rate),
       .check_solution = rate(solutions::schedule_rate),
       .mistakes = {{"starts_at_zero", rate(mistakes::starts_at_zero::schedule_rate),
                     "a step that does not move"},
                    {"cosine_from_the_start", rate(mistakes::cosine_from_the_start::schedule_rate),
                     "where the warm-up ends"},
                    {"rises_again", rate(mistakes::rises_again::schedule_rate), "rises again"},
                    {"falls_to_zero", rate(mistakes::falls_to_zero::schedule_rate),
                     "your rate is 0"},
                    {"straight_line", rate(mistakes::straight_line::schedule_rate),
                     "a straight line"}}},
  };
}

/// The exercises of section 5.5.
std::vector<Exercise> decoder_exercises() {
  const auto draw = [](Draw function) { return [function] { check_draw_token(function); }; };
  const auto loop = [](GreedyLoop function) { return [function] { check_greedy_loop(function); }; };
  return {
      {.id = "5.5b",
       .title = "Draw a token",
       .check_reader = draw(::exercises::draw_token),
       .check_solution = draw(solutions::draw_token),
       .mistakes = {{"multiplied", draw(mistakes::multiplied::draw_token), "not multiplied by it"},
                    {"always_largest", draw(mistakes::always_largest::draw_token),
                     "the number u has to decide"},
                    {"overflow_in_draw", draw(mistakes::overflow_in_draw::draw_token), "overflow"},
                    {"one_before", draw(mistakes::one_before::draw_token), "lies in that of"},
                    {"reverse_order", draw(mistakes::reverse_order::draw_token),
                     "in the reverse order"},
                    {"no_temperature", draw(mistakes::no_temperature::draw_token),
                     "the temperature has no effect"}}},
      {.id = "5.5c",
       .title = "The loop",
       .check_reader = loop(::exercises::greedy_loop),
       .check_solution = loop(solutions::greedy_loop),
       .mistakes = {{"never_appended", loop(mistakes::never_appended::greedy_loop),
                     "had not read your token"},
                    {"first_window", loop(mistakes::first_window::greedy_loop),
                     "the last tokens, not the first"},
                    {"first_row", loop(mistakes::first_row::greedy_loop), "the first row"},
                    {"whole_past", loop(mistakes::whole_past::greedy_loop),
                     "more tokens than its context"}}},
  };
}

/// The exercises of section 5.6.
std::vector<Exercise> cache_exercises() {
  const auto attend = [](CachedAttention function) {
    return [function] { check_cached_attention(function); };
  };
  const auto size = [](CacheSize function) { return [function] { check_cache_size(function); }; };
  return {
      {.id = "5.6b",
       .title = "Attention with a cache",
       .check_reader = attend(::exercises::cached_attention),
       .check_solution = attend(solutions::cached_attention),
       .mistakes = {{"forgets_itself", attend(mistakes::forgets_itself::cached_attention),
                     "does not read itself"},
                    {"always_first_row", attend(mistakes::always_first_row::cached_attention),
                     "a row of its own"},
                    {"not_counted", attend(mistakes::not_counted::cached_attention),
                     "must have the length 1"},
                    {"no_scale", attend(mistakes::no_scale::cached_attention), "too large"},
                    {"over_width", attend(mistakes::over_width::cached_attention), "too small"}}},
      {.id = "5.6c",
       .title = "How large is the cache?",
       .check_reader = size(::exercises::cache_size),
       .check_solution = size(solutions::cache_size),
       .mistakes = {{"keys_only", size(mistakes::keys_only::cache_size), "Keys alone"},
                    {"query_heads", size(mistakes::query_heads::cache_size), "not the queries'"},
                    {"numbers", size(mistakes::numbers::cache_size), "each takes two bytes"}}},
  };
}

/// The exercise of section 5.7.
std::vector<Exercise> examination_exercises() {
  const auto bits = [](MeanBits function) { return [function] { check_mean_bits(function); }; };
  return {
      {.id = "5.7b",
       .title = "Bits of a whole text",
       .check_reader = bits(::exercises::bits_per_character),
       .check_solution = bits(solutions::bits_per_character),
       .mistakes = {{"in_nats", bits(mistakes::in_nats::bits_per_character), "the mean in nats"},
                    {"last_window_dropped", bits(mistakes::last_window_dropped::bits_per_character),
                     "The last window, which is shorter, is missing"},
                    {"mean_of_means", bits(mistakes::mean_of_means::bits_per_character),
                     "the mean of the means"},
                    {"not_shifted", bits(mistakes::not_shifted::bits_per_character),
                     "the one to predict is the next"}}},
  };
}

}  // namespace

std::vector<Exercise> exercises() {
  std::vector<Exercise> all;
  for (const auto& section :
       {layer_norm_exercises(), block_exercises(), training_exercises(), optimizer_exercises(),
        decoder_exercises(), cache_exercises(), examination_exercises()}) {
    all.insert(all.end(), section.begin(), section.end());
  }
  return all;
}

}  // namespace llm
