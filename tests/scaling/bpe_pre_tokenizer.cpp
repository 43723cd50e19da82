#include <string>
#include <vector>

#include "common/scaling/tokenization/pre_tokenizer.hpp"
#include "tests/catch.hpp"

using namespace llm;

namespace {

using Strings = std::vector<std::string>;

Strings pieces_of(const PreTokenizer& cutter, const std::string& text) {
  Strings result;
  Pieces pieces(cutter, text);
  for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next())
    result.emplace_back(piece);
  return result;
}

Strings gpt2(const std::string& text) {
  return pieces_of(PreTokenizer(Pattern::gpt2), text);
}
Strings gpt4(const std::string& text) {
  return pieces_of(PreTokenizer(Pattern::gpt4), text);
}

}  // namespace

TEST_CASE("GPT-2 cuts before words, numbers and signs, and a space goes with what follows") {
  CHECK(gpt2("Hello world, it's 2024!") ==
        Strings{"Hello", " world", ",", " it", "'s", " 2024", "!"});
}

TEST_CASE("of several spaces GPT-2 leaves the last to the next word") {
  CHECK(gpt2("a   b") == Strings{"a", "  ", " b"});
  CHECK(gpt2("a\n\nb  ") == Strings{"a", "\n", "\n", "b", "  "});
}

TEST_CASE("GPT-2 knows short forms in lower case only, GPT-4 in both") {
  CHECK(gpt2("IT'S") == Strings{"IT", "'", "S"});
  CHECK(gpt4("IT'S") == Strings{"IT", "'S"});
}

TEST_CASE("GPT-4 cuts numbers after three digits and keeps line ends with signs") {
  CHECK(gpt2("12345") == Strings{"12345"});
  CHECK(gpt4("x 12345;\n\ny") == Strings{"x", " ", "123", "45", ";\n\n", "y"});
  CHECK(gpt4("(a)\tb") == Strings{"(a", ")", "\tb"});
}

TEST_CASE("letters and digits are those of Unicode") {
  CHECK(gpt2("naïve привет 你好 ²٣") == Strings{"naïve", " привет", " 你好", " ²٣"});
}

TEST_CASE("the Mongolian vowel separator is no space, as Unicode says since 6.3") {
  CHECK(gpt2("a\u180Eb") == Strings{"a", "\u180E", "b"});
  CHECK(gpt2("a \u180E\u180E") == Strings{"a", " \u180E\u180E"});
}

TEST_CASE("a byte that is not part of a character is a piece of its own, and a text ends there") {
  CHECK(gpt2("ab\xFF\xC3 cd  \x80x") == Strings{"ab", "\xFF", "\xC3", " cd", "  ", "\x80", "x"});
  CHECK(pieces_of(PreTokenizer(Pattern::whole), "ab\xFF c") == Strings{"ab", "\xFF", " c"});
}

TEST_CASE("without an expression a text is one piece, and none if it is empty") {
  CHECK(pieces_of(PreTokenizer(Pattern::whole), "a b c") == Strings{"a b c"});
  CHECK(pieces_of(PreTokenizer(Pattern::whole), "").empty());
  CHECK(gpt2("").empty());
}

TEST_CASE("what lies between matches is a piece, too") {
  CHECK(pieces_of(PreTokenizer("[0-9]+"), "ab12cd3") == Strings{"ab", "12", "cd", "3"});
  CHECK(pieces_of(PreTokenizer("x*"), "abxxc") == Strings{"ab", "xx", "c"});
}

TEST_CASE("an expression that is none is refused with the reason") {
  CHECK_THROWS_WITH(PreTokenizer("a("), Catch::Contains("a(") && Catch::Contains("parenthesis"));
}

TEST_CASE("an expression that would take forever is given up with a message") {
  const PreTokenizer hostile("(a+)+$");
  Pieces pieces(hostile, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
  CHECK_THROWS_WITH(pieces.next(), Catch::Contains("cutting the text at byte 0"));
}

TEST_CASE("a million spaces and a million letters are cut in no time") {
  const std::string spaces(1'000'000, ' '), letters(1'000'000, 'x');
  CHECK(gpt2(spaces + "a").size() == 2);
  CHECK(gpt2(letters).size() == 1);
  CHECK(gpt4(spaces + letters).size() == 2);
}
