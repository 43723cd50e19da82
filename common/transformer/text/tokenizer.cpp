#include "common/transformer/text/tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "common/foundations/utf8.hpp"
#include "common/transformer/storage/json_fields.hpp"

namespace llm {

namespace {

/// What a `tokenizer.json` says of a tokenizer of characters besides its vocabulary: cut the text
/// behind each character, look each piece up as a word, and put pieces together without spaces.
Json character_pipeline() {
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", Json::array()},
          {"normalizer", nullptr},
          {"pre_tokenizer",
           {{"type", "Split"},
            {"pattern", {{"Regex", "[\\s\\S]"}}},
            {"behavior", "Isolated"},
            {"invert", false}}},
          {"post_processor", nullptr},
          {"decoder", {{"type", "Fuse"}}},
          {"model", {{"type", "WordLevel"}, {"vocab", Json::object()}, {"unk_token", ""}}}};
}

/// Whether characters stand in increasing order, each once.
bool is_increasing(std::u32string_view characters) {
  return std::adjacent_find(characters.begin(), characters.end(), std::greater_equal<>()) ==
         characters.end();
}

}  // namespace

std::vector<Token> CharacterTokenizer::encode(std::string_view text) const {
  std::vector<Token> tokens;
  tokens.reserve(text.size());
  for (const char32_t character : decode_utf8(text)) {
    const auto found = std::lower_bound(characters.begin(), characters.end(), character);
    if (found == characters.end() || *found != character) {
      throw std::invalid_argument(fmt::format(
          "the character '{}' (U+{:04X}) is not in the vocabulary: the model has never seen it",
          encode_utf8({&character, 1}), static_cast<unsigned>(character)));
    }
    tokens.push_back(static_cast<Token>(found - characters.begin()));
  }
  return tokens;
}

std::string CharacterTokenizer::decode(std::span<const Token> tokens) const {
  std::u32string text;
  text.reserve(tokens.size());
  for (const Token token : tokens) {
    if (token < 0 || token >= size()) {
      throw std::invalid_argument(
          fmt::format("token {} is out of the vocabulary of {} tokens", token, size()));
    }
    text += characters[static_cast<std::size_t>(token)];
  }
  return encode_utf8(text);
}

std::string CharacterTokenizer::to_json() const {
  Json json = character_pipeline();
  Json& vocabulary = json["model"]["vocab"];
  for (std::size_t token = 0; token < characters.size(); ++token) {
    vocabulary[encode_utf8({&characters[token], 1})] = token;
  }
  return json.dump(2) + "\n";
}

CharacterTokenizer character_tokenizer(std::string_view text) {
  std::u32string characters = decode_utf8(text);
  std::sort(characters.begin(), characters.end());
  characters.erase(std::unique(characters.begin(), characters.end()), characters.end());
  return CharacterTokenizer(characters);
}

SharedTokenizer tokenizer_from_json(std::string_view text) {
  Json json = Json::parse(text);
  const Json vocabulary = json.at("model").at("vocab");
  std::u32string characters(vocabulary.size(), U'\0');
  for (const auto& [word, token] : vocabulary.items()) {
    const std::u32string character = decode_utf8(word);
    const bool is_token = token.is_number_unsigned() && token < vocabulary.size();
    if (character.size() != 1 || !is_token) {
      throw std::runtime_error(
          fmt::format("the token \"{}\": {} is not a character and its place among {} tokens", word,
                      token.dump(), vocabulary.size()));
    }
    characters[token.get<std::size_t>()] = character[0];
  }
  json["model"]["vocab"] = Json::object();
  if (json != character_pipeline() || !is_increasing(characters)) {
    throw std::runtime_error("this is not a tokenizer of characters as this library writes it");
  }
  return std::make_shared<CharacterTokenizer>(characters);
}

}  // namespace llm
