#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace llm {

/// The words of a text, in order and in lower case. A word is a run of English letters; an
/// apostrophe between two letters belongs to it ("don't").
std::vector<std::string> split_words(std::string_view text);

/// The words that have a number, most frequent first, and how often each stands in the text.
struct WordList {
  std::vector<std::string> words;
  std::vector<Index> counts;
  std::unordered_map<std::string, Index> numbers;
};

/// The `limit` most frequent words of a text (fewer, if it has fewer). Of two words that are
/// equally frequent, the one first in the alphabet comes first.
WordList frequent_words(const std::vector<std::string>& text, Index limit);

/// The number of a word. Throws std::invalid_argument when the list does not have it.
Index word_number(const WordList& list, const std::string& word);

/// How often each word of the list stands at most `window` words away from each other one: a
/// symmetric (V, V) matrix. Words that are not in the list keep their places and are not counted.
Matrix cooccurrence_counts(const std::vector<std::string>& text, const WordList& list,
                           Index window);

/// Turns counts (V, V) into surprise: the entry of two words is ln(count / expected), where
/// `expected` is what their frequencies alone would give, and 0 where that is negative or the count
/// is 0 (Church & Hanks 1990, "Word Association Norms, Mutual Information, and Lexicography").
Matrix positive_mutual_information(const MatrixRef& counts);

}  // namespace llm
