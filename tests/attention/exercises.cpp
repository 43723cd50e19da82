// The checks of chapter 3's exercises. What they expect is worked out by hand or with plain loops
// over the formula, not with the library's attention.

#include "chapters/03_attention/exercises.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "chapters/03_attention/mistakes/3.1a_columns_sum_to_one.hpp"
#include "chapters/03_attention/mistakes/3.1a_no_softmax.hpp"
#include "chapters/03_attention/mistakes/3.1a_overflow.hpp"
#include "chapters/03_attention/mistakes/3.1a_transposed_weights.hpp"
#include "chapters/03_attention/mistakes/3.1d_dot_products.hpp"
#include "chapters/03_attention/mistakes/3.1d_farthest_key.hpp"
#include "chapters/03_attention/mistakes/3.1d_hard_choice.hpp"
#include "chapters/03_attention/mistakes/3.1d_not_squared.hpp"
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
#include "chapters/03_attention/mistakes/3.3b_group_alone.hpp"
#include "chapters/03_attention/mistakes/3.3b_left_in_place.hpp"
#include "chapters/03_attention/mistakes/3.3b_other_direction.hpp"
#include "chapters/03_attention/mistakes/3.4a_diagonal_forbidden.hpp"
#include "chapters/03_attention/mistakes/3.4a_mask_after_softmax.hpp"
#include "chapters/03_attention/mistakes/3.4a_next_position_allowed.hpp"
#include "chapters/03_attention/mistakes/3.4a_past_forbidden.hpp"
#include "chapters/03_attention/mistakes/3.4a_zero_scores.hpp"
#include "chapters/03_attention/mistakes/3.4b_both_directions.hpp"
#include "chapters/03_attention/mistakes/3.4b_last_word_of_the_text_before.hpp"
#include "chapters/03_attention/mistakes/3.4b_one_long_text.hpp"
#include "chapters/03_attention/mistakes/3.4b_ones_and_zeros.hpp"
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

/// Whether two matrices of one shape agree; entries that are not numbers agree with nothing.
bool same(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && ((a - b).array().abs() < Real(1e-4)).all();
}

/// Throws WrongAnswer with `message` where the answer is what that mistake computes. A diagnosis is
/// given on this evidence only: another mistake may break the same rule.
void diagnose(const Matrix& answer, const Matrix& of_mistake, const std::string& message) {
  expect(!same(answer, of_mistake), message);
}

/// e to each score, without a maximum taken off: scores here are small.
Matrix exponentials_of(const Matrix& scores) {
  return scores.array().exp();
}

/// Each row divided by its sum.
Matrix rows_shared_out(const Matrix& numbers) {
  return numbers.array().colwise() / numbers.rowwise().sum().array();
}

/// Each column divided by its sum.
Matrix columns_shared_out(const Matrix& numbers) {
  return rows_shared_out(numbers.transpose()).transpose();
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

/// Throws WrongAnswer unless the result has the expected shape, and numbers in it.
void expect_numbers(const Matrix& answer, Index rows, Index columns, const std::string& meaning) {
  expect(answer.rows() == rows && answer.cols() == columns,
         fmt::format("Your result has the shape {}; {} has {}.",
                     shape_text(answer.rows(), answer.cols()), meaning, shape_text(rows, columns)));
  expect(answer.allFinite(), "Your result has entries that are not numbers.");
}

using WordsFunction = std::function<Matrix(const Matrix& words)>;

/// The likely mistakes of exercise 3.1a, by what they make of some words.
void diagnose_self_attention(const Matrix& answer, const Matrix& words) {
  const Matrix scores = words * words.transpose(), exponentials = exponentials_of(scores);
  diagnose(answer, columns_shared_out(exponentials) * words,
           "Your weights do not sum to 1 for each word that listens, but for each word that is "
           "listened to: divide by the sums of the rows and mix with the rows, not the columns.");
  diagnose(answer, rows_shared_out(scores) * words,
           "Your weights are the scores, divided by their sum: take the exponential of each score "
           "first.");
  diagnose(answer, exponentials * words,
           "Your weights are the exponentials as they are: divide each by the sum of its row.");
  const Real root = std::sqrt(static_cast<Real>(words.cols()));
  diagnose(answer, rows_shared_out(exponentials_of(scores / root)) * words,
           "Your scores are divided by the root of the width. That is the next section: here they "
           "are dot products as they are.");
}

/// Exercise 3.1a.
void check_self_attention(const WordsFunction& attend) {
  Matrix river(5, 4);
  river << 0, 0, 0, 1, 2, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0;
  const Matrix answer = attend(river);
  expect_numbers(answer, 5, 4, "one mixture of 4 features for each of 5 words");
  diagnose_self_attention(answer, river);
  // With all features 1 in one column, that column of any weighted mean is 1.
  Matrix with_ones(3, 2);
  with_ones << 1, 2, 1, 0, 1, -1;
  const Matrix sums = attend(with_ones).leftCols(1);
  expect(near(sums(0), 1) && near(sums(1), 1) && near(sums(2), 1),
         fmt::format("A feature that is 1 in all words is 1 in every weighted mean of them; yours "
                     "are {:.3f}, {:.3f} and {:.3f}.",
                     sums(0), sums(1), sums(2)));
  Vector bank(4);  // by hand: e^0 = 1, e^1 = 2.7183, e^2 = 7.3891
  bank << 24.8855f / 19.4964f, 7.3891f / 19.4964f, 1 / 19.4964f, 2 / 19.4964f;
  expect_close(
      answer.row(2), bank,
      "The mixture of \"bank\" in the river sentence is not the one worked out on the page.");
  expect_close(answer, rows_shared_out(exponentials_of(river * river.transpose())) * river,
               "The mixture of \"bank\" is right, and that of another word is not.");
  expect(attend(20 * river).allFinite(),
         "The right mixtures, but features 20 times as large give you something that is not a "
         "number. Take the row's largest score off before the exponential.");
}

using LookupFunction =
    std::function<Vector(const Vector&, const Matrix&, const Matrix&, Real sharpness)>;

/// The likely mistakes of exercise 3.1d, by what they answer.
void diagnose_lookup(const Vector& answer, const Vector& query, const Matrix& keys,
                     const Matrix& values, Real sharpness) {
  const Vector squares = (keys.rowwise() - query).rowwise().squaredNorm().transpose();
  const auto answer_to = [&](const Matrix& scores) {
    return Matrix(rows_shared_out(exponentials_of(scores)) * values);
  };
  diagnose(answer, answer_to(sharpness * query * keys.transpose()),
           "Your scores are dot products: this dictionary goes by the squared distance.");
  diagnose(
      answer, answer_to(sharpness * squares),
      "The key that is farthest away answers loudest: the score is minus the squared distance.");
  diagnose(answer, answer_to(-sharpness * squares.cwiseSqrt()),
           "Your scores are the distances, not their squares.");
  diagnose(answer, answer_to(-squares),
           "Your answer is the one for a sharpness of 1, and it was 0.5.");
  diagnose(answer, sharpness * answer_to(-squares),
           "Your sharpness multiplies the answer: sharpen the scores, before the softmax.");
  diagnose(
      answer, answer_to(-squares / sharpness),
      "Your answer is softer where it should be sharper: multiply the scores by the sharpness, "
      "don't divide.");
  Index nearest = 0;
  squares.minCoeff(&nearest);
  diagnose(answer, values.row(nearest),
           "You answer with the value of the nearest key alone: all entries should answer, in "
           "proportion to their weights.");
}

/// Exercise 3.1d, with a key that is long and far away.
void check_soft_lookup(const LookupFunction& look_up) {
  Vector query(2), expected(2);
  Matrix keys(3, 2), values(3, 2);
  query << 1, 0;
  keys << 1, 1, 3, 0, 0, -1;
  values << 10, 1, 20, 0, 30, 5;
  const Vector answer = look_up(query, keys, values, 0.5f);
  expect_numbers(answer, 1, 2, "the mean of values of two features");
  diagnose_lookup(answer, query, keys, values, 0.5f);
  // By hand: squared distances 1, 4, 2; e^-0.5 = 0.6065, e^-2 = 0.1353, e^-1 = 0.3679.
  expected << 19.8084f / 1.1097f, 2.4460f / 1.1097f;
  expect_close(answer, expected,
               "At sharpness 0.5 the squared distances 1, 4 and 2 make weights of 0.547, 0.122 and "
               "0.332.",
               2e-3);
  expect_close(look_up(query, keys, values, 0), values.colwise().mean(),
               "At sharpness 0 all entries should count alike.", 2e-3);
  expect_close(look_up(query, keys, values, 300), values.row(0),
               "At sharpness 300 the answer should be the value of the nearest key.", 2e-3);
}

/// The likely mistakes of exercise 3.2a in the division, by what they compute.
void diagnose_scale(const Matrix& answer, const Matrix& queries, const Matrix& keys,
                    const Matrix& values) {
  const Real width = static_cast<Real>(queries.cols()), root = std::sqrt(width);
  const auto divided_by = [&](Real divisor) {
    return attention_by_loops(queries * (root / divisor), keys, values,
                              [](Index, Index) { return true; });
  };
  diagnose(answer, divided_by(1),
           "These are the outputs of scores that were never divided: you did not divide by √d.");
  diagnose(answer, divided_by(width),
           "Your scores are divided by d: divide by the square root of d, not d.");
  diagnose(answer, divided_by(1 / root), "Your scores are multiplied by √d: divide by it.");
  for (const Index rows : {queries.rows(), keys.rows()}) {
    diagnose(answer, divided_by(std::sqrt(static_cast<Real>(rows))),
             "You divide by the root of the number of rows: d is the width, queries.cols().");
  }
  diagnose(answer, divided_by(1) / root,
           "Your outputs are those of undivided scores, divided by √d: you divide after the "
           "softmax. Divide the scores, before it.");
}

/// Exercise 3.2a.
void check_scaled_attention(const AttentionFunction& attention) {
  Generator generator(1);
  const Matrix queries = random_normal(2, 5, generator), keys = random_normal(3, 5, generator),
               values = random_normal(3, 4, generator);
  const Matrix answer = attention(queries, keys, values);
  expect_numbers(answer, 2, 4,
                 "one output for each of 2 queries, of the 4 features of the values,");
  diagnose_scale(answer, queries, keys, values);
  const Matrix exponentials =
      exponentials_of(queries * keys.transpose() / std::sqrt(static_cast<Real>(5)));
  diagnose(answer, columns_shared_out(exponentials) * values,
           "Your weights sum to 1 for each key, not for each query: your softmax is running down "
           "the columns.");
  const Matrix sums = attention(queries, keys, Matrix::Ones(3, 1));
  expect(near(sums(0, 0), 1) && near(sums(1, 0), 1),
         fmt::format("With all values 1, every weighted mean of them is 1; yours are {:.3f} and "
                     "{:.3f}.",
                     sums(0, 0), sums(1, 0)));
  expect_close(
      answer, attention_by_loops(queries, keys, values, [](Index, Index) { return true; }),
      "Your outputs for 2 random queries and 3 random keys of 5 features are not the formula's.");
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
    joined(Eigen::indexing::all, own) =
        attention_by_loops(queries(Eigen::indexing::all, own), keys(Eigen::indexing::all, own),
                           values(Eigen::indexing::all, own), [](Index, Index) { return true; });
  }
  return joined;
}

/// The columns of a head of `width` columns, where neighbors belong together.
std::vector<Index> neighbors(Index head, Index width) {
  std::vector<Index> columns(static_cast<std::size_t>(width));
  std::iota(columns.begin(), columns.end(), head * width);
  return columns;
}

/// The likely mistakes of exercise 3.3a, by what they compute with 2 heads of 3 columns.
void diagnose_heads(const Matrix& answer, const Matrix& queries, const Matrix& keys,
                    const Matrix& values) {
  const auto in_halves = [](Index head) { return neighbors(head, 3); };
  diagnose(answer,
           heads_by_loops(queries, keys, values, 2,
                          [](Index head) {
                            return std::vector<Index>{head, head + 2, head + 4};
                          }),
           "Your heads are interleaved: head 0 owns columns 0, 2, 4. It should own the neighboring "
           "columns 0, 1, 2, and head 1 columns 3, 4, 5.");
  diagnose(answer, heads_by_loops(queries, keys, values, 1, [](Index) { return neighbors(0, 6); }),
           "You attend with all columns at once, as a single head: each head scores with its own.");
  diagnose(answer, heads_by_loops(queries / std::sqrt(Real(2)), keys, values, 2, in_halves),
           "Your scores are too small by the root of 2, the number of heads: divide by √d_h, the "
           "width of one head, not by that of all.");
  diagnose(answer, heads_by_loops(queries * std::sqrt(Real(3)), keys, values, 2, in_halves),
           "Your scores are not divided by √d_h.");
  diagnose(answer,
           attention_by_loops(queries.leftCols(3), keys.leftCols(3), values,
                              [](Index, Index) { return true; }),
           "The second head mixes with the weights of the first: each head makes weights with its "
           "own queries and keys, the second with columns 3, 4, 5.");
}

/// Exercise 3.3a, with 2 heads of 3 columns and then with 6 of one.
void check_attend_in_heads(const HeadsFunction& attend) {
  Generator generator(2);
  const Matrix queries = random_normal(3, 6, generator), keys = random_normal(4, 6, generator),
               values = random_normal(4, 6, generator);
  const Matrix answer = attend(queries, keys, values, 2);
  expect_numbers(answer, 3, 6, "two heads of 3 columns side by side, for 3 queries,");
  diagnose_heads(answer, queries, keys, values);
  const Matrix expected =
      heads_by_loops(queries, keys, values, 2, [](Index head) { return neighbors(head, 3); });
  expect_close(answer.leftCols(3), expected.leftCols(3),
               "The columns of the first head are not its attention over columns 0, 1, 2.");
  expect_close(answer.rightCols(3), expected.rightCols(3),
               "The first head is right, and the columns of the second are not its attention over "
               "columns 3, 4, 5.");
  expect_close(
      attend(queries, keys, values, 6),
      heads_by_loops(queries, keys, values, 6, [](Index head) { return std::vector<Index>{head}; }),
      "Two heads work; six heads of one column each do not.");
}

using PlaceOfHeadFunction = std::function<Index(Index head, Index heads, Index key_value_heads)>;

/// The places that a function gives to all query heads.
std::vector<Index> places_of(const PlaceOfHeadFunction& place, Index heads, Index key_value_heads) {
  std::vector<Index> places;
  for (Index head = 0; head < heads; ++head) places.push_back(place(head, heads, key_value_heads));
  return places;
}

/// Exercise 3.3b. The expected places are written out by hand.
void check_place_of_head(const PlaceOfHeadFunction& place) {
  using Places = std::vector<Index>;
  const Places six = places_of(place, 6, 2);
  expect(
      six != Places{0, 1, 2, 3, 4, 5},
      "Each head stays in its place, so that the heads 1 and 2 of the file, which read different "
      "keys there, read the same ones here.");
  expect(
      six != Places{0, 1, 0, 1, 0, 1},
      "You return the head of keys and values that a query head reads. Asked is the place of the "
      "query head itself: three heads cannot take place 0.");
  expect(six != Places{0, 2, 4, 1, 3, 5},
         "You go the other way: for 6 heads in 2 groups your answer for `head` is the head of the "
         "file that comes to place `head`.");
  const auto compare = [&](Index heads, Index key_value_heads, const Places& expected) {
    const Places places = places_of(place, heads, key_value_heads);
    for (std::size_t head = 0; head < expected.size(); ++head) {
      expect(
          places[head] == expected[head],
          fmt::format("With {} query heads and {} of keys and values, head {} of the file should "
                      "come to place {}; yours comes to {}.",
                      heads, key_value_heads, head, expected[head], places[head]));
    }
  };
  compare(6, 2, {0, 3, 1, 4, 2, 5});
  compare(8, 2, {0, 4, 1, 5, 2, 6, 3, 7});
  compare(6, 3, {0, 2, 4, 1, 3, 5});
  compare(4, 4, {0, 1, 2, 3});
  compare(4, 1, {0, 1, 2, 3});
}

/// The likely mistakes of exercise 3.4a, by what they compute.
void diagnose_past(const Matrix& answer, const Matrix& queries, const Matrix& keys,
                   const Matrix& values) {
  const auto looking = [&](const std::function<bool(Index, Index)>& allowed) {
    return attention_by_loops(queries, keys, values, allowed);
  };
  diagnose(answer, looking([](Index, Index) { return true; }),
           "Your mask forbids nothing: every position still sees the whole text.");
  diagnose(answer.bottomRows(3), looking([](Index i, Index j) { return j < i; }).bottomRows(3),
           "A position does not see itself: you forbid the diagonal as well. Forbid j > i, not "
           "j >= i.");
  diagnose(answer, looking([](Index i, Index j) { return j >= i; }),
           "You forbid the past and allow the future: the other triangle is the one to forbid.");
  diagnose(answer, looking([](Index i, Index j) { return j <= i + 1; }),
           "Each position sees the next one: your mask begins one position too late.");
  const Matrix scores = queries * keys.transpose(), ones = Matrix::Ones(4, 4);
  const Matrix past = ones.triangularView<Eigen::Lower>();
  const Matrix exponentials = exponentials_of(scores / std::sqrt(Real(6)));
  diagnose(
      answer, rows_shared_out(exponentials).cwiseProduct(past) * values,
      "You set weights to 0 after the softmax: those that are left no longer sum to 1, and the "
      "forbidden scores were counted.");
  diagnose(answer, rows_shared_out(exponentials.cwiseProduct(past) + ones - past) * values,
           "A score of 0 is no mask: e^0 is 1, a weight like others. A forbidden score has to be "
           "-infinity when the softmax sees it.");
  diagnose(answer, rows_shared_out(exponentials_of(scores).cwiseProduct(past)) * values,
           "No later position is heard, but your scores are not divided by √d.");
}

/// Exercise 3.4a.
void check_attend_to_past(const AttentionFunction& attend) {
  Generator generator(3);
  const Matrix queries = random_normal(4, 6, generator), keys = random_normal(4, 6, generator),
               values = random_normal(4, 3, generator);
  const Matrix answer = attend(queries, keys, values);
  expect(answer.rows() == 4 && answer.cols() == 3,
         fmt::format("Your result has the shape {}; one output of 3 features for each of 4 "
                     "positions has (4, 3).",
                     shape_text(answer.rows(), answer.cols())));
  diagnose_past(answer, queries, keys, values);
  expect(answer.allFinite(), "Your result has entries that are not numbers.");
  Matrix later_keys = keys, later_values = values;
  later_keys.row(3).setConstant(9);
  later_values.row(3).setConstant(-9);
  expect_close(
      attend(queries, later_keys, later_values).topRows(3), answer.topRows(3),
      "A change of the key and value of the last position moved earlier outputs: they hear "
      "the future.");
  expect_close(answer,
               attention_by_loops(queries, keys, values, [](Index i, Index j) { return j <= i; }),
               "No earlier output hears the last position, but the outputs are not those of scaled "
               "dot-product attention over positions 0 to i.");
}

using MaskFunction = std::function<Matrix(const std::vector<Index>& lengths)>;

/// Throws WrongAnswer unless each entry is 0 or minus infinity.
void expect_mask(const Matrix& mask) {
  for (Index i = 0; i < mask.rows(); ++i) {
    for (Index j = 0; j < mask.cols(); ++j) {
      const Real entry = mask(i, j);
      expect(
          entry == 0 || (std::isinf(entry) && entry < 0),
          fmt::format("Entry ({}, {}) is {}. A mask is added to the scores: 0 leaves a score as it "
                      "is, and only -infinity forbids.",
                      i, j, entry));
    }
  }
}

/// Exercise 3.4b, with texts of 2, 3 and 1 words. The expected mask is written out by hand.
void check_packed_mask(const MaskFunction& mask_of) {
  const Matrix mask = mask_of({2, 3, 1});
  expect(
      mask.rows() == 6 && mask.cols() == 6,
      fmt::format("Texts of 2, 3 and 1 words make 6 positions and a mask of (6, 6); yours is {}.",
                  shape_text(mask.rows(), mask.cols())));
  expect_mask(mask);
  const Matrix allowed = (mask.array() == 0).cast<Real>();
  Matrix expected(6, 6), whole = Matrix::Ones(6, 6), blocks(6, 6);
  expected << 1, 0, 0, 0, 0, 0,  //
      1, 1, 0, 0, 0, 0,          //
      0, 0, 1, 0, 0, 0,          //
      0, 0, 1, 1, 0, 0,          //
      0, 0, 1, 1, 1, 0,          //
      0, 0, 0, 0, 0, 1;
  blocks = expected.cwiseMax(expected.transpose());
  whole = Matrix(whole.triangularView<Eigen::Lower>());
  diagnose(allowed, whole,
           "Your mask is causal over the whole row: the second text looks back into the first.");
  diagnose(allowed, blocks,
           "Each of your texts keeps to itself, but looks ahead at its own later words.");
  for (Index i = 0; i < 6; ++i) {
    for (Index j = 0; j < 6; ++j) {
      expect(allowed(i, j) == expected(i, j),
             fmt::format("With texts of 2, 3 and 1 words, position {} {} look at position {}.", i,
                         expected(i, j) == 1 ? "should" : "should not", j));
    }
  }
  const Matrix single = mask_of({4});
  expect(single.rows() == 4 && single.cols() == 4 && (single.array() == 0).count() == 10,
         "A single text of 4 words has the causal mask: 10 of 16 entries are 0.");
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
  const auto places = [](PlaceOfHeadFunction function) {
    return [function] { check_place_of_head(function); };
  };
  const auto past = [](AttentionFunction function) {
    return [function] { check_attend_to_past(function); };
  };
  const auto packed = [](MaskFunction function) {
    return [function] { check_packed_mask(function); };
  };
  return {
      {.id = "3.1a",
       .title = "Self-attention",
       .check_reader = words(::exercises::self_attention),
       .check_solution = words(solutions::self_attention),
       .mistakes = {{"columns_sum_to_one", words(mistakes::columns_sum_to_one::self_attention),
                     "for each word that is listened to"},
                    {"no_softmax", words(mistakes::no_softmax::self_attention),
                     "the exponential of each score"},
                    {"overflow", words(mistakes::overflow::self_attention),
                     "Take the row's largest score off"},
                    {"transposed_weights", words(mistakes::transposed_weights::self_attention),
                     "for each word that is listened to"}}},
      {.id = "3.1d",
       .title = "The nearest key answers loudest",
       .check_reader = lookup(::exercises::soft_lookup),
       .check_solution = lookup(solutions::soft_lookup),
       .mistakes = {{"dot_products", lookup(mistakes::dot_products::soft_lookup),
                     "Your scores are dot products"},
                    {"farthest_key", lookup(mistakes::farthest_key::soft_lookup),
                     "farthest away answers loudest"},
                    {"sharpness_after", lookup(mistakes::sharpness_after::soft_lookup),
                     "multiplies the answer"},
                    {"hard_choice", lookup(mistakes::hard_choice::soft_lookup),
                     "the nearest key alone"},
                    {"not_squared", lookup(mistakes::not_squared::soft_lookup),
                     "not their squares"}}},
      {.id = "3.2a",
       .title = "Scaled attention",
       .check_reader = scaled(::exercises::scaled_attention),
       .check_solution = scaled(solutions::scaled_attention),
       .mistakes = {{"no_scaling", scaled(mistakes::no_scaling::scaled_attention),
                     "you did not divide by √d"},
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
                     "weights of the first"}}},
      {.id = "3.3b",
       .title = "Heads dealt out in turn",
       .check_reader = places(::exercises::place_of_head),
       .check_solution = places(solutions::place_of_head),
       .mistakes = {{"other_direction", places(mistakes::other_direction::place_of_head),
                     "You go the other way"},
                    {"group_alone", places(mistakes::group_alone::place_of_head),
                     "You return the head of keys and values"},
                    {"left_in_place", places(mistakes::left_in_place::place_of_head),
                     "Each head stays in its place"}}},
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
       .title = "Several texts in one row",
       .check_reader = packed(::exercises::packed_mask),
       .check_solution = packed(solutions::packed_mask),
       .mistakes = {{"one_long_text", packed(mistakes::one_long_text::packed_mask),
                     "looks back into the first"},
                    {"both_directions", packed(mistakes::both_directions::packed_mask),
                     "looks ahead at its own later words"},
                    {"ones_and_zeros", packed(mistakes::ones_and_zeros::packed_mask),
                     "only -infinity forbids"},
                    {"last_word_of_the_text_before",
                     packed(mistakes::last_word_of_the_text_before::packed_mask),
                     "position 2 should not look at position 1"}}},
  };
}

}  // namespace llm
