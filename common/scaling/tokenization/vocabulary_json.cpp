#include "common/scaling/tokenization/vocabulary_json.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "common/scaling/tokenization/bytes.hpp"

namespace llm {

namespace {

/// Puts a word in its place. Throws where the place is taken by another, or there is none.
void place_word(std::vector<std::string>& words, const std::string& word,
                const SortedJson& number) {
  const bool is_place = number.is_number_integer() && number >= 0 && number < words.size();
  if (!is_place || word.empty() || !words[number.get<std::size_t>()].empty()) {
    throw std::runtime_error(
        fmt::format("the token \"{}\" has the number {}, expected one of 0 to {} that no other "
                    "token has",
                    word, number.dump(), words.size() - 1));
  }
  words[number.get<std::size_t>()] = word;
}

}  // namespace

std::vector<std::string> words_by_number(const SortedJson& vocabulary,
                                         const std::vector<std::pair<std::string, Token>>& added) {
  if (!vocabulary.is_object() || vocabulary.empty()) {
    throw std::runtime_error("the vocabulary must be an object of tokens and their numbers");
  }
  std::size_t size = vocabulary.size();
  for (const auto& [word, number] : added) size += vocabulary.contains(word) ? 0 : 1;
  std::vector<std::string> words(size);
  for (const auto& [word, number] : vocabulary.items()) place_word(words, word, number);
  for (const auto& [word, number] : added) {
    if (!vocabulary.contains(word)) place_word(words, word, number);
    if (vocabulary.contains(word) && vocabulary.at(word) != number) {
      throw std::runtime_error(
          fmt::format("the added token \"{}\" has the number {}, and in the vocabulary {}", word,
                      number, vocabulary.at(word).dump()));
    }
  }
  return words;
}

std::unordered_map<std::string, Token> numbers_of_words(const std::vector<std::string>& words) {
  std::unordered_map<std::string, Token> numbers;
  for (std::size_t i = 0; i < words.size(); ++i) numbers[words[i]] = static_cast<Token>(i);
  return numbers;
}

Merge merge_of_words(const std::unordered_map<std::string, Token>& numbers, std::size_t rank,
                     const std::string& left, const std::string& right) {
  const auto number_of = [&](const std::string& word) {
    const auto found = numbers.find(word);
    if (found == numbers.end()) {
      throw std::runtime_error(
          fmt::format("merge {} (\"{}\" and \"{}\") needs \"{}\", which is "
                      "not in the vocabulary",
                      rank, replace_invalid_utf8(left), replace_invalid_utf8(right),
                      replace_invalid_utf8(word)));
    }
    return found->second;
  };
  return {number_of(left), number_of(right), number_of(left + right)};
}

std::pair<std::string, std::string> words_of_merge(const std::string& line, std::size_t rank) {
  const std::size_t space = line.find(' ');
  if (space == std::string::npos || space == 0 || space + 1 == line.size() ||
      line.find(' ', space + 1) != std::string::npos) {
    throw std::runtime_error(
        fmt::format("merge {} is \"{}\", expected two tokens with a space between them", rank,
                    replace_invalid_utf8(line)));
  }
  return {line.substr(0, space), line.substr(space + 1)};
}

}  // namespace llm
