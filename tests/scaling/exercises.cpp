// The checks of chapter 6's exercises. What they expect is worked out by hand, or from what the
// statement promises, not with the library's functions.

#include "chapters/06_scaling/exercises.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <functional>
#include <initializer_list>

#include "chapters/06_scaling/mistakes/6.1b_not_divided.hpp"
#include "chapters/06_scaling/mistakes/6.1b_not_sorted.hpp"
#include "chapters/06_scaling/mistakes/6.1b_nothing_at_zero.hpp"
#include "chapters/06_scaling/mistakes/6.1b_without_the_last.hpp"
#include "chapters/06_scaling/mistakes/6.1c_always_divided.hpp"
#include "chapters/06_scaling/mistakes/6.1c_everybody.hpp"
#include "chapters/06_scaling/mistakes/6.1c_once_each_time.hpp"
#include "chapters/06_scaling/mistakes/6.1c_subtracted.hpp"
#include "chapters/06_scaling/mistakes/6.1d_absolute_bar.hpp"
#include "chapters/06_scaling/mistakes/6.1d_bent_first.hpp"
#include "chapters/06_scaling/mistakes/6.1d_multiplied_by_temperature.hpp"
#include "chapters/06_scaling/mistakes/6.1d_overflow_of_powers.hpp"
#include "chapters/06_scaling/mistakes/6.1d_probabilities_divided.hpp"
#include "chapters/06_scaling/mistakes/6.2b_leftmost_pair.hpp"
#include "chapters/06_scaling/mistakes/6.2b_longest_token.hpp"
#include "chapters/06_scaling/mistakes/6.2b_most_frequent.hpp"
#include "chapters/06_scaling/mistakes/6.2b_one_merge.hpp"
#include "chapters/06_scaling/mistakes/6.2c_all_spaces.hpp"
#include "chapters/06_scaling/mistakes/6.2c_end_cut.hpp"
#include "chapters/06_scaling/mistakes/6.2c_space_behind.hpp"
#include "chapters/06_scaling/mistakes/6.2c_spaces_lost.hpp"
#include "chapters/06_scaling/mistakes/6.2d_cut_at_end.hpp"
#include "chapters/06_scaling/mistakes/6.2d_overlong.hpp"
#include "chapters/06_scaling/mistakes/6.2d_surrogates.hpp"
#include "chapters/06_scaling/mistakes/6.2d_too_large.hpp"
#include "chapters/06_scaling/solutions.hpp"
#include "tests/exercises/check.hpp"

namespace llm {

namespace {

Vector row_of(std::initializer_list<double> numbers) {
  Vector row(static_cast<Index>(numbers.size()));
  Index i = 0;
  for (const double number : numbers) row(i++) = static_cast<Real>(number);
  return row;
}

/// The logits of some probabilities, higher by a constant, which changes nothing.
Vector logits_of(std::initializer_list<double> probabilities, Real shift = 0) {
  return row_of(probabilities).array().log() + shift;
}

/// Throws WrongAnswer with `message` when the answer is what a certain mistake computes.
void refuse(const Vector& answer, const Vector& mistaken, const std::string& message) {
  const bool same =
      answer.size() == mistaken.size() && ((answer - mistaken).array().abs() <= Real(1e-4)).all();
  expect(!same, message);
}

using Nucleus = std::function<Vector(const Vector&, double)>;

/// Exercise 6.1b: 0.1, 0.4, 0.3 and 0.2, of which it takes three to reach 0.8.
void check_nucleus(const Nucleus& nucleus) {
  const Vector probabilities = row_of({0.1, 0.4, 0.3, 0.2});
  const Vector cut = nucleus(probabilities, 0.8);
  expect(cut.size() == 4, "The result must have one number for each of the V tokens.");
  refuse(cut, row_of({0, 4.0 / 7, 3.0 / 7, 0}),
         "0.4 and 0.3 are less than the 0.8 that was asked for: the token that carries the sum "
         "beyond p must stay.");
  refuse(cut, row_of({0.125, 0.5, 0.375, 0}),
         "Your tokens are added up in the order of their numbers: go from the likeliest downward.");
  refuse(cut, row_of({0, 0.4, 0.3, 0.2}),
         "The right tokens stay, but their probabilities sum to 0.9: divide them by their sum.");
  expect_close(cut, row_of({0, 4.0 / 9, 3.0 / 9, 2.0 / 9}),
               "Of 0.1, 0.4, 0.3 and 0.2 the last three reach a p of 0.8.");
  expect_close(nucleus(probabilities, 0.35), row_of({0, 1, 0, 0}),
               "The first token alone has more than 0.35.");
  expect_close(nucleus(probabilities, 0), row_of({0, 1, 0, 0}),
               "A p of 0 must leave the likeliest token: a sampler has to choose something.");
  expect_close(nucleus(probabilities, 1), probabilities, "A p of 1 cuts nothing off.");
}

using Penalized = std::function<Vector(const Vector&, const std::vector<int>&, double)>;

/// Exercise 6.1c.
void check_penalized(const Penalized& penalized) {
  const Vector logits = row_of({4, -4, 4, 0, -4});
  const Vector result = penalized(logits, {0, 1}, 2);
  expect(result.size() == 5, "The result must have one logit for each of the V tokens.");
  refuse(result, row_of({2, -2, 4, 0, -4}),
         "Your penalty turns a logit of -4 into -2, which makes its token likelier.");
  refuse(result, row_of({2, -8, 2, 0, -8}), "Tokens 2 and 4 have not come, and you penalize them.");
  refuse(result, row_of({2, -6, 4, 0, -4}),
         "Your penalty is subtracted from a logit: it must divide or multiply it.");
  expect_close(result, row_of({2, -8, 4, 0, -4}),
               "With a penalty of 2, the logits 4 and -4 of recent tokens become 2 and -8.");
  refuse(penalized(logits, {0, 0, 1}, 2), row_of({1, -8, 4, 0, -4}),
         "A token that came twice is penalized twice: once is enough.");
  expect_close(penalized(row_of({1, 3}), {1}, 4), row_of({1, 0.75}),
               "With a penalty of 4, a logit of 3 becomes 3/4.");
}

using CutAndBent = std::function<Vector(const Vector&, double, double)>;

/// Exercise 6.1d: 0.5, 0.3, 0.15 and 0.05. The bar at a share of 0.2 is at 0.1.
void check_cut_and_bent(const CutAndBent& cut_and_bent) {
  const Vector logits = logits_of({0.5, 0.3, 0.15, 0.05}, 3);
  const Vector cut = cut_and_bent(logits, 0.2, 1);
  expect(cut.size() == 4, "The result must have one number for each of the V tokens.");
  refuse(cut, row_of({0.625, 0.375, 0, 0}),
         "The bar of your cut is at 0.2. It must be at 0.2 times the largest probability, which "
         "is 0.5.");
  expect_close(cut, row_of({0.5, 0.3, 0.15, 0}) / Real(0.95),
               "Of 0.5, 0.3, 0.15 and 0.05 a share of 0.2 cuts off the last, and the rest is "
               "divided by its sum.");
  const double a = std::sqrt(0.5), b = std::sqrt(0.3), c = std::sqrt(0.15), d = std::sqrt(0.05);
  const Vector bent = cut_and_bent(logits, 0.2, 2);
  refuse(bent, row_of({a, b, c, d}) / static_cast<Real>(a + b + c + d),
         "At temperature 2 the token with 0.05 is back: cut first, and bend what is left.");
  refuse(bent, row_of({0.5, 0.3, 0.15, 0}) / Real(1.9),
         "Your probabilities are divided by the temperature, and sum to 1/2: it is the logits "
         "that are divided.");
  refuse(bent, row_of({0.25, 0.09, 0.0225, 0}) / Real(0.3625),
         "At temperature 2 your first token is likelier than at 1: divide the logits by the "
         "temperature, do not multiply them.");
  expect_close(bent, row_of({a, b, c, 0}) / static_cast<Real>(a + b + c),
               "At temperature 2 what is left must be in proportion to the roots.");
  expect_close(cut_and_bent(logits_of({0.5, 0.3, 0.15, 0.05}, 2000), 0.2, 1), cut,
               "With logits near 2000 your exponentials overflow: take the largest logit off.",
               1e-3);
}

using ::exercises::TokenMerge;
using Tokens = std::vector<int>;
using Strings = std::vector<std::string>;
using MergeByRank = std::function<Tokens(Tokens, const std::vector<TokenMerge>&)>;
using CutBeforeWords = std::function<Strings(const std::string&)>;
using IsUtf8 = std::function<bool(const std::string&)>;

/// Exercise 6.2b. Tokens 0 to 2 and four merges: 1 2, 0 1, 3 3, 0 3.
void check_merge_by_rank(const MergeByRank& merge) {
  const std::vector<TokenMerge> merges = {{1, 2, 3}, {0, 1, 4}, {3, 3, 5}, {0, 3, 6}};
  const auto asked = [](const Tokens& tokens, const Tokens& answer) {
    return fmt::format(
        "With the merges 1 2 -> 3, 0 1 -> 4, 3 3 -> 5, 0 3 -> 6, you make {} of the tokens {}. ",
        answer, tokens);
  };
  const Tokens start = {0, 1, 2}, answer = merge(start, merges);
  expect(answer != Tokens{4, 2},
         asked(start, answer) +
             "Your first merge was 0 1, which stands first in the piece; 1 2 stands first in the "
             "list.");
  expect(answer != Tokens{0, 3},
         asked(start, answer) + "You stopped too early: after 1 2, the pair 0 3 is in the list.");
  expect(answer == Tokens{6}, asked(start, answer) + "Expected 6: 1 2 goes first, then 0 3.");
  const Tokens often = {0, 1, 0, 1, 2}, counted = merge(often, merges);
  expect(counted != Tokens{4, 4, 2},
         asked(often, counted) +
             "You merge what the piece has most often, 0 1. Counting belongs to training; here the "
             "ranks decide, and 1 2 has the lowest.");
  expect(counted == Tokens{4, 6}, asked(often, counted) + "Expected 4 6.");
  const Tokens longer = {0, 1, 2, 1, 2}, fitted = merge(longer, merges);
  expect(fitted != Tokens{6, 3},
         asked(longer, fitted) +
             "You take the longest token that fits, from the left. But 3 3 has a lower rank than 0 "
             "3.");
  expect(fitted == Tokens{0, 5}, asked(longer, fitted) + "Expected 0 5: the rank of 3 3 is lower.");
  expect(merge({}, merges).empty() && merge({2, 1}, merges) == Tokens{2, 1},
         "A piece of no tokens, and one without a pair of the list, must stay as they are.");
}

/// Exercise 6.2c.
void check_cut_before_words(const CutBeforeWords& cut) {
  const auto quoted = [](const Strings& pieces) {
    std::string text;
    for (const std::string& piece : pieces) text += fmt::format(" \"{}\"", piece);
    return text.empty() ? std::string(" nothing") : text;
  };
  const Strings two = cut("to be");
  const std::string said = fmt::format("You cut \"to be\" into{}. ", quoted(two));
  expect(two != Strings{"to", "be"},
         said + "The space is lost: nobody could put the text together again.");
  expect(two != Strings{"to ", "be"},
         said + "A space goes with the word behind it, not before it.");
  expect(two == Strings{"to", " be"}, said + "Expected \"to\" \" be\".");
  const Strings three = cut("a   b");
  const std::string then = fmt::format("You cut \"a   b\" into{}. ", quoted(three));
  expect(three != Strings{"a", "   b"},
         then + "A word takes one space along, and the others are a piece of their own.");
  expect(three == Strings{"a", "  ", " b"}, then + "Expected \"a\" \"  \" \" b\".");
  const Strings end = cut("a   ");
  const std::string last = fmt::format("You cut \"a   \" into{}. ", quoted(end));
  expect(end != Strings{"a", "  ", " "},
         last + "No word follows for which one space had to be kept: the three are one piece.");
  expect(end == Strings{"a", "   "}, last + "Expected \"a\" \"   \".");
  expect(cut("").empty() && cut(" ") == Strings{" "} && cut(" x") == Strings{" x"},
         "An empty text has no pieces, \" \" has one, and so has \" x\".");
  expect(cut("  x y") == Strings{" ", " x", " y"},
         fmt::format("You cut \"  x y\" into{}.", quoted(cut("  x y"))));
}

/// Exercise 6.2d.
void check_is_utf8(const IsUtf8& valid) {
  for (const std::string text :
       {"", "a", "é", "€", "🙂", "naïve 🙂", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xC2\x80", "\xE0\xA0\x80", "\xF0\x90\x80\x80"}) {
    expect(valid(text), fmt::format("You refuse the {} bytes of a valid text.", text.size()));
  }
  const auto refuse = [&](const Strings& all, const std::string& why) {
    for (const std::string& bytes : all) expect(!valid(bytes), why);
  };
  refuse({"\xC3", "\xE2\x82", "\xF0\x9F\x99", "a\xC3"},
         "The text ends in the middle of a character: what is missing must be missed.");
  refuse({"\xED\xA0\x80", "\xED\xBF\xBF"},
         "0xED 0xA0 0x80 is the surrogate 0xD800, which is no character.");
  refuse({"\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF"},
         "0xC0 0xAF is \"/\" in two bytes: a character may not be longer than its number needs.");
  refuse({"\xF4\x90\x80\x80", "\xF7\xBF\xBF\xBF"},
         "0xF4 0x90 0x80 0x80 is 0x110000, and the last character is 0x10FFFF.");
  refuse({"\x80", "a\xBF", "\xC3(", "\xE2(\xA1", "\xF8\x88\x80\x80\x80", "\xFF"},
         "A byte from 0x80 to 0xBF stands alone or is missing, or a byte from 0xF8 on begins a "
         "character.");
}

}  // namespace

std::vector<Exercise> exercises() {
  const auto cut = [](Nucleus function) { return [function] { check_nucleus(function); }; };
  const auto penalize = [](Penalized function) {
    return [function] { check_penalized(function); };
  };
  const auto bend = [](CutAndBent function) {
    return [function] { check_cut_and_bent(function); };
  };
  const auto merge = [](MergeByRank function) {
    return [function] { check_merge_by_rank(function); };
  };
  const auto cut_words = [](CutBeforeWords function) {
    return [function] { check_cut_before_words(function); };
  };
  const auto valid = [](IsUtf8 function) { return [function] { check_is_utf8(function); }; };
  return {
      {.id = "6.1b",
       .title = "The nucleus",
       .check_reader = cut(::exercises::nucleus),
       .check_solution = cut(solutions::nucleus),
       .mistakes = {{"without_the_last", cut(mistakes::without_the_last::nucleus), "must stay"},
                    {"not_sorted", cut(mistakes::not_sorted::nucleus), "order of their numbers"},
                    {"not_divided", cut(mistakes::not_divided::nucleus),
                     "divide them by their sum"},
                    {"nothing_at_zero", cut(mistakes::nothing_at_zero::nucleus),
                     "A p of 0 must leave"}}},
      {.id = "6.1c",
       .title = "Not again",
       .check_reader = penalize(::exercises::penalized),
       .check_solution = penalize(solutions::penalized),
       .mistakes = {{"always_divided", penalize(mistakes::always_divided::penalized),
                     "makes its token likelier"},
                    {"once_each_time", penalize(mistakes::once_each_time::penalized),
                     "once is enough"},
                    {"subtracted", penalize(mistakes::subtracted::penalized), "subtracted"},
                    {"everybody", penalize(mistakes::everybody::penalized), "have not come"}}},
      {.id = "6.1d",
       .title = "Cut first, then bend",
       .check_reader = bend(::exercises::cut_and_bent),
       .check_solution = bend(solutions::cut_and_bent),
       .mistakes = {{"absolute_bar", bend(mistakes::absolute_bar::cut_and_bent),
                     "times the largest probability"},
                    {"bent_first", bend(mistakes::bent_first::cut_and_bent), "is back"},
                    {"probabilities_divided", bend(mistakes::probabilities_divided::cut_and_bent),
                     "sum to 1/2"},
                    {"multiplied_by_temperature",
                     bend(mistakes::multiplied_by_temperature::cut_and_bent),
                     "do not multiply them"},
                    {"overflow_of_powers", bend(mistakes::overflow_of_powers::cut_and_bent),
                     "overflow"}}},
      {.id = "6.2b",
       .title = "Merges by rank",
       .check_reader = merge(::exercises::merge_by_rank),
       .check_solution = merge(solutions::merge_by_rank),
       .mistakes = {{"leftmost_pair", merge(mistakes::leftmost_pair::merge_by_rank),
                     "which stands first in the piece"},
                    {"one_merge", merge(mistakes::one_merge::merge_by_rank), "stopped too early"},
                    {"most_frequent", merge(mistakes::most_frequent::merge_by_rank),
                     "Counting belongs to training"},
                    {"longest_token", merge(mistakes::longest_token::merge_by_rank),
                     "the longest token that fits"}}},
      {.id = "6.2c",
       .title = "Spaces that go with words",
       .check_reader = cut_words(::exercises::cut_before_words),
       .check_solution = cut_words(solutions::cut_before_words),
       .mistakes = {{"spaces_lost", cut_words(mistakes::spaces_lost::cut_before_words), "is lost"},
                    {"space_behind", cut_words(mistakes::space_behind::cut_before_words),
                     "the word behind it"},
                    {"all_spaces", cut_words(mistakes::all_spaces::cut_before_words),
                     "takes one space along"},
                    {"end_cut", cut_words(mistakes::end_cut::cut_before_words),
                     "the three are one"}}},
      {.id = "6.2d",
       .title = "Is it UTF-8?",
       .check_reader = valid(::exercises::is_utf8),
       .check_solution = valid(solutions::is_utf8),
       .mistakes = {{"cut_at_end", valid(mistakes::cut_at_end::is_utf8), "must be missed"},
                    {"surrogates", valid(mistakes::surrogates::is_utf8), "the surrogate 0xD800"},
                    {"overlong", valid(mistakes::overlong::is_utf8), "than its number needs"},
                    {"too_large", valid(mistakes::too_large::is_utf8), "is 0x110000"}}},
  };
}

}  // namespace llm
