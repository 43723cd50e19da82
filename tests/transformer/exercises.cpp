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

}  // namespace

std::vector<Exercise> exercises() {
  std::vector<Exercise> all;
  for (const auto& section : {layer_norm_exercises(), block_exercises()}) {
    all.insert(all.end(), section.begin(), section.end());
  }
  return all;
}

}  // namespace llm
