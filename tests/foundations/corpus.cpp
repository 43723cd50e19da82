#include "common/foundations/corpus.hpp"

#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "common/foundations/utf8.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

/// Writes a file into a folder that is gone when the tests are, and gives its path.
std::string written(const std::string& name, const std::string& bytes) {
  static const TemporaryFolder folder;
  std::ofstream(folder / name, std::ios::binary) << bytes;
  return folder / name;
}

/// The message of the error that reading the file throws.
std::string error_of(const std::string& path) {
  try {
    read_corpus(path);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("wrapped lines become one line a paragraph, and lines broken on purpose stay broken") {
  const std::string raw =
      "   This line is wrapped at the width of the page, and so it is as long as it\n"
      "   can be.\n\n"
      "   The moon\n"
      "     is up.\n";
  CHECK(clean_jargon_file(raw) ==
        "This line is wrapped at the width of the page, and so it is as long as it can be.\n\n"
        "The moon\n  is up.\n");
}

TEST_CASE("rules, ruled tables, contents and navigation are gone from the cleaned text") {
  const std::string raw =
      "   ═════\n\n   Table of Contents\n\n   One\n\n   Two\n\n   Three\n\n   Four\n\n   Five\n\n"
      "Chapter 1. One\n\n   ┌───┐\n   │ a │\n   └───┘\n\n   Text: “a — b”.\n\n"
      "   (The next cartoon in the Crunchly saga is 73-05-18.)\n";
  CHECK(clean_jargon_file(raw) == "Chapter 1. One\n\nText: \"a -- b\".\n");
}

TEST_CASE(
    "the default corpus is there, the same twice, and plain ASCII when it is the Jargon File") {
  const std::string text = read_corpus();
  const CorpusStatistics statistics = corpus_statistics(text);
  INFO(statistics_text(statistics));
  CHECK(text == read_corpus());
  CHECK(statistics.words > 5000);
  if (default_corpus_path().ends_with(".gz")) {
    CHECK(statistics.bytes == statistics.characters);
    CHECK(text.find("Table of Contents") == std::string::npos);
    CHECK(text.find(":kluge: /klooj/") != std::string::npos);
  }
}

TEST_CASE("without the package the book's own prose serves") {
  const std::string prose = book_prose(std::string(LLM_SOURCE_DIR) + "/chapters");
  CHECK(prose.find("# Attention\n") != std::string::npos);
  CHECK(prose.find("#include") == std::string::npos);
  CHECK_THROWS_WITH(book_prose("/nowhere"), Catch::Contains("expected the book's chapters"));
}

TEST_CASE("a text of one long line is read, plain or packed") {
  const std::string line(100000, 'x');
  CHECK(read_corpus(written("line.txt", line)) == line);
  const std::string packed = written("line.gz", "");
  gzFile file = gzopen(packed.c_str(), "wb");
  gzwrite(file, line.data(), static_cast<unsigned>(line.size()));
  gzclose(file);
  CHECK(read_corpus(packed) == line);
  std::filesystem::resize_file(packed, std::filesystem::file_size(packed) - 12);
  CHECK_THROWS_WITH(read_corpus(packed), Catch::Contains("cannot be unpacked"));
}

TEST_CASE("a corpus that is missing, empty, blank or binary is named with what was expected") {
  CHECK(error_of("/no/such.txt") == "/no/such.txt: there is no such file; expected a UTF-8 text");
  CHECK(error_of("/tmp") == "/tmp: this is a folder; expected a UTF-8 text file");
  const std::string empty = written("empty.txt", "");
  CHECK(error_of(empty) == empty + ": the file is empty; expected a UTF-8 text");
  CHECK(error_of(written("blank.txt", " \n\n")).ends_with("white space; expected a text"));
  const std::string binary = written("binary", std::string("ab\0c", 4));
  CHECK(error_of(binary) ==
        binary + ": byte 2 is 0, so this is a binary file; expected a UTF-8 text");
  const std::string latin = written("latin.txt", "caf\xE9 au lait");
  CHECK(error_of(latin) == latin + ": byte 3 (0xe9) is not valid UTF-8; expected a UTF-8 text");
}

TEST_CASE("byte-order marks and carriage returns are taken off a text") {
  CHECK(read_corpus(written("dos.txt", "\xEF\xBB\xBFone\r\ntwo\r\n")) == "one\ntwo\n");
  CHECK(read_corpus(written("mac.txt", "one\rtwo\r\rthree\r")) == "one\ntwo\n\nthree\n");
}

TEST_CASE("a line ends with a line feed, with a carriage return, or with the two in this order") {
  CHECK(unix_line_ends("a\nb\r\nc\rd\n\re\r\r\n") == "a\nb\nc\nd\n\ne\n\n");
  CHECK(unix_line_ends("\r") == "\n");
  CHECK(unix_line_ends("").empty());
}

TEST_CASE("UTF-8 goes to characters and back, and what is not UTF-8 is refused") {
  const std::string text = "aé€𝄞";
  CHECK(decode_utf8(text) == U"aé€𝄞");
  CHECK(encode_utf8(decode_utf8(text)) == text);
  for (const std::string bad :
       {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF",
        "\xC3"
        "a"}) {
    CHECK_THROWS_WITH(decode_utf8("a" + bad), Catch::Contains("byte 1"));
  }
}

TEST_CASE("statistics count bytes, characters, paragraphs and words") {
  const CorpusStatistics statistics = corpus_statistics("één twee\ndrie\n\n\nvier\n");
  CHECK(statistics.bytes == 23);
  CHECK(statistics.characters == 21);
  CHECK(statistics.distinct_characters == 11);
  CHECK(statistics.paragraphs == 2);
  CHECK(statistics.words == 4);
}
