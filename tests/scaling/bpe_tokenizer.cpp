#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "common/scaling/tokenization/byte_pair_training.hpp"
#include "common/scaling/tokenization/gpt2_files.hpp"
#include "common/scaling/tokenization/piece_memory.hpp"
#include "common/scaling/tokenization/tokenizer_json.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

const std::string text = "the rain in Spain's plain, said the train; the rain!";

/// A tokenizer with merges of the text and two special tokens.
BytePairTokenizer small_tokenizer() {
  return train_byte_pairs(text, 270, Pattern::gpt2, {"<|end|>", "<|end|>more"});
}

/// Checks the tokens of all cases of a fixture.
void check_cases(const Tokenizer& tokenizer, const nlohmann::ordered_json& cases) {
  for (const auto& sample : cases) {
    const auto string = sample["text"].get<std::string>();
    CAPTURE(string);
    CHECK(tokenizer.encode(string) == sample["tokens"].get<std::vector<Token>>());
    CHECK(tokenizer.decode(tokenizer.encode(string)) == string);
  }
}

}  // namespace

TEST_CASE("tokens are those of the library tokenizers, for GPT-2's pattern and the later one") {
  for (const char* name : {"scaling_gpt2_tokenizer", "scaling_gpt4_tokenizer"}) {
    CAPTURE(name);
    const auto fixture = read_fixture(name);
    const SharedTokenizer tokenizer = any_tokenizer_from_json(fixture["tokenizer"].dump());
    CHECK(tokenizer->size() == 340);
    check_cases(*tokenizer, fixture["cases"]);
  }
}

TEST_CASE("tokens are the published ones with GPT-2's published vocabulary, where it is at hand") {
  const std::string folder = LLM_SOURCE_DIR "/../shared/data/gpt2-bpe";
  if (!std::filesystem::exists(folder + "/vocab.bpe")) {
    WARN("skipped: GPT-2's encoder.json and vocab.bpe are not in " << folder);
    return;
  }
  const BytePairTokenizer tokenizer =
      read_gpt2_files(folder + "/encoder.json", folder + "/vocab.bpe");
  CHECK(tokenizer.size() == 50257);
  CHECK(tokenizer.encode("Hello world") == std::vector<Token>{15496, 995});
  CHECK(tokenizer.encode_with_specials("<|endoftext|>") == std::vector<Token>{50256});
  check_cases(tokenizer, read_fixture("scaling_gpt2_tokens"));
}

TEST_CASE("any bytes come back, valid UTF-8 or not") {
  const BytePairTokenizer tokenizer = small_tokenizer();
  std::mt19937 random(2);
  for (int run = 0; run < 5000; ++run) {
    std::string bytes(random() % 60, '\0');
    for (char& byte : bytes) {
      byte = random() % 3 == 0 ? static_cast<char>(random()) : text[random() % text.size()];
    }
    const std::vector<Token> tokens = tokenizer.encode(bytes);
    if (tokenizer.decode(tokens) != bytes) FAIL("run " << run);
  }
}

TEST_CASE("a piece has the same tokens when it occurs again, and at any place") {
  const BytePairTokenizer tokenizer = small_tokenizer();
  const std::vector<Token> once = tokenizer.encode(" the rain");
  std::vector<Token> often;
  for (int i = 0; i < 1000; ++i) often.insert(often.end(), once.begin(), once.end());
  std::string repeated;
  for (int i = 0; i < 1000; ++i) repeated += " the rain";
  CHECK(tokenizer.encode(repeated) == often);
}

TEST_CASE("a memory of pieces gives the tokens of those that it has, and of no others") {
  std::vector<std::string> words;
  for (int i = 0; i < 500; ++i) words.push_back("word" + std::to_string(i));
  PieceMemory memory;
  std::vector<Token> tokens;
  for (Token i = 0; i < 500; ++i) {
    const std::string& word = words[static_cast<std::size_t>(i)];
    REQUIRE_FALSE(memory.append_known(word, tokens));
    tokens.push_back(i);
    memory.remember(word, tokens.size() - 1, 1);
  }
  for (Token i = 0; i < 500; ++i) {
    REQUIRE(memory.append_known(words[static_cast<std::size_t>(i)], tokens));
    REQUIRE(tokens.back() == i);
  }
}

TEST_CASE("no text becomes a special token, unless it is asked for") {
  const BytePairTokenizer tokenizer = small_tokenizer();
  for (const Token token : tokenizer.encode("the<|end|>rain<|end|>more")) CHECK(token < 268);
  const std::vector<Token> tokens = tokenizer.encode_with_specials("the<|end|> rain<|end|>more!");
  const std::vector<Token> the = tokenizer.encode("the"), rain = tokenizer.encode(" rain"),
                           sign = tokenizer.encode("!");
  std::vector<Token> expected = the;
  expected.push_back(268);
  expected.insert(expected.end(), rain.begin(), rain.end());
  expected.push_back(269);
  expected.insert(expected.end(), sign.begin(), sign.end());
  CHECK(tokens == expected);
  CHECK(tokenizer.decode(tokens) == "the<|end|> rain<|end|>more!");
}

TEST_CASE("a token out of the vocabulary is refused with its number") {
  const BytePairTokenizer tokenizer = small_tokenizer();
  const std::vector<Token> large = {270}, negative = {-1};
  CHECK_THROWS_WITH(tokenizer.decode(large), "token 270 is out of the vocabulary of 270 tokens");
  CHECK_THROWS_WITH(tokenizer.decode(negative), Catch::Contains("token -1"));
}

TEST_CASE("a merge that makes another token or a special one is refused") {
  const auto refused = [](const Merge& merge) {
    BytePairVocabulary vocabulary = small_tokenizer().vocabulary;
    vocabulary.bytes.push_back("ab");
    vocabulary.specials.push_back({"ab", 270});
    vocabulary.merges = {merge};
    CHECK_THROWS_WITH(BytePairTokenizer(vocabulary, PreTokenizer(Pattern::gpt2)),
                      Catch::Contains("merge 0: token " + std::to_string(merge.left)));
  };
  const auto bytes = small_tokenizer().byte_tokens;
  refused({bytes['a'], bytes['b'], 270});
  refused({bytes['a'], bytes['b'], 3});
  refused({-1, 0, 3});
  refused({0, 1000, 3});
}

TEST_CASE("a byte that a vocabulary lacks is named when a text has it") {
  const BytePairTokenizer tokenizer({.bytes = {"a", "b"}}, PreTokenizer(Pattern::gpt2));
  CHECK(tokenizer.encode("ab") == std::vector<Token>{0, 1});
  CHECK_THROWS_WITH(tokenizer.encode("abc"), "the byte 0x63 is not in the vocabulary");
}

TEST_CASE("Llama 3 takes a piece that is a token whole, though no merge leads to it") {
  BytePairVocabulary vocabulary = {.bytes = {"a", "b", "ab", "abab"}, .merges = {{0, 1, 2}}};
  CHECK(BytePairTokenizer(vocabulary, PreTokenizer(Pattern::gpt2)).encode("abab") ==
        std::vector<Token>{2, 2});
  vocabulary.whole_pieces_first = true;
  const BytePairTokenizer tokenizer(vocabulary, PreTokenizer(Pattern::gpt2));
  CHECK(tokenizer.encode("abab") == std::vector<Token>{3});
  CHECK(any_tokenizer_from_json(tokenizer.to_json())->encode("abab") == std::vector<Token>{3});
}
