// The checks of chapter 5's exercises. What they expect is worked out by hand, or from what the
// statement promises, not with the library's layers.

#include "chapters/05_transformer/exercises.hpp"

#include <fmt/format.h>

#include <cmath>

#include "chapters/05_transformer/mistakes/5.1b_down_the_columns.hpp"
#include "chapters/05_transformer/mistakes/5.1b_keeps_the_mean.hpp"
#include "chapters/05_transformer/mistakes/5.1b_no_root.hpp"
#include "chapters/05_transformer/mistakes/5.1b_sample_variance.hpp"
#include "chapters/05_transformer/mistakes/5.1c_layer_norm.hpp"
#include "chapters/05_transformer/mistakes/5.1c_no_gain.hpp"
#include "chapters/05_transformer/mistakes/5.1c_size_as_constant.hpp"
#include "chapters/05_transformer/mistakes/5.2b_no_biases.hpp"
#include "chapters/05_transformer/mistakes/5.2b_no_last_norm.hpp"
#include "chapters/05_transformer/mistakes/5.2b_output_counted.hpp"
#include "chapters/05_transformer/mistakes/5.2c_both_read_the_input.hpp"
#include "chapters/05_transformer/mistakes/5.2c_no_residual.hpp"
#include "chapters/05_transformer/mistakes/5.2c_one_norm.hpp"
#include "chapters/05_transformer/mistakes/5.2c_post_norm.hpp"
#include "chapters/05_transformer/mistakes/5.3b_no_one_hot.hpp"
#include "chapters/05_transformer/mistakes/5.3b_overflow_of_logits.hpp"
#include "chapters/05_transformer/mistakes/5.3b_sum_of_rows.hpp"
#include "chapters/05_transformer/mistakes/5.3b_wrong_sign.hpp"
#include "chapters/05_transformer/mistakes/5.3c_decay_in_gradient.hpp"
#include "chapters/05_transformer/mistakes/5.3c_decay_without_rate.hpp"
#include "chapters/05_transformer/mistakes/5.3c_no_correction.hpp"
#include "chapters/05_transformer/mistakes/5.3c_square_without_root.hpp"
#include "chapters/05_transformer/mistakes/5.3d_cosine_from_the_start.hpp"
#include "chapters/05_transformer/mistakes/5.3d_falls_to_zero.hpp"
#include "chapters/05_transformer/mistakes/5.3d_rises_again.hpp"
#include "chapters/05_transformer/mistakes/5.3d_starts_at_zero.hpp"
#include "chapters/05_transformer/mistakes/5.4b_always_largest.hpp"
#include "chapters/05_transformer/mistakes/5.4b_multiplied.hpp"
#include "chapters/05_transformer/mistakes/5.4b_one_before.hpp"
#include "chapters/05_transformer/mistakes/5.4b_overflow_in_draw.hpp"
#include "chapters/05_transformer/mistakes/5.4c_first_row.hpp"
#include "chapters/05_transformer/mistakes/5.4c_first_window.hpp"
#include "chapters/05_transformer/mistakes/5.4c_never_appended.hpp"
#include "chapters/05_transformer/mistakes/5.4c_whole_past.hpp"
#include "chapters/05_transformer/mistakes/5.5b_always_first_row.hpp"
#include "chapters/05_transformer/mistakes/5.5b_forgets_itself.hpp"
#include "chapters/05_transformer/mistakes/5.5b_no_scale.hpp"
#include "chapters/05_transformer/mistakes/5.5b_not_counted.hpp"
#include "chapters/05_transformer/mistakes/5.5c_keys_only.hpp"
#include "chapters/05_transformer/mistakes/5.5c_numbers.hpp"
#include "chapters/05_transformer/mistakes/5.5c_query_heads.hpp"
#include "chapters/05_transformer/solutions.hpp"
#include "common/foundations/random.hpp"
#include "tests/exercises/check.hpp"

namespace llm {

namespace {

using RowNorm = std::function<Matrix(const Matrix&, const Vector&, const Vector&, Real)>;

/// Exercise 5.1b, on the row (2, 4, 6, 8) of the page and on rows of other sizes.
void check_normalize_rows(const RowNorm& normalize) {
  const Vector one = Vector::Ones(4), zero = Vector::Zero(4);
  Matrix rows(3, 4), expected(3, 4);
  rows << 2, 4, 6, 8, 20, 40, 60, 80, 1, -1, 1, -1;
  const Real small = 1 / std::sqrt(Real(5)), large = 3 / std::sqrt(Real(5));
  expected << -large, -small, small, large, -large, -small, small, large, 1, -1, 1, -1;
  const Matrix normed = normalize(rows, one, zero, 0);
  expect(normed.rows() == 3 && normed.cols() == 4, "The result must have the shape of the inputs.");
  const Matrix alone = normalize(rows.topRows(1), one, zero, Real(1e-5));
  expect((alone.row(0) - normed.row(0)).norm() < 1e-3,
         "The first row comes out differently when it is alone: another row has a say in it. Mean "
         "and variance belong to one row, not to one column.");
  expect(std::abs(normed.row(0).mean()) < 1e-4,
         fmt::format("The mean of your normed row (2, 4, 6, 8) is {:.3f}, not 0: take the mean off "
                     "before you divide.",
                     normed.row(0).mean()));
  const Real variance = normed.row(0).squaredNorm() / 4;
  expect(std::abs(variance - Real(0.2)) > 1e-3,
         "Your rows are divided by their variance: take its square root.");
  expect(std::abs(variance - Real(0.75)) > 1e-3,
         "The variance of your normed row is 3/4: divide the sum of squares by d, not by d - 1.");
  expect_close(normed, expected, "The rows are not the ones worked out on the page.");
  expect_close(normalize(Matrix::Constant(1, 4, 7), one, zero, Real(1e-5)), Matrix::Zero(1, 4),
               "A row of equal numbers must come out as zeros: is epsilon under the root?");
  Vector gain(4), bias(4);
  gain << 1, 2, 3, 4;
  bias << 5, 6, 7, 8;
  Matrix scaled(1, 4);
  scaled << 6, 4, 10, 4;
  expect_close(normalize(rows.bottomRows(1), gain, bias, 0), scaled,
               "Each feature is multiplied by its own gain, and its own bias is added after that.");
  expect_close(normalize(rows.bottomRows(1), one, zero, 3), rows.bottomRows(1) / 2,
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

/// Exercise 5.1c.
void check_rms_norm_gradient(const RowNormGradient& gradient_of) {
  Generator generator(1);
  const Matrix inputs = random_normal(3, 6, generator, 2);
  const Matrix change = random_normal(3, 6, generator);
  const Vector one = Vector::Ones(6);
  const Vector gain = Vector::LinSpaced(6, 0.5, 3);
  const Matrix plain = gradient_of(change, inputs, one);
  expect(plain.rows() == 3 && plain.cols() == 6, "The result must have the shape of the inputs.");
  const Real along = plain.cwiseProduct(inputs).rowwise().sum().cwiseAbs().maxCoeff();
  const Matrix expected = measured_gradient(change, inputs, one);
  const Vector level = (expected - plain).row(0);
  expect((level.array() - level.mean()).abs().maxCoeff() > 1e-3 || std::abs(level.mean()) < 1e-3,
         "Your gradient adds up to 0 along each row, so its mean was taken off. RMSNorm leaves the "
         "mean alone, and so does its gradient.");
  expect(along < 1e-3,
         "A longer row of the same direction comes out the same, so the gradient must have no part "
         "along the row, and yours has one: the size of the row changes with the row.");
  expect_close(plain, expected, "With a gain of 1 your gradient is not the measured one.", 2e-3);
  const Matrix with_gain = gradient_of(change, inputs, gain);
  expect((with_gain - plain).norm() > 1e-3,
         "Your result does not depend on the gain: the gradient passes through the gain first.");
  expect_close(with_gain, measured_gradient(change, inputs, gain),
               "With a gain your gradient is not the measured one.", 5e-3);
}

using ParameterCount = std::function<Index(Index, Index, Index, Index, Index, bool)>;

/// Exercise 5.2b: GPT-2's count is published; a model of one number a part is counted by hand.
void check_count_parameters(const ParameterCount& count) {
  const Index published = 124439808, answer = count(50257, 1024, 768, 12, 3072, true);
  const std::string said = fmt::format("You count {} for GPT-2, which has {}. ", answer, published);
  expect(answer != published + 50257 * 768,
         said + "The difference is the output layer: it is tied, the token embedding itself.");
  expect(answer != published - 2 * 768, said + "The difference is the norm after the last block.");
  expect(answer != published - 12 * (2 * 768 + 4 * 768 + 4 * 768 + 768) - 768,
         said + "The difference is all the biases.");
  expect(answer == published, said);
  expect(count(50257, 1024, 768, 12, 3072, false) == published + 50257 * 768,
         "An output that is not tied has a matrix of its own, of the vocabulary times the width.");
  const Index smallest = count(1, 1, 1, 1, 1, true);
  expect(smallest == 2 + 2 + 8 + 2 + 4 + 2,
         fmt::format("A model of vocabulary, context, width, hidden width and layers 1 has 20 "
                     "parameters; you count {}.",
                     smallest));
  expect(count(7, 5, 4, 3, 6, true) == (7 + 5) * 4 + 3 * (16 + 4 * 16 + 16 + 2 * 24 + 6 + 4) + 8,
         "The hidden width need not be four times the width.");
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
  const std::string where =
      "With a norm that halves, an attention that adds 10 and a feed-forward "
      "layer that squares, the stream 2 becomes 13 and then 55.25. ";
  expect(answer != 14, where +
                           "Yours is 14: the feed-forward layer read the stream from before "
                           "the attention.");
  expect(answer != Real(42.25), where + "Yours is 42.25: the second half replaced the stream.");
  expect(answer != 28, where + "Yours is 28: the norms stand after the additions, as in 2017.");
  expect(answer != 182, where + "Yours is 182: the feed-forward layer read without a norm.");
  expect(answer == Real(55.25), fmt::format("{}Yours is {}.", where, answer));
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
                     "take the mean off"}}},
      {.id = "5.1c",
       .title = "The way back through RMSNorm",
       .check_reader = back(::exercises::rms_norm_input_gradient),
       .check_solution = back(solutions::rms_norm_input_gradient),
       .mistakes = {{"size_as_constant", back(mistakes::size_as_constant::rms_norm_input_gradient),
                     "no part along the row"},
                    {"no_gain", back(mistakes::no_gain::rms_norm_input_gradient),
                     "does not depend on the gain"},
                    {"layer_norm", back(mistakes::layer_norm_gradient::rms_norm_input_gradient),
                     "its mean was taken off"}}},
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
                     "after the last block"}}},
      {.id = "5.2c",
       .title = "A pre-norm block",
       .check_reader = blocks(::exercises::pre_norm_block),
       .check_solution = blocks(solutions::pre_norm_block),
       .mistakes =
           {{"both_read_the_input", blocks(mistakes::both_read_the_input::pre_norm_block),
             "from before the attention"},
            {"no_residual", blocks(mistakes::no_residual::pre_norm_block), "replaced the stream"},
            {"post_norm", blocks(mistakes::post_norm::pre_norm_block), "after the additions"},
            {"one_norm", blocks(mistakes::one_norm::pre_norm_block), "read without a norm"}}},
  };
}

using LogitGradient = std::function<Matrix(const Matrix&, const std::vector<int>&)>;

/// Exercise 5.3b, on the row (0, 0, ln 2) of the page, on two rows, and on large logits.
void check_cross_entropy_gradient(const LogitGradient& gradient_of) {
  Matrix row(1, 3), expected(1, 3);
  row << 0, 0, std::log(Real(2));
  expected << Real(-0.75), Real(0.25), Real(0.5);
  const Matrix one = gradient_of(row, {0});
  expect(one.rows() == 1 && one.cols() == 3, "The result must have the shape of the logits.");
  expect(std::abs(one.sum() - 1) > 1e-4,
         "Your row adds up to 1, so it is the softmax: the target's one is still to be taken off.");
  expect((one + expected).norm() > 1e-4,
         "All your signs are the other way round: what the model said, minus what it should say.");
  expect_close(one, expected, "The gradient of the page is not the one you return.");
  Matrix rows(2, 3), halves(2, 3);
  rows << row, row;
  halves << expected / 2, expected(0, 1) / 2, expected(0, 1) / 2, expected(0, 2) / 2 - Real(0.5);
  const Matrix two = gradient_of(rows, {0, 2});
  expect((two - 2 * halves).norm() > 1e-4,
         "With two rows yours is twice as large as it should be: the loss is their mean.");
  expect_close(two, halves, "With the targets 0 and 2 for two equal rows, yours is not right.");
  Matrix large(1, 3), sure(1, 3);
  large << 1000, 0, 900;
  sure << 1, 0, -1;
  const Matrix answer = gradient_of(large, {2});
  expect(answer.allFinite(), "A logit of 1000 overflows: take the largest of the row off first.");
  expect_close(answer, sure, "For the logits (1000, 0, 900) the gradient is not right.");
}

using AdamStep =
    std::function<Vector(::exercises::AdamState&, const Vector&, const Vector&, Real, Real)>;

/// AdamW on one number by its formulas, in double precision.
struct ScalarAdamW {
  double mean = 0, mean_square = 0, value;
  int steps = 0;

  /// One step with this gradient.
  double step(double gradient, double rate, double decay) {
    ++steps;
    mean += 0.1 * (gradient - mean);
    mean_square += 0.01 * (gradient * gradient - mean_square);
    const double ratio = mean / (1 - std::pow(0.9, steps)) /
                         (std::sqrt(mean_square / (1 - std::pow(0.99, steps))) + 1e-8);
    return value += -rate * ratio - rate * decay * value;
  }
};

/// Exercise 5.3c.
void check_adamw_step(const AdamStep& step) {
  Vector parameters(2), gradient(2);
  parameters << 1, -2;
  gradient << Real(0.5), -4;
  ::exercises::AdamState state{Vector::Zero(2), Vector::Zero(2), 0};
  const Vector first = step(state, parameters, gradient, Real(0.1), 0);
  expect(first.size() == 2, "The result must have the shape of the parameters.");
  const Real moved = parameters(0) - first(0);
  expect(std::abs(std::abs(moved) - std::abs(first(1) - parameters(1))) < 1e-3,
         "In the first step both parameters must move equally far, by the rate, whatever the size "
         "of their gradients: did you take the root of the mean square?");
  expect(std::abs(moved - Real(0.1)) < 1e-3,
         fmt::format("The first step at rate 0.1 moves by {:.3f}, not by the rate.", moved));
  expect(state.steps == 1, "The state must count the step.");
  ::exercises::AdamState fresh{Vector::Zero(2), Vector::Zero(2), 0};
  const Vector decayed = step(fresh, parameters, gradient, Real(0.1), Real(0.5));
  const Real lost = first(0) - decayed(0);
  expect(std::abs(lost) > 1e-4,
         "In the first step your weight decay has no effect: it went into the gradient, and the "
         "division took it out again. It belongs beside the ratio.");
  expect(std::abs(lost - Real(0.5)) > 1e-3,
         "The decay takes rate * decay of the parameter, and yours takes all of decay.");
  expect(std::abs(lost - Real(0.05)) < 1e-4, "The decay must take rate * decay * parameter.");
  ScalarAdamW expected{.value = 1};
  Vector place = parameters;
  ::exercises::AdamState running{Vector::Zero(2), Vector::Zero(2), 0};
  for (const double slope : {0.5, -1.0, 2.0, 0.1}) {
    gradient << static_cast<Real>(slope), 1;
    place = step(running, place, gradient, Real(0.1), Real(0.2));
    const double right = expected.step(slope, 0.1, 0.2);
    expect(std::abs(static_cast<double>(place(0)) - right) < 1e-4,
           fmt::format(
               "After {} steps the first parameter should be {:.4f}; yours is {:.4f}. Are both "
               "averages corrected for their start at zero?",
               expected.steps, right, place(0)));
  }
  gradient << Real(1e-7), 0;
  ::exercises::AdamState calm{Vector::Zero(2), Vector::Zero(2), 0};
  const Vector still = parameters - step(calm, parameters, gradient, 1, 0);
  expect(std::abs(still(0) - Real(1) / Real(1.1)) < 1e-3 && still(1) == 0,
         fmt::format("Beside a root mean square of 1e-7 the 1e-8 counts: the ratio is 1 / 1.1, and "
                     "yours is {:.3f}. Without a gradient it is 0; yours is {}.",
                     still(0), still(1)));
}

using Rate = std::function<double(Index, Index, Index, double, double)>;

/// Exercise 5.3d.
void check_schedule_rate(const Rate& rate) {
  const auto near = [](double a, double b) { return std::abs(a - b) < 1e-9; };
  expect(rate(0, 10, 110, 2, 0.2) > 0,
         "The first step has a rate of 0: a step that does not move is a step lost.");
  expect(near(rate(0, 10, 110, 2, 0.2), 0.2) && near(rate(4, 10, 110, 2, 0.2), 1) &&
             near(rate(9, 10, 110, 2, 0.2), 2),
         "In a warm-up of 10 steps to 2, step 0 has 0.2, step 4 has 1, and step 9 has 2.");
  expect(
      near(rate(10, 10, 110, 2, 0.2), 2),
      fmt::format("Right after the warm-up the rate is still at its peak, 2; yours is {:.3f}. The "
                  "cosine begins where the warm-up ends.",
                  rate(10, 10, 110, 2, 0.2)));
  expect(near(rate(110, 10, 110, 2, 0.2), 0.2), "At the end the rate has its last value, 0.2.");
  expect(near(rate(60, 10, 110, 2, 0.2), 1.1), "Half way down it is between 2 and 0.2, at 1.1.");
  expect(near(rate(35, 10, 110, 2, 0.2), 0.2 + 1.8 * (1 + std::sqrt(0.5)) / 2),
         "A quarter of the way down the curve must be half a cosine.");
  expect(near(rate(160, 10, 110, 2, 0.2), 0.2), "After the last step the rate rises again.");
  expect(near(rate(0, 0, 10, 2, 0.2), 2), "Without a warm-up the first step has the peak.");
}

using Draw = std::function<int(const Vector&, double, double)>;

/// Exercise 5.4b: probabilities 1/4, 1/4 and 1/2, whose pieces end at 0.25, 0.5 and 1.
void check_draw_token(const Draw& draw) {
  Vector logits(3);
  logits << 0, 0, std::log(Real(2));
  expect(draw(logits, 0, 0.1) == 2, "At temperature 0 the largest logit wins, whatever u is.");
  expect(draw(logits, 1, 0.1) != 2 || draw(logits, 1, 0.3) != 2,
         "Your token is the largest logit even at temperature 1: the number u has to decide.");
  const std::vector<std::pair<double, int>> pieces = {{0, 0},    {0.24, 0}, {0.26, 1},
                                                      {0.49, 1}, {0.51, 2}, {0.999, 2}};
  for (const auto& [u, token] : pieces) {
    expect(draw(logits, 1, u) == token,
           fmt::format("The pieces of the unit interval end at 0.25, 0.5 and 1, so u = {} lies in "
                       "that of token {}; you return {}.",
                       u, token, draw(logits, 1, u)));
  }
  expect(draw(logits, 0.5, 0.4) != 1,
         "Temperature 1/2 squares the odds to 1 : 1 : 4, and token 1 ends at 1/3; you let the odds "
         "shrink. Are the logits multiplied by the temperature?");
  expect(draw(logits, 0.5, 0.35) == 2 && draw(logits, 0.5, 0.1) == 0,
         "At temperature 1/2 the pieces end at 1/6, 1/3 and 1.");
  Vector large(2);
  large << 10000, Real(10000 - 1);
  expect(draw(large, 1, 0.5) == 0 && draw(large, 1, 0.9) == 1,
         "Logits of 10,000 overflow: take the largest off first.");
}

using TokenLogits = std::function<Matrix(const std::vector<int>&)>;
using GreedyLoop =
    std::function<std::vector<int>(const TokenLogits&, std::vector<int>, int, std::size_t)>;

/// Exercise 5.4c, with a model that predicts the sum of all tokens that it sees, modulo 10.
void check_greedy_loop(const GreedyLoop& loop) {
  bool too_long = false;
  const TokenLogits sums = [&](const std::vector<int>& tokens) {
    too_long = too_long || tokens.size() > 4;
    Matrix logits = Matrix::Zero(static_cast<Index>(tokens.size()), 10);
    int sum = 0;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
      sum += tokens[t];
      logits(static_cast<Index>(t), sum % 10) = 1;
    }
    return logits;
  };
  const std::string model =
      "The model of this check predicts the sum of what it reads, modulo 10. ";
  const std::vector<int> one = loop(sums, {1, 2}, 1, 4);
  expect(one.size() == 3 && one[0] == 1 && one[1] == 2,
         "After the prompt 1 2 and one more token, the result must be 1 2 and that token.");
  expect(one[2] != 1, model + "You took the first row of logits, which answers after one token.");
  expect(one[2] == 3, model + "After 1 2 comes 3.");
  const std::vector<int> two = loop(sums, {1, 2}, 2, 4);
  expect(two.size() == 4 && two[3] != 3,
         model + "After 1 2 3 comes 6; you gave 3 again, as if the model had not read your token.");
  expect(two[3] == 6, model + "After 1 2 3 comes 6.");
  const std::vector<int> many = loop(sums, {1, 2}, 4, 4);
  expect(!too_long, "Your model was given more tokens than its context of 4.");
  expect(many == std::vector<int>{1, 2, 3, 6, 2, 3},
         model +
             "With a context of 4, after 1 2 3 6 2 it reads 2 3 6 2 and predicts 3: the window "
             "holds the last tokens, not the first.");
  expect(loop(sums, {5}, 0, 4) == std::vector<int>{5}, "With a count of 0 the prompt is all.");
}

using CachedAttention =
    std::function<Vector(const Vector&, const Vector&, const Vector&, ::exercises::HeadCache&)>;

/// Exercise 5.5b: what attention over all tokens gives, token by token.
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
    const auto read = [&](const Vector& powers) -> Vector {
      return powers / powers.sum() * values.topRows(powers.size());
    };
    const Vector expected = read((scores / 2).array().exp());
    expect((answer - read((scores / 2).head(t).array().exp())).norm() > 1e-4,
           "The new token does not read itself: store its key and value before you score.");
    expect((answer - read(scores.array().exp())).norm() > 1e-4,
           "Your scores are too large: divide them by the root of the width.");
    expect((cache.keys.row(0) - keys.row(0)).norm() < 1e-5,
           "The first token's key is gone from the cache: each new one needs a row of its own.");
    expect_close(answer, expected, fmt::format("Token {} does not read what it should.", t));
  }
  expect_close(cache.values.topRows(5), values, "The values in the cache are not the tokens'.");
  ::exercises::HeadCache loud{Matrix::Zero(1, 4), Matrix::Zero(1, 4), 0};
  expect_close(attend(30 * keys.row(0), 30 * keys.row(0), values.row(0), loud), values.row(0),
               "Scores of hundreds overflow: take the largest off before the exponential.");
}

using CacheSize = std::function<Index(Index, Index, Index, Index, Index, Index)>;

/// Exercise 5.5c.
void check_cache_size(const CacheSize& size) {
  const Index answer = size(32, 8192, 4096, 32, 8, 2), right = Index(1) << 30;
  const std::string said = fmt::format(
      "For Llama 3 8B and 8,192 tokens of two bytes you get {}, not {}. ", answer, right);
  expect(answer != right / 2 || size(1, 1, 1, 1, 1, 4) != 4,
         said + "Keys alone make half: the values are cached as well.");
  expect(answer != 4 * right, said + "The cache holds the key and value heads, not the queries'.");
  expect(answer != right / 2, said + "These are numbers; each takes two bytes.");
  expect(answer == right, said);
  expect(size(3, 5, 12, 4, 2, 4) == 2 * 3 * 5 * 2 * 3 * 4, "Three layers of width 12 are wrong.");
}

/// The exercises of section 5.3.
std::vector<Exercise> training_exercises() {
  const auto loss = [](LogitGradient function) {
    return [function] { check_cross_entropy_gradient(function); };
  };
  const auto adam = [](AdamStep function) { return [function] { check_adamw_step(function); }; };
  const auto rate = [](Rate function) { return [function] { check_schedule_rate(function); }; };
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
      {.id = "5.3c",
       .title = "A step of AdamW",
       .check_reader = adam(::exercises::adamw_step),
       .check_solution = adam(solutions::adamw_step),
       .mistakes = {{"no_correction", adam(mistakes::no_correction::adamw_step),
                     "corrected for their start at zero"},
                    {"decay_in_gradient", adam(mistakes::decay_in_gradient::adamw_step),
                     "It belongs beside the ratio"},
                    {"square_without_root", adam(mistakes::square_without_root::adamw_step),
                     "did you take the root"},
                    {"decay_without_rate", adam(mistakes::decay_without_rate::adamw_step),
                     "yours takes all of decay"}}},
      {.id = "5.3d",
       .title = "The schedule",
       .check_reader = rate(::exercises::schedule_rate),
       .check_solution = rate(solutions::schedule_rate),
       .mistakes = {{"starts_at_zero", rate(mistakes::starts_at_zero::schedule_rate),
                     "a step that does not move"},
                    {"cosine_from_the_start", rate(mistakes::cosine_from_the_start::schedule_rate),
                     "where the warm-up ends"},
                    {"rises_again", rate(mistakes::rises_again::schedule_rate), "rises again"},
                    {"falls_to_zero", rate(mistakes::falls_to_zero::schedule_rate),
                     "its last value"}}},
  };
}

/// The exercises of section 5.4.
std::vector<Exercise> decoder_exercises() {
  const auto draw = [](Draw function) { return [function] { check_draw_token(function); }; };
  const auto loop = [](GreedyLoop function) { return [function] { check_greedy_loop(function); }; };
  return {
      {.id = "5.4b",
       .title = "Draw a token",
       .check_reader = draw(::exercises::draw_token),
       .check_solution = draw(solutions::draw_token),
       .mistakes = {{"multiplied", draw(mistakes::multiplied::draw_token),
                     "multiplied by the temperature"},
                    {"always_largest", draw(mistakes::always_largest::draw_token),
                     "the number u has to decide"},
                    {"overflow_in_draw", draw(mistakes::overflow_in_draw::draw_token), "overflow"},
                    {"one_before", draw(mistakes::one_before::draw_token), "lies in that of"}}},
      {.id = "5.4c",
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

/// The exercises of section 5.5.
std::vector<Exercise> cache_exercises() {
  const auto attend = [](CachedAttention function) {
    return [function] { check_cached_attention(function); };
  };
  const auto size = [](CacheSize function) { return [function] { check_cache_size(function); }; };
  return {
      {.id = "5.5b",
       .title = "Attention with a cache",
       .check_reader = attend(::exercises::cached_attention),
       .check_solution = attend(solutions::cached_attention),
       .mistakes = {{"forgets_itself", attend(mistakes::forgets_itself::cached_attention),
                     "does not read itself"},
                    {"always_first_row", attend(mistakes::always_first_row::cached_attention),
                     "a row of its own"},
                    {"not_counted", attend(mistakes::not_counted::cached_attention),
                     "must have the length 1"},
                    {"no_scale", attend(mistakes::no_scale::cached_attention), "too large"}}},
      {.id = "5.5c",
       .title = "How large is the cache?",
       .check_reader = size(::exercises::cache_size),
       .check_solution = size(solutions::cache_size),
       .mistakes = {{"keys_only", size(mistakes::keys_only::cache_size), "Keys alone"},
                    {"query_heads", size(mistakes::query_heads::cache_size), "not the queries'"},
                    {"numbers", size(mistakes::numbers::cache_size), "each takes two bytes"}}},
  };
}

}  // namespace

std::vector<Exercise> exercises() {
  std::vector<Exercise> all;
  for (const auto& section : {layer_norm_exercises(), block_exercises(), training_exercises(),
                              decoder_exercises(), cache_exercises()}) {
    all.insert(all.end(), section.begin(), section.end());
  }
  return all;
}

}  // namespace llm
