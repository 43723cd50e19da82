// The checks of chapter 3's exercises. What they expect is worked out by hand or with plain loops
// over the formula, not with the library's attention.

#include "chapters/03_attention/exercises.hpp"

#include <fmt/format.h>

#include <cmath>

#include "chapters/03_attention/mistakes/3.2a_divided_by_width.hpp"
#include "chapters/03_attention/mistakes/3.2a_no_scaling.hpp"
#include "chapters/03_attention/mistakes/3.2a_number_of_keys.hpp"
#include "chapters/03_attention/mistakes/3.2a_scaled_weights.hpp"
#include "chapters/03_attention/mistakes/3.2a_wrong_axis.hpp"
#include "chapters/03_attention/solutions.hpp"
#include "common/foundations/random.hpp"
#include "tests/exercises/check.hpp"

namespace llm {

namespace {

using AttentionFunction =
    std::function<Matrix(const Matrix& queries, const Matrix& keys, const Matrix& values)>;

/// Whether two numbers agree to three digits.
bool near(double a, double b) {
  return std::abs(a - b) <= 2e-3 * std::max(1.0, std::abs(b));
}

/// Attention by loops over the formula; `allowed(i, j)` says whether query i may look at key j.
Matrix attention_by_loops(const Matrix& queries, const Matrix& keys, const Matrix& values,
                          const std::function<bool(Index, Index)>& allowed) {
  Matrix outputs = Matrix::Zero(queries.rows(), values.cols());
  for (Index i = 0; i < queries.rows(); ++i) {
    double sum = 0;
    Eigen::VectorXd mixture = Eigen::VectorXd::Zero(values.cols());
    for (Index j = 0; j < keys.rows(); ++j) {
      if (!allowed(i, j)) continue;
      double score = 0;
      for (Index c = 0; c < keys.cols(); ++c) score += double(queries(i, c)) * double(keys(j, c));
      const double weight = std::exp(score / std::sqrt(static_cast<double>(keys.cols())));
      sum += weight;
      mixture += weight * values.row(j).transpose().cast<double>();
    }
    if (sum > 0) outputs.row(i) = (mixture / sum).transpose().cast<Real>();
  }
  return outputs;
}

/// Throws WrongAnswer unless the result has the expected shape.
void expect_shape(const Matrix& answer, Index rows, Index columns, const std::string& meaning) {
  expect(answer.rows() == rows && answer.cols() == columns,
         fmt::format("Your result has the shape {}; {} has {}.",
                     shape_text(answer.rows(), answer.cols()), meaning, shape_text(rows, columns)));
}

/// Scores of 4 and 0 with d = 4: what does the ratio of the weights say of the division?
void check_scale(const AttentionFunction& attention) {
  Matrix queries(2, 4), keys(3, 4);
  queries << 2, 0, 0, 0, 0, 0, 0, 0;
  keys << 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0;
  const Matrix weights = attention(queries, keys, Matrix::Identity(3, 3));
  const double ratio = std::log(static_cast<double>(weights(0, 0) / weights(0, 1)));
  const std::string where =
      "With d = 4, the scores of the first query are 4 and 0, and its weights should stand as "
      "e^2 to 1. ";
  expect(!near(ratio, 4), where + "Yours stand as e^4 to 1: you did not divide by √d.");
  expect(!near(ratio, 1),
         where + "Yours stand as e^1 to 1: divide by the square root of d, not d.");
  expect(!near(ratio, 8), where + "Yours stand as e^8 to 1: divide by √d instead of multiplying.");
  expect(!near(ratio, 4 / std::sqrt(3.0)) && !near(ratio, 4 / std::sqrt(2.0)),
         where + "You divide by the root of the number of rows: d is the width, queries.cols().");
  expect(near(ratio, 2), fmt::format("{}Yours stand as e^{:.3f} to 1.", where, ratio));
}

/// Exercise 3.2a.
void check_scaled_attention(const AttentionFunction& attention) {
  Generator generator(1);
  const Matrix queries = random_normal(2, 4, generator), keys = random_normal(3, 4, generator),
               values = random_normal(3, 5, generator);
  expect_shape(attention(queries, keys, values), 2, 5,
               "one output for each of 2 queries, of the 5 features of the values,");
  const Matrix sums = attention(queries, keys, Matrix::Ones(3, 1));
  expect(!near(sums(0, 0), 0.5) || !near(sums(1, 0), 0.5),
         "With all values 1, every output must be 1, and yours are 1/√d: you divide after the "
         "softmax. Divide the scores, before it.");
  expect(near(sums(0, 0), 1) && near(sums(1, 0), 1),
         fmt::format("With all values 1, every output must be 1; yours are {:.3f} and {:.3f}. The "
                     "rows of your weights do not sum to 1: is your softmax running down the "
                     "columns?",
                     sums(0, 0), sums(1, 0)));
  check_scale(attention);
  expect_close(attention(queries, keys, values),
               attention_by_loops(queries, keys, values, [](Index, Index) { return true; }),
               "The scale is right and the weights sum to 1, but the outputs are not the weighted "
               "means of the values. Do your weights multiply the rows of the values?");
  const Matrix large = attention(100 * queries, 100 * keys, values);
  expect(large.allFinite(),
         "Scores in the thousands give you something that is not a number: take the maximum off "
         "before the exponential, or use softmax_rows.");
}

}  // namespace

std::vector<Exercise> exercises() {
  const auto scaled = [](AttentionFunction function) {
    return [function] { check_scaled_attention(function); };
  };
  return {
      {.id = "3.2a",
       .title = "Scaled attention",
       .check_reader = scaled(::exercises::scaled_attention),
       .check_solution = scaled(solutions::scaled_attention),
       .mistakes = {{"no_scaling", scaled(mistakes::no_scaling::scaled_attention),
                     "did not divide by √d"},
                    {"divided_by_width", scaled(mistakes::divided_by_width::scaled_attention),
                     "square root of d, not d"},
                    {"wrong_axis", scaled(mistakes::wrong_axis::scaled_attention),
                     "running down the columns"},
                    {"scaled_weights", scaled(mistakes::scaled_weights::scaled_attention),
                     "you divide after the softmax"},
                    {"number_of_keys", scaled(mistakes::number_of_keys::scaled_attention),
                     "root of the number of rows"}}},
  };
}

}  // namespace llm
