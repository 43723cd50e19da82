#include "common/foundations/utf8.hpp"
#include "common/scaling/tokenization/bytes.hpp"
#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("a character's length is that of its UTF-8 form, and 0 where none begins") {
  CHECK(character_length("aé€🙂", 0) == 1);
  CHECK(character_length("aé€🙂", 1) == 2);
  CHECK(character_length("aé€🙂", 3) == 3);
  CHECK(character_length("aé€🙂", 6) == 4);
  CHECK(character_length("aé€🙂", 2) == 0);  // in the middle of é
  CHECK(character_length("a", 1) == 0);           // at the end
  CHECK(character_length(std::string_view("\0", 1), 0) == 1);
}

TEST_CASE("surrogates, overlong forms, numbers too large and cut characters are no characters") {
  for (const std::string_view bytes :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xE2\x28\xA1", "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x99", "\xFE",
        "\xFF"}) {
    CAPTURE(letters_of_bytes(bytes));
    CHECK(character_length(bytes, 0) == 0);
  }
  for (const std::string_view bytes :
       {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(letters_of_bytes(bytes));
    CHECK(character_length(bytes, 0) == bytes.size());
  }
}

TEST_CASE("every sequence of three bytes is a character or not as the library of UTF-8 says") {
  for (int first = 0xC0; first < 256; ++first) {
    for (int second = 0x70; second < 256; ++second) {
      for (const int third : {0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF}) {
        const std::string bytes = {static_cast<char>(first), static_cast<char>(second),
                                   static_cast<char>(third)};
        bool is_valid = true;
        const std::size_t length = character_length(bytes, 0);
        try {
          decode_utf8(bytes.substr(0, std::max<std::size_t>(length, 1)));
        } catch (const std::exception&) {
          is_valid = false;
        }
        if (is_valid != (length > 0)) FAIL(letters_of_bytes(bytes) << " has length " << length);
      }
    }
  }
}

TEST_CASE("each byte has a letter of its own, and letters give the bytes back") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(decode_utf8(letters_of_bytes(all)).size() == 256);
  CHECK(bytes_of_letters(letters_of_bytes(all)) == all);
}

TEST_CASE("the letters are GPT-2's: a space is Ġ, a line end Ċ, a soft hyphen Ń") {
  CHECK(letters_of_bytes(" \n\xAD!~\xA1\xFF") == "ĠĊŃ!~¡ÿ");
  CHECK(bytes_by_letter()[0] == '!');
  CHECK(bytes_by_letter()[188] == 0);
  CHECK(bytes_by_letter()[255] == 0xAD);
}

TEST_CASE("a character that is no letter of a byte is refused, and the token named") {
  CHECK_THROWS_WITH(bytes_of_letters("a b"), Catch::Contains("\"a b\""));
  CHECK_THROWS_WITH(bytes_of_letters("你"), Catch::Contains("letters that stand for bytes"));
}

TEST_CASE("bytes that are no characters are replaced for printing, one by one") {
  CHECK(replace_invalid_utf8("a\xC3(\xE2\x82é") == "a\uFFFD(\uFFFD\uFFFDé");
}
