#include "common/foundations/words.hpp"

#include <cmath>

#include "tests/catch.hpp"

using namespace llm;
using Strings = std::vector<std::string>;

TEST_CASE("words are runs of letters in lower case, with the apostrophes inside them") {
  CHECK(split_words("The cat's mat, don't! 'quoted' x86 C++") ==
        Strings{"the", "cat's", "mat", "don't", "quoted", "x", "c"});
  CHECK(split_words("") == Strings{});
  CHECK(split_words("1234 ''' \n") == Strings{});
  CHECK(split_words("end'") == Strings{"end"});
}

TEST_CASE("the most frequent words come first, ties in the order of the alphabet") {
  const WordList list = frequent_words({"b", "c", "a", "c", "b", "c", "d"}, 3);
  CHECK(list.words == Strings{"c", "b", "a"});
  CHECK(list.counts == std::vector<Index>{3, 2, 1});
  CHECK(word_number(list, "a") == 2);
  CHECK_THROWS_WITH(word_number(list, "d"), "\"d\" is not among the 3 words that have a number");
}

TEST_CASE("a list is not longer than its text has words") {
  CHECK(frequent_words({"a", "a"}, 10).words == Strings{"a"});
  CHECK(frequent_words({}, 10).words.empty());
  CHECK(frequent_words({"a"}, -1).words.empty());
}

TEST_CASE("words count together when they stand within the window, in both directions") {
  const Strings text = {"a", "b", "x", "a"};
  const WordList list = frequent_words({"a", "a", "b"}, 2);
  Matrix window_1(2, 2), window_3(2, 2);
  window_1 << 0, 1, 1, 0;
  window_3 << 2, 2, 2, 0;
  CHECK(cooccurrence_counts(text, list, 1) == window_1);
  CHECK(cooccurrence_counts(text, list, 3) == window_3);
}

TEST_CASE("mutual information is the logarithm of the count over the expected count") {
  Matrix counts(2, 2);
  counts << 6, 2, 2, 0;
  const Matrix information = positive_mutual_information(counts);
  // Expected: 8 · 8 / 10 = 6.4 for (0, 0), 8 · 2 / 10 = 1.6 for (0, 1).
  CHECK(information(0, 0) == 0);
  CHECK(information(0, 1) == Catch::Approx(std::log(2 / 1.6)));
  CHECK(information(1, 0) == information(0, 1));
  CHECK(information(1, 1) == 0);
  CHECK(positive_mutual_information(Matrix::Zero(2, 2)) == Matrix::Zero(2, 2));
  CHECK_THROWS_WITH(positive_mutual_information(Matrix::Zero(2, 3)),
                    "positive_mutual_information: counts is (2, 3), expected (2, 2)");
}
