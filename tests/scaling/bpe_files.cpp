#include <string>

#include "common/scaling/tokenization/byte_pair_training.hpp"
#include "common/scaling/tokenization/gpt2_files.hpp"
#include "common/scaling/tokenization/llama2c_file.hpp"
#include "common/scaling/tokenization/sentence_piece.hpp"
#include "common/scaling/tokenization/tokenizer_json.hpp"
#include "common/transformer/storage/files.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

const std::string text = "the rain in Spain's plain, said the train; naïve 123!";

BytePairTokenizer small_tokenizer(Pattern pattern = Pattern::gpt2) {
  return train_byte_pairs(text, 280, pattern, {"<|endoftext|>"});
}

/// Pieces for three special tokens, the bytes, and some words with scores.
std::string llama2c_bytes(const std::vector<std::pair<std::string, float>>& words) {
  std::vector<std::pair<std::string, float>> pieces = {
      {"<unk>", 0}, {"\n<s>\n", 0}, {"\n</s>\n", 0}};
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (std::size_t byte = 0; byte < 256; ++byte) {
    pieces.push_back({std::string("<0x") + digits[byte / 16] + digits[byte % 16] + ">", 0});
  }
  pieces.insert(pieces.end(), words.begin(), words.end());
  const auto number = [](auto value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
  };
  std::string bytes = number(std::int32_t{8});
  for (const auto& [piece, score] : pieces) {
    bytes += number(score) + number(static_cast<std::int32_t>(piece.size())) + piece;
  }
  return bytes;
}

/// What reading a file of this content throws.
std::string refusal(const std::string& content) {
  const TemporaryFolder folder;
  write_file(folder / "tokenizer.bin", content);
  try {
    read_llama2c_file(folder / "tokenizer.bin");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a tokenizer of byte pairs goes to its tokenizer.json and back, with each pattern") {
  for (const Pattern pattern : {Pattern::whole, Pattern::gpt2, Pattern::gpt4}) {
    const BytePairTokenizer tokenizer = small_tokenizer(pattern);
    const SharedTokenizer read = any_tokenizer_from_json(tokenizer.to_json());
    CHECK(read->to_json() == tokenizer.to_json());
    CHECK(read->encode(text) == tokenizer.encode(text));
    CHECK(dynamic_cast<const BytePairTokenizer&>(*read).vocabulary.specials ==
          tokenizer.vocabulary.specials);
  }
}

TEST_CASE("a tokenizer.json of characters is read, too") {
  const CharacterTokenizer tokenizer = character_tokenizer(text);
  const SharedTokenizer read = any_tokenizer_from_json(tokenizer.to_json());
  CHECK(read->encode("Spain's naïve") == tokenizer.encode("Spain's naïve"));
}

TEST_CASE("merges may be lines, as older files have them") {
  const BytePairTokenizer tokenizer = small_tokenizer();
  auto json = nlohmann::json::parse(tokenizer.to_json());
  for (auto& merge : json["model"]["merges"]) {
    merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  }
  CHECK(any_tokenizer_from_json(json.dump())->to_json() == tokenizer.to_json());
}

TEST_CASE("a tokenizer.json that the library cannot follow is refused, and the field named") {
  const auto refused = [](const std::string& pointer, const nlohmann::json& value,
                          const std::string& why) {
    auto json = nlohmann::json::parse(small_tokenizer().to_json());
    json[nlohmann::json::json_pointer(pointer)] = value;
    CAPTURE(pointer);
    CHECK_THROWS_WITH(any_tokenizer_from_json(json.dump()), Catch::Contains(why));
    CHECK_THROWS_AS(any_tokenizer_from_json(json.dump()), std::runtime_error);
  };
  refused("/model/type", "Unigram", "\"Unigram\", expected BPE");
  refused("/model/type", 3, "\"type\"");
  refused("/model", "BPE", "\"model\"");
  refused("/model/dropout", 0.1, "\"dropout\" is 0.1");
  refused("/model/end_of_word_suffix", "</w>", "end_of_word_suffix");
  refused("/normalizer", {{"type", "NFC"}}, "\"normalizer\"");
  refused("/decoder", {{"type", "WordPiece"}}, "\"decoder\" is {\"type\":\"WordPiece\"}");
  refused("/pre_tokenizer", {{"type", "Whitespace"}}, "\"pre_tokenizer\"");
  refused("/pre_tokenizer", nullptr, "\"pre_tokenizer\"");
  refused("/pre_tokenizer/add_prefix_space", true, "\"add_prefix_space\" is true");
  refused("/model/vocab/!", 7, "expected one of 0 to 279");
  refused("/model/vocab/!", -1, "the number -1");
  refused("/model/vocab/!", "0", "expected one of 0 to 279");
  refused("/model/vocab/new word", 280, "\"new word\" is not spelled");
  refused("/model/vocab", nlohmann::json::array(), "an object of tokens");
  refused("/model/merges/0", {"a"}, "merge 0 is [\"a\"]");
  refused("/model/merges/1", "a b c", "merge 1 is \"a b c\"");
  refused("/model/merges/2", {"q", "z"}, "merge 2 (\"q\" and \"z\") needs \"qz\"");
  refused("/model/merges", nullptr, "\"merges\" is missing");
  refused("/added_tokens/0/id", 5, "\"<|endoftext|>\" has the number 5");
  refused("/added_tokens/0/lstrip", true, "\"lstrip\" is true");
  refused("/added_tokens/0/content", 1, "\"content\"");
  refused("/added_tokens", 3, "\"added_tokens\"");
  refused("/added_tokens/0", 3, "3 stands where an object");
  refused("/model/ignore_merges", "yes", "\"ignore_merges\"");
  refused("/pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", {1, 2}}}, "\"pre_tokenizer\"");
  refused("/pre_tokenizer/use_regex", 1, "\"use_regex\"");
  refused("/decoder", "ByteLevel", "\"decoder\"");
  refused("/decoder", nullptr, "\"decoder\"");
  CHECK_THROWS(any_tokenizer_from_json("{"));
  CHECK_THROWS(any_tokenizer_from_json("[]"));
  CHECK_THROWS(any_tokenizer_from_json("{}"));
}

TEST_CASE("damaged tokenizer.json files are refused or read, and never crash") {
  const std::string json = small_tokenizer().to_json();
  unsigned seed = 1;
  for (int run = 0; run < 300; ++run) {
    std::string damaged = json;
    for (int change = 0; change < 3; ++change) {
      seed = seed * 1664525U + 1013904223U;
      damaged[(seed >> 8U) % damaged.size()] = static_cast<char>(seed >> 3U & 0x7FU);
    }
    try {
      const SharedTokenizer read = any_tokenizer_from_json(damaged);
      CHECK(read->decode(read->encode(text)) == text);
    } catch (const std::exception&) {
      // Refused, which is as well.
    }
  }
}

TEST_CASE("a tokenizer goes to GPT-2's two files and back") {
  const TemporaryFolder folder;
  const BytePairTokenizer tokenizer = small_tokenizer();
  write_gpt2_files(tokenizer, folder / "encoder.json", folder / "vocab.bpe");
  const BytePairTokenizer read = read_gpt2_files(folder / "encoder.json", folder / "vocab.bpe");
  CHECK(read.to_json() == tokenizer.to_json());
  CHECK_THROWS_WITH(write_gpt2_files(small_tokenizer(Pattern::gpt4), folder / "a", folder / "b"),
                    Catch::Contains("no pattern but GPT-2's"));
}

TEST_CASE("what is wrong in GPT-2's files is said with the name of the file") {
  const TemporaryFolder folder;
  const std::string words = folder / "encoder.json", merges = folder / "vocab.bpe";
  write_gpt2_files(small_tokenizer(), words, merges);
  CHECK_THROWS_WITH(read_gpt2_files(folder / "none", merges), Catch::Contains("none"));
  const auto broken = [&](const std::string& path, const std::string& content,
                          const std::string& why) {
    const std::string before = read_file(path);
    write_file(path, content);
    CHECK_THROWS_WITH(read_gpt2_files(words, merges),
                      Catch::Contains(path + ": ") && Catch::Contains(why));
    write_file(path, before);
  };
  broken(words, "{", "parse error");
  broken(words, R"({"a": 1})", "expected one of 0 to 0");
  broken(words, R"({"a": 0, "你": 1})", "\"你\" is not spelled");
  broken(merges, "#version: 0.2\na b c\n", "merge 0 is \"a b c\"");
  broken(merges, "a\n", "merge 0 is \"a\"");
  broken(merges, "#version: 0.2\nq z\n", "needs \"qz\"");
}

TEST_CASE("pieces in SentencePiece's style have the tokens of the library tokenizers") {
  const auto fixture = read_fixture("scaling_sentence_pieces");
  const SharedTokenizer tokenizer = any_tokenizer_from_json(fixture["tokenizer"].dump());
  for (const auto& sample : fixture["cases"]) {
    const auto string = sample["text"].get<std::string>();
    CAPTURE(string);
    CHECK(tokenizer->encode(string) == sample["tokens"].get<std::vector<Token>>());
    CHECK(tokenizer->decode(tokenizer->encode(string)) == string);
  }
  CHECK(any_tokenizer_from_json(tokenizer->to_json())->to_json() == tokenizer->to_json());
}

TEST_CASE("a file of llama2.c gives pieces that are merged by score") {
  const TemporaryFolder folder;
  write_file(
      folder / "tokenizer.bin",
      llama2c_bytes(
          {{" ", -9}, {"a", -9}, {"b", -9}, {"ab", -2}, {"ba", -1}, {" a", -3}, {"aba", -4}}));
  const SentencePieceTokenizer tokenizer = read_llama2c_file(folder / "tokenizer.bin");
  CHECK(tokenizer.size() == 266);
  CHECK(tokenizer.encode("ab") == std::vector<Token>{259, 262});     // ab before " a"
  CHECK(tokenizer.encode("aba") == std::vector<Token>{264, 263});    // ba, " a" before aba
  CHECK(tokenizer.encode("c") == std::vector<Token>{259, 3 + 'c'});  // a byte
  CHECK(tokenizer.encode("é\xFF") == std::vector<Token>{259, 3 + 0xC3, 3 + 0xA9, 3 + 0xFF});
  CHECK(tokenizer.encode("").empty());
  const std::vector<Token> with_begin = {1, 264, 262};
  CHECK(tokenizer.decode(with_begin) == "\n<s>\naab");
  CHECK(tokenizer.decode(tokenizer.encode(" <0x0A> \xFF▁ ")) == " <0x0A> \xFF▁ ");
}

TEST_CASE("pieces go to llama2.c's file and back") {
  const TemporaryFolder folder;
  write_file(
      folder / "tokenizer.bin",
      llama2c_bytes(
          {{" ", -9}, {"a", -9}, {"b", -9}, {"ab", -2}, {"ba", -1}, {" a", -3}, {"aba", -4}}));
  const SentencePieceTokenizer tokenizer = read_llama2c_file(folder / "tokenizer.bin");
  write_llama2c_file(tokenizer, folder / "again.bin");
  const SentencePieceTokenizer again = read_llama2c_file(folder / "again.bin");
  CHECK(again.vocabulary.pieces == tokenizer.vocabulary.pieces);
  CHECK(again.vocabulary.merges == tokenizer.vocabulary.merges);
  CHECK(again.vocabulary.ranks == tokenizer.vocabulary.ranks);
}

TEST_CASE("what is wrong in a file of llama2.c is said with file, piece and reason") {
  const std::string good = llama2c_bytes({{"a", -1}});
  CHECK(refusal(good) == "nothing");
  CHECK_THAT(refusal(""), Catch::Contains("tokenizer.bin: piece 0: the file ends where 4 more"));
  CHECK_THAT(refusal(good.substr(0, good.size() - 1)),
             Catch::Contains("piece 259: the file ends where 1 more"));
  CHECK_THAT(refusal(good.substr(0, 40)), Catch::Contains("piece 2"));
  std::string long_piece = good;
  long_piece[8] = 9;
  CHECK_THAT(refusal(long_piece), Catch::Contains("a length of 9, expected a number and 0 to 8"));
  CHECK_THAT(refusal(llama2c_bytes({}).substr(0, 200)), Catch::Contains("tokenizer.bin"));
  CHECK_THAT(refusal(std::string("\x08\0\0\0", 4)), Catch::Contains("lacks the byte <0x00>"));
}
