#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/scaling/tokenization/merges.hpp"

namespace llm {

/// JSON whose objects find a name in a large vocabulary fast.
using SortedJson = nlohmann::json;

/// The tokens of a JSON object, in the order of their numbers, with `added` ones among or behind
/// them. Throws std::runtime_error where the numbers are not 0, 1, 2 and so on, each once.
std::vector<std::string> words_by_number(const SortedJson& vocabulary,
                                         const std::vector<std::pair<std::string, Token>>& added);

/// Their numbers.
std::unordered_map<std::string, Token> numbers_of_words(const std::vector<std::string>& words);

/// A merge, of two words of a vocabulary. Throws std::runtime_error, naming the merge's number and
/// the word, where one of the two or what they make is not in the vocabulary.
Merge merge_of_words(const std::unordered_map<std::string, Token>& numbers, std::size_t rank,
                     const std::string& left, const std::string& right);

/// The two words of a merge as a line: "left right". Throws std::runtime_error, naming the merge's
/// number, for another line.
std::pair<std::string, std::string> words_of_merge(const std::string& line, std::size_t rank);

}  // namespace llm
