// The checks of chapter 3's exercises. What they expect is worked out by hand or with plain loops
// over the formula, not with the library's attention.

#include "chapters/03_attention/exercises.hpp"

#include <fmt/format.h>

#include <cmath>

#include "chapters/03_attention/mistakes/3.1a_columns_sum_to_one.hpp"
#include "chapters/03_attention/mistakes/3.1a_no_softmax.hpp"
#include "chapters/03_attention/mistakes/3.1a_overflow.hpp"
#include "chapters/03_attention/mistakes/3.1a_transposed_weights.hpp"
#include "chapters/03_attention/mistakes/3.1d_divided_by_sharpness.hpp"
#include "chapters/03_attention/mistakes/3.1d_hard_choice.hpp"
#include "chapters/03_attention/mistakes/3.1d_sharpness_after.hpp"
#include "chapters/03_attention/mistakes/3.2a_divided_by_width.hpp"
#include "chapters/03_attention/mistakes/3.2a_no_scaling.hpp"
#include "chapters/03_attention/mistakes/3.2a_number_of_keys.hpp"
#include "chapters/03_attention/mistakes/3.2a_scaled_weights.hpp"
#include "chapters/03_attention/mistakes/3.2a_wrong_axis.hpp"
#include "chapters/03_attention/mistakes/3.3a_interleaved_heads.hpp"
#include "chapters/03_attention/mistakes/3.3a_one_head.hpp"
#include "chapters/03_attention/mistakes/3.3a_shared_weights.hpp"
#include "chapters/03_attention/mistakes/3.3a_whole_width_scale.hpp"
#include "chapters/03_attention/mistakes/3.3b_dealt_in_turn.hpp"
#include "chapters/03_attention/mistakes/3.3b_divided_by_count.hpp"
#include "chapters/03_attention/mistakes/3.4a_diagonal_forbidden.hpp"
#include "chapters/03_attention/mistakes/3.4a_mask_after_softmax.hpp"
#include "chapters/03_attention/mistakes/3.4a_next_position_allowed.hpp"
#include "chapters/03_attention/mistakes/3.4a_past_forbidden.hpp"
#include "chapters/03_attention/mistakes/3.4a_zero_scores.hpp"
#include "chapters/03_attention/mistakes/3.4b_both_directions.hpp"
#include "chapters/03_attention/mistakes/3.4b_ones_and_zeros.hpp"
#include "chapters/03_attention/mistakes/3.4b_window_one_too_long.hpp"
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

using WordsFunction = std::function<Matrix(const Matrix& words)>;

/// Exercise 3.1a.
void check_self_attention(const WordsFunction& attend) {
  Matrix river(5, 4);
  river << 0, 0, 0, 1, 2, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0;
  const Matrix answer = attend(river);
  expect_shape(answer, 5, 4, "one mixture of 4 features for each of 5 words");
  expect(answer.allFinite(), "Your result has entries that are not numbers.");
  // With all features 1 in one column, that column of any weighted mean is 1.
  Matrix with_ones(3, 2);
  with_ones << 1, 2, 1, 0, 1, -1;
  const Matrix sums = attend(with_ones).leftCols(1);
  if (!near(sums(0), 1) || !near(sums(1), 1) || !near(sums(2), 1)) {
    const Matrix exponentials = (with_ones * with_ones.transpose()).array().exp();
    const Matrix of_rows = exponentials.array().colwise() / exponentials.rowwise().sum().array();
    const Matrix handed_out = of_rows.colwise().sum().transpose();
    expect((sums - handed_out).cwiseAbs().maxCoeff() > 1e-3,
           "Your weights do not sum to 1 for each word that listens, but for each word that is "
           "listened to: divide by the sums of the rows and mix with the rows, not the columns.");
  }
  expect(near(sums(0), 1) && near(sums(1), 1) && near(sums(2), 1),
         fmt::format("A feature that is 1 in all words must stay 1 in every mixture; yours are "
                     "{:.3f}, {:.3f} and {:.3f}: the weights of a row do not sum to 1.",
                     sums(0), sums(1), sums(2)));
  Matrix expected(5, 4);  // by hand: e^0 = 1, e^1 = 2.7183, e^2 = 7.3891, e^4 = 54.5982
  expected.row(2) << 24.8855f / 19.4964f, 7.3891f / 19.4964f, 1 / 19.4964f, 2 / 19.4964f;
  expect(answer.row(2).minCoeff() >= 0 && near(answer.row(2).sum(), 35.2746 / 19.4964),
         "The mixture of \"bank\" in the river sentence is off: the weights are not the softmax of "
         "the dot products. Did you take the exponential of each score?");
  expect_close(
      answer.row(2), expected.row(2),
      "The mixture of \"bank\" in the river sentence is not the one worked out on the page.");
  expect(attend(20 * river).allFinite(),
         "Large features give you something that is not a number: take the row's largest score off "
         "before the exponential.");
}

using LookupFunction =
    std::function<Vector(const Vector&, const Matrix&, const Matrix&, Real sharpness)>;

/// Exercise 3.1d.
void check_soft_lookup(const LookupFunction& look_up) {
  Vector query(2);
  Matrix keys(3, 2), values(3, 1);
  query << 1, 0;
  keys << 1, 0, 0, 1, -1, 0;
  values << 10, 20, 30;
  const Vector plain = look_up(query, keys, values, 1);
  expect_shape(plain, 1, 1, "the mean of values of one feature");
  expect(!near(plain(0), 10),
         "At sharpness 1 you answer with the value of the best key alone: all "
         "entries should answer, in proportion to their weights.");
  expect(near(plain(0), 14.2479), fmt::format("At sharpness 1 the answer should be 14.2479, as on "
                                              "the page; yours is {:.4f}.",
                                              plain(0)));
  const Vector sharp = look_up(query, keys, values, 4);
  expect(!near(sharp(0), 4 * 14.2479),
         "At sharpness 4 your answer is four times as large: sharpen "
         "the scores, before the softmax.");
  expect(!near(sharp(0), 18.3505),
         "At sharpness 4 your answer is softer, not sharper: multiply the "
         "scores by the sharpness, don't divide.");
  expect(near(sharp(0), 10.1864), fmt::format("At sharpness 4 the answer should be 10.1864; yours "
                                              "is {:.4f}.",
                                              sharp(0)));
  expect(near(look_up(query, keys, values, 0)(0), 20),
         "At sharpness 0 all entries should count alike, and the answer should be 20.");
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

using HeadsFunction = std::function<Matrix(const Matrix& queries, const Matrix& keys,
                                           const Matrix& values, Index heads)>;

/// Attention by loops in each head, with the columns that `columns(head)` lists.
Matrix heads_by_loops(const Matrix& queries, const Matrix& keys, const Matrix& values, Index heads,
                      const std::function<std::vector<Index>(Index)>& columns) {
  Matrix joined(queries.rows(), queries.cols());
  for (Index head = 0; head < heads; ++head) {
    const std::vector<Index> own = columns(head);
    joined(Eigen::all, own) =
        attention_by_loops(queries(Eigen::all, own), keys(Eigen::all, own), values(Eigen::all, own),
                           [](Index, Index) { return true; });
  }
  return joined;
}

/// Whether two matrices of one shape agree.
bool same(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && (a - b).cwiseAbs().maxCoeff() < 1e-4;
}

/// Exercise 3.3a, with 2 heads of 3 columns.
void check_attend_in_heads(const HeadsFunction& attend) {
  Generator generator(2);
  const Matrix queries = random_normal(3, 6, generator), keys = random_normal(4, 6, generator),
               values = random_normal(4, 6, generator);
  const auto neighbors = [](Index head) {
    return std::vector<Index>{3 * head, 3 * head + 1, 3 * head + 2};
  };
  const Matrix expected = heads_by_loops(queries, keys, values, 2, neighbors);
  const Matrix answer = attend(queries, keys, values, 2);
  expect_shape(answer, 3, 6, "two heads of 3 columns side by side, for 3 queries,");
  expect(!same(answer, heads_by_loops(queries, keys, values, 2,
                                      [](Index head) {
                                        return std::vector<Index>{head, head + 2, head + 4};
                                      })),
         "Your heads are interleaved: head 0 owns columns 0, 2, 4. It should own the neighboring "
         "columns 0, 1, 2, and head 1 columns 3, 4, 5.");
  expect(!same(answer, heads_by_loops(queries, keys, values, 1,
                                      [](Index) { return std::vector<Index>{0, 1, 2, 3, 4, 5}; })),
         "You attend with all columns at once, as a single head: each head scores with its own.");
  expect(!same(answer, heads_by_loops(queries / std::sqrt(Real(2)), keys, values, 2, neighbors)),
         "Your scores are too small by the root of 2, the number of heads: divide by √d_h, the "
         "width of one head, not by that of all.");
  expect(!same(answer, heads_by_loops(queries * std::sqrt(Real(3)), keys, values, 2, neighbors)),
         "Your scores are not divided by √d_h.");
  expect_close(answer.leftCols(3), expected.leftCols(3),
               "The columns of the first head are not its attention over columns 0, 1, 2.");
  expect_close(answer.rightCols(3), expected.rightCols(3),
               "The first head is right, the second is not. Does it use its own queries and keys, "
               "columns 3, 4, 5, for its weights?");
  Matrix narrow = attend(queries, keys, values, 6);
  expect_close(
      narrow,
      heads_by_loops(queries, keys, values, 6, [](Index head) { return std::vector<Index>{head}; }),
      "Two heads work; six heads of one column each do not.");
}

using SharedHeadFunction = std::function<Index(Index head, Index heads, Index key_value_heads)>;

/// Exercise 3.3b.
void check_shared_head(const SharedHeadFunction& shared) {
  const auto complaint = [](Index head, Index answer, const char* why) {
    return fmt::format(
        "With 8 heads and 2 of keys and values, head {} should read head {}; yours "
        "reads {}. {}",
        head, head / 4, answer, why);
  };
  expect(shared(1, 8, 2) != 1 || shared(2, 8, 2) != 0,
         complaint(1, 1, "You deal the heads out in turn: neighbors should share."));
  expect(shared(2, 8, 2) != 1 || shared(6, 8, 2) != 3,
         complaint(2, 1, "Divide by the size of a group, 8 / 2, not by the number of groups."));
  for (Index head = 0; head < 8; ++head) {
    expect(shared(head, 8, 2) == head / 4, complaint(head, shared(head, 8, 2), ""));
    expect(shared(head, 8, 8) == head,
           "With as many heads of keys and values as of queries, each "
           "should read its own.");
    expect(shared(head, 8, 1) == 0, "With one head of keys and values, all should read head 0.");
  }
}

/// Exercise 3.4a.
void check_attend_to_past(const AttentionFunction& attend) {
  Generator generator(3);
  const Matrix queries = random_normal(4, 6, generator), keys = random_normal(4, 6, generator),
               values = random_normal(4, 3, generator);
  const Matrix answer = attend(queries, keys, values);
  expect_shape(answer, 4, 3, "one output for each of 4 positions");
  const auto looking = [&](const std::function<bool(Index, Index)>& allowed) {
    return attention_by_loops(queries, keys, values, allowed);
  };
  expect(!same(answer, looking([](Index, Index) { return true; })),
         "Your mask forbids nothing: every position still sees the whole text.");
  expect(
      !same(answer, looking([](Index i, Index j) { return j < i; })),
      "A position does not see itself: you forbid the diagonal as well. Forbid j > i, not j >= i.");
  expect(!same(answer, looking([](Index i, Index j) { return j >= i; })),
         "You forbid the past and allow the future: the other triangle is the one to forbid.");
  expect(!same(answer, looking([](Index i, Index j) { return j <= i + 1; })),
         "Each position sees the next one: your mask begins one position too late.");
  const Matrix sums = attend(queries, keys, Matrix::Ones(4, 1));
  expect(near(sums(0), 1) && near(sums(1), 1) && near(sums(2), 1),
         fmt::format("With all values 1 every output must be 1, and that of the first position is "
                     "{:.3f}: do you set weights to 0 after the softmax? They no longer sum to 1, "
                     "and the forbidden scores were counted.",
                     sums(0)));
  Matrix later_keys = keys, later_values = values;
  later_keys.row(3).setConstant(9);
  later_values.row(3).setConstant(-9);
  expect_close(
      attend(queries, later_keys, later_values).topRows(3), answer.topRows(3),
      "A change of the last position moved earlier outputs. A score of 0 is no mask: e^0 is "
      "1, a weight like others. It has to be -infinity when the softmax sees it.");
  expect_close(answer, looking([](Index i, Index j) { return j <= i; }),
               "No later position is heard, but the outputs are not those of scaled dot-product "
               "attention over the past. Did you divide by √d?");
}

using MaskFunction = std::function<Matrix(Index length, Index window)>;

/// Exercise 3.4b.
void check_window_mask(const MaskFunction& mask_of) {
  const Matrix mask = mask_of(6, 3);
  expect_shape(mask, 6, 6, "a mask of length 6");
  for (Index i = 0; i < 6; ++i) {
    for (Index j = 0; j < 6; ++j) {
      const Real entry = mask(i, j);
      expect(
          entry == 0 || (std::isinf(entry) && entry < 0),
          fmt::format("Entry ({}, {}) is {}. A mask is added to the scores: 0 leaves a score as it "
                      "is, and only -infinity forbids.",
                      i, j, entry));
    }
  }
  expect(mask(2, 2) == 0, "A position may not look at itself: the window includes it.");
  expect(mask(2, 3) != 0, "Position 2 may look ahead at position 3: the window reaches back only.");
  expect(mask(4, 1) != 0,
         "With a window of 3, position 4 may look at 2, 3 and 4. Yours looks at 1, "
         "too: the position itself is one of the 3.");
  for (Index i = 0; i < 6; ++i) {
    for (Index j = 0; j < 6; ++j) {
      const bool allowed = j <= i && i - j < 3;
      expect((mask(i, j) == 0) == allowed,
             fmt::format("With a window of 3, position {} {} look at position {}.", i,
                         allowed ? "should" : "should not", j));
    }
  }
  expect((mask_of(3, 1).array() == 0).count() == 3 && mask_of(3, 1).diagonal().isZero(),
         "A window of 1 is the position alone.");
  expect((mask_of(4, 9).array() == 0).count() == 10,
         "A window longer than the text is the causal "
         "mask: 10 of 16 entries are 0 at length 4.");
}

}  // namespace

std::vector<Exercise> exercises() {
  const auto scaled = [](AttentionFunction function) {
    return [function] { check_scaled_attention(function); };
  };
  const auto words = [](WordsFunction function) {
    return [function] { check_self_attention(function); };
  };
  const auto lookup = [](LookupFunction function) {
    return [function] { check_soft_lookup(function); };
  };
  const auto heads = [](HeadsFunction function) {
    return [function] { check_attend_in_heads(function); };
  };
  const auto sharing = [](SharedHeadFunction function) {
    return [function] { check_shared_head(function); };
  };
  const auto past = [](AttentionFunction function) {
    return [function] { check_attend_to_past(function); };
  };
  const auto window = [](MaskFunction function) {
    return [function] { check_window_mask(function); };
  };
  return {
      {.id = "3.1a",
       .title = "Self-attention",
       .check_reader = words(::exercises::self_attention),
       .check_solution = words(solutions::self_attention),
       .mistakes = {{"columns_sum_to_one", words(mistakes::columns_sum_to_one::self_attention),
                     "do not sum to 1"},
                    {"no_softmax", words(mistakes::no_softmax::self_attention),
                     "the exponential of each score"},
                    {"overflow", words(mistakes::overflow::self_attention),
                     "take the row's largest score off"},
                    {"transposed_weights", words(mistakes::transposed_weights::self_attention),
                     "for each word that is listened to"}}},
      {.id = "3.1d",
       .title = "A soft dictionary",
       .check_reader = lookup(::exercises::soft_lookup),
       .check_solution = lookup(solutions::soft_lookup),
       .mistakes = {{"sharpness_after", lookup(mistakes::sharpness_after::soft_lookup),
                     "four times as large"},
                    {"hard_choice", lookup(mistakes::hard_choice::soft_lookup),
                     "the best key alone"},
                    {"divided_by_sharpness", lookup(mistakes::divided_by_sharpness::soft_lookup),
                     "softer, not sharper"}}},
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
      {.id = "3.3a",
       .title = "Several heads",
       .check_reader = heads(::exercises::attend_in_heads),
       .check_solution = heads(solutions::attend_in_heads),
       .mistakes = {{"interleaved_heads", heads(mistakes::interleaved_heads::attend_in_heads),
                     "interleaved"},
                    {"whole_width_scale", heads(mistakes::whole_width_scale::attend_in_heads),
                     "the width of one head, not by that of all"},
                    {"one_head", heads(mistakes::one_head::attend_in_heads), "as a single head"},
                    {"shared_weights", heads(mistakes::shared_weights::attend_in_heads),
                     "its own queries and keys"}}},
      {.id = "3.3b",
       .title = "Which head is shared",
       .check_reader = sharing(::exercises::shared_head),
       .check_solution = sharing(solutions::shared_head),
       .mistakes = {{"dealt_in_turn", sharing(mistakes::dealt_in_turn::shared_head),
                     "deal the heads out in turn"},
                    {"divided_by_count", sharing(mistakes::divided_by_count::shared_head),
                     "not by the number of groups"}}},
      {.id = "3.4a",
       .title = "No looking ahead",
       .check_reader = past(::exercises::attend_to_past),
       .check_solution = past(solutions::attend_to_past),
       .mistakes = {{"mask_after_softmax", past(mistakes::mask_after_softmax::attend_to_past),
                     "after the softmax"},
                    {"diagonal_forbidden", past(mistakes::diagonal_forbidden::attend_to_past),
                     "does not see itself"},
                    {"past_forbidden", past(mistakes::past_forbidden::attend_to_past),
                     "allow the future"},
                    {"zero_scores", past(mistakes::zero_scores::attend_to_past),
                     "A score of 0 is no mask"},
                    {"next_position_allowed", past(mistakes::next_position_allowed::attend_to_past),
                     "one position too late"}}},
      {.id = "3.4b",
       .title = "A window",
       .check_reader = window(::exercises::window_mask),
       .check_solution = window(solutions::window_mask),
       .mistakes = {{"window_one_too_long", window(mistakes::window_one_too_long::window_mask),
                     "is one of the 3"},
                    {"both_directions", window(mistakes::both_directions::window_mask),
                     "may look ahead"},
                    {"ones_and_zeros", window(mistakes::ones_and_zeros::window_mask),
                     "only -infinity forbids"}}},
  };
}

}  // namespace llm
