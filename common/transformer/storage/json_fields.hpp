#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace llm {

/// JSON whose fields stay in the order in which they were written.
using Json = nlohmann::ordered_json;

/// A choice and the word that stands for it in a file.
template <class Choice>
using Words = std::vector<std::pair<Choice, std::string>>;

/// The word for a choice.
template <class Choice>
std::string word_of(const Words<Choice>& words, Choice choice) {
  for (const auto& [value, word] : words) {
    if (value == choice) return word;
  }
  throw std::logic_error("a choice without a word");
}

/// Whether a number can be kept as it is: whole where the field is, not negative where it has no
/// sign.
template <class Value>
bool fits(const Json& number) {
  if (!std::is_integral_v<Value> || std::is_same_v<Value, bool>) return true;
  return number.is_number_integer() &&
         (std::is_signed_v<Value> || number.is_number_unsigned() || number >= 0);
}

/// Reads a field into `value` when the object has it. Throws std::runtime_error, naming the field,
/// for a value of another type.
template <class Value>
void read_field(const Json& object, const std::string& name, Value& value) {
  if (!object.contains(name)) return;
  const Json& given = object.at(name);
  try {
    const Value read = given.get<Value>();
    if (fits<Value>(given)) {
      value = read;
      return;
    }
  } catch (const nlohmann::json::exception&) {
    // A value of another type: the error below says so.
  }
  throw std::runtime_error(fmt::format("the field \"{}\" cannot be {}", name, given.dump()));
}

/// Reads a field that the object must have.
template <class Value>
void require_field(const Json& object, const std::string& name, Value& value) {
  if (!object.contains(name)) {
    throw std::runtime_error(fmt::format("the field \"{}\" is missing", name));
  }
  read_field(object, name, value);
}

/// Reads a field that holds one of these words.
template <class Choice>
void read_choice(const Json& object, const std::string& name, const Words<Choice>& words,
                 Choice& choice) {
  std::string given = word_of(words, choice);
  read_field(object, name, given);
  std::string expected;
  for (const auto& [value, word] : words) {
    if (word == given) {
      choice = value;
      return;
    }
    expected += (expected.empty() ? "" : " or ") + word;
  }
  throw std::runtime_error(
      fmt::format("the field \"{}\" is \"{}\", expected {}", name, given, expected));
}

}  // namespace llm
