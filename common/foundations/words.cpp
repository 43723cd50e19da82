#include "common/foundations/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace llm {

namespace {

/// Whether a character is an English letter, whatever the locale says.
bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/// A letter in lower case; an apostrophe stays.
char lower_case(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}

/// The number of each word of a text, -1 where the list does not have it.
std::vector<Index> word_numbers(const std::vector<std::string>& text, const WordList& list) {
  std::vector<Index> numbers;
  numbers.reserve(text.size());
  for (const std::string& word : text) {
    const auto found = list.numbers.find(word);
    numbers.push_back(found == list.numbers.end() ? -1 : found->second);
  }
  return numbers;
}

}  // namespace

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool letter = i < text.size() && is_letter(text[i]);
    const bool inside = i < text.size() && text[i] == '\'' && !word.empty() &&
                        i + 1 < text.size() && is_letter(text[i + 1]);
    if (letter || inside) {
      word += lower_case(text[i]);
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  return words;
}

WordList frequent_words(const std::vector<std::string>& text, Index limit) {
  std::unordered_map<std::string, Index> counts;
  for (const std::string& word : text) ++counts[word];
  std::vector<std::pair<std::string, Index>> order(counts.begin(), counts.end());
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  order.resize(std::min(order.size(), static_cast<std::size_t>(std::max<Index>(limit, 0))));

  WordList list;
  for (const auto& [word, count] : order) {
    list.numbers[word] = static_cast<Index>(list.words.size());
    list.words.push_back(word);
    list.counts.push_back(count);
  }
  return list;
}

Index word_number(const WordList& list, const std::string& word) {
  const auto found = list.numbers.find(word);
  if (found == list.numbers.end()) {
    throw std::invalid_argument(fmt::format("\"{}\" is not among the {} words that have a number",
                                            word, list.words.size()));
  }
  return found->second;
}

Matrix cooccurrence_counts(const std::vector<std::string>& text, const WordList& list,
                           Index window) {
  const auto size = static_cast<Index>(list.words.size());
  const std::vector<Index> numbers = word_numbers(text, list);
  Matrix counts = Matrix::Zero(size, size);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t end = std::min(numbers.size(), i + 1 + static_cast<std::size_t>(window));
    for (std::size_t j = i + 1; j < end; ++j) {
      if (numbers[i] < 0 || numbers[j] < 0) continue;
      counts(numbers[i], numbers[j]) += 1;
      counts(numbers[j], numbers[i]) += 1;
    }
  }
  return counts;
}

Matrix positive_mutual_information(const MatrixRef& counts) {
  check_shape("positive_mutual_information: counts", counts, counts.rows(), counts.rows());
  const Vector totals = counts.rowwise().sum().transpose();  // (V)
  const Real everything = totals.sum();
  Matrix information = Matrix::Zero(counts.rows(), counts.cols());
  for (Index i = 0; i < counts.rows(); ++i) {
    for (Index j = 0; j < counts.cols(); ++j) {
      if (counts(i, j) == 0) continue;
      const Real expected = totals(i) * totals(j) / everything;
      information(i, j) = std::max(Real{0}, std::log(counts(i, j) / expected));
    }
  }
  return information;
}

}  // namespace llm
