#include "common/transformer/text/tokenizer.hpp"

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("text goes to tokens and back, umlauts and all") {
  const std::string text = "naïve café: 42 €";
  const CharacterTokenizer tokenizer = character_tokenizer(text);
  CHECK(tokenizer.size() == 13);
  const std::vector<Token> tokens = tokenizer.encode(text);
  CHECK(tokens.size() == 16);
  CHECK(tokenizer.decode(tokens) == text);
}

TEST_CASE("tokens are numbered in the order of the characters") {
  const CharacterTokenizer tokenizer = character_tokenizer("banana");
  CHECK(tokenizer.encode("abn") == std::vector<Token>{0, 1, 2});
}

TEST_CASE("a character or a token that the vocabulary does not hold is named") {
  const CharacterTokenizer tokenizer = character_tokenizer("abc");
  CHECK_THROWS_WITH(tokenizer.encode("abß"), Catch::Contains("'ß' (U+00DF)"));
  const std::vector<Token> tokens = {0, 3};
  CHECK_THROWS_WITH(tokenizer.decode(tokens), "token 3 is out of the vocabulary of 3 tokens");
  const std::vector<Token> negative = {-1};
  CHECK_THROWS_WITH(tokenizer.decode(negative), Catch::Contains("token -1"));
}

TEST_CASE("a tokenizer goes to its file and back, with quotes, backslashes and umlauts") {
  const CharacterTokenizer tokenizer = character_tokenizer("a \"naïve\" \\ €\n\t");
  const SharedTokenizer read = tokenizer_from_json(tokenizer.to_json());
  CHECK(read->size() == tokenizer.size());
  CHECK(read->encode("€ \\n\"") == tokenizer.encode("€ \\n\""));
  CHECK(read->to_json() == tokenizer.to_json());
}

TEST_CASE("a tokenizer's file says how the library tokenizers is to cut a text") {
  const auto json = nlohmann::json::parse(character_tokenizer("ba").to_json());
  CHECK(json["model"]["type"] == "WordLevel");
  CHECK(json["model"]["vocab"] == nlohmann::json::parse(R"({"a": 0, "b": 1})"));
  CHECK(json["pre_tokenizer"]["behavior"] == "Isolated");
}

TEST_CASE("a tokenizer that is not one of characters is refused") {
  const auto refused = [](const std::string& pointer, const nlohmann::json& value) {
    auto json = nlohmann::ordered_json::parse(character_tokenizer("abc").to_json());
    json[nlohmann::ordered_json::json_pointer(pointer)] = value;
    CHECK_THROWS_AS(tokenizer_from_json(json.dump()), std::runtime_error);
  };
  refused("/model/type", "BPE");
  refused("/normalizer", {{"type", "Lowercase"}});
  refused("/model/vocab", {{"a", 1}, {"b", 0}});
  refused("/model/vocab", {{"a", 0}, {"b", 2}});
  refused("/model/vocab", {{"a", 0}, {"bc", 1}});
  refused("/model/vocab", {{"a", 0}, {"b", "1"}});
  CHECK_THROWS(tokenizer_from_json("{"));
  CHECK_THROWS(tokenizer_from_json("{}"));
}
