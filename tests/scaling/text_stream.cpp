#include "common/scaling/tokenization/text_stream.hpp"

#include "common/scaling/tokenization/tokenizers.hpp"
#include "tests/catch.hpp"

using namespace llm;

namespace {

/// What a stream shows after each of these tokens, and at the end.
std::vector<std::string> shown(const Tokenizer& tokenizer, const std::vector<Token>& tokens) {
  TextStream stream(tokenizer, tokens.front());
  std::vector<std::string> pieces;
  for (std::size_t i = 1; i < tokens.size(); ++i) pieces.push_back(stream.add(tokens[i]));
  pieces.push_back(stream.rest());
  return pieces;
}

}  // namespace

TEST_CASE("a stream shows a character when its last byte is there, of two, three and four") {
  const SharedTokenizer bytes = make_tokenizer("bytes", "");
  CHECK(shown(*bytes, bytes->encode("aéb")) == std::vector<std::string>{"", "é", "b", ""});
  CHECK(shown(*bytes, bytes->encode("a☕")) == std::vector<std::string>{"", "", "☕", ""});
  CHECK(shown(*bytes, bytes->encode("a🙂")) == std::vector<std::string>{"", "", "", "🙂", ""});
}

TEST_CASE("a stream shows bytes that belong to no character as U+FFFD") {
  const SharedTokenizer bytes = make_tokenizer("bytes", "");
  CHECK(shown(*bytes, bytes->encode("a\x98"
                                    "b")) == std::vector<std::string>{"\uFFFD", "b", ""});
  CHECK(shown(*bytes, bytes->encode("a\xE2\x98")) ==
        std::vector<std::string>{"", "", "\uFFFD\uFFFD"});
  CHECK(shown(*bytes, bytes->encode("a\xE2"
                                    "b")) == std::vector<std::string>{"", "\uFFFDb", ""});
}

TEST_CASE("what a stream shows in all is the text, however its tokens cut it") {
  const std::string text = "\nZürich, naïve café — ☕🙂 日本語 \n end";
  for (const char* name : {"characters", "bytes", "bpe:270"}) {
    const SharedTokenizer tokenizer = make_tokenizer(name, text);
    std::string whole = "\n";
    for (const std::string& piece : shown(*tokenizer, tokenizer->encode(text))) whole += piece;
    CHECK(whole == text);
  }
}

TEST_CASE(
    "a tokenizer is made by its name, and another name is refused with those that there are") {
  CHECK(make_tokenizer("characters", "abba")->size() == 2);
  CHECK(make_tokenizer("bytes", "abba")->size() == 256);
  CHECK(make_tokenizer("bpe:257", "abba abba")->size() == 257);
  for (const char* name :
       {"", "words", "bpe", "bpe:", "bpe:255", "bpe:-1", "bpe:1e3", "bpe:300x"}) {
    CHECK_THROWS_WITH(make_tokenizer(name, "abba"),
                      Catch::Contains("expected characters, bytes, or bpe:"));
  }
}
