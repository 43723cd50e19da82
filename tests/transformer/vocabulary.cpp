#include "common/transformer/vocabulary.hpp"

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("text goes to tokens and back, umlauts and all") {
  const std::string text = "naïve café: 42 €";
  const CharacterVocabulary vocabulary = character_vocabulary(text);
  CHECK(vocabulary.size() == 13);
  const std::vector<Token> tokens = encode(vocabulary, text);
  CHECK(tokens.size() == 16);
  CHECK(decode(vocabulary, tokens) == text);
}

TEST_CASE("tokens are numbered in the order of the characters") {
  const CharacterVocabulary vocabulary = character_vocabulary("banana");
  CHECK(encode(vocabulary, "abn") == std::vector<Token>{0, 1, 2});
}

TEST_CASE("a character or a token that the vocabulary does not hold is named") {
  const CharacterVocabulary vocabulary = character_vocabulary("abc");
  CHECK_THROWS_WITH(encode(vocabulary, "abß"), Catch::Contains("'ß' (U+00DF)"));
  const std::vector<Token> tokens = {0, 3};
  CHECK_THROWS_WITH(decode(vocabulary, tokens), "token 3 is out of the vocabulary of 3 tokens");
  const std::vector<Token> negative = {-1};
  CHECK_THROWS_WITH(decode(vocabulary, negative), Catch::Contains("token -1"));
}
