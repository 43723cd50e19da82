#include <map>
#include <random>
#include <string>

#include "common/scaling/tokenization/byte_pair_training.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

namespace {

/// What the tokens of the merges stand for, in their order.
std::vector<std::string> results(const BytePairTokenizer& tokenizer) {
  std::vector<std::string> words;
  for (const Merge& merge : tokenizer.vocabulary.merges) {
    words.push_back(tokenizer.vocabulary.bytes[static_cast<std::size_t>(merge.result)]);
  }
  return words;
}

/// The merges that the slow trainer and the fast one learn from a text, both checked to be equal.
std::vector<Merge> learn_both_ways(const std::string& text, Index vocabulary) {
  const std::vector<CountedPiece> pieces = count_pieces(PreTokenizer(Pattern::gpt2), text);
  std::vector<std::string> slow_bytes = bytes_of_tokens();
  std::vector<std::string> fast_bytes = slow_bytes;
  const std::vector<Merge> slow = learn_merges_by_counting(pieces, vocabulary - 256, slow_bytes);
  const std::vector<Merge> fast = learn_merges(pieces, vocabulary, fast_bytes);
  CHECK(slow == fast);
  CHECK(slow_bytes == fast_bytes);
  return fast;
}

}  // namespace

TEST_CASE("the most frequent pair is merged first") {
  CHECK(results(train_byte_pairs("xyxyxyab", 257)) == std::vector<std::string>{"xy"});
}

TEST_CASE("of pairs that are equally frequent the one with the smaller tokens is merged first") {
  CHECK(results(train_byte_pairs("zb ab", 258)) == std::vector<std::string>{"ab", "zb"});
  CHECK(results(train_byte_pairs("ad ac", 257, Pattern::gpt2)) == std::vector<std::string>{"ac"});
}

TEST_CASE("merges do not cross the pieces, and are counted for each piece as often as it occurs") {
  const auto words = results(train_byte_pairs("ab ab ab abc abc", 300));
  CHECK(words == std::vector<std::string>{"ab", " ab", " abc"});
}

TEST_CASE("training ends when no pair is left") {
  const BytePairTokenizer tokenizer = train_byte_pairs("aaaa", 1000);
  CHECK(results(tokenizer) == std::vector<std::string>{"aa", "aaaa"});
  CHECK(tokenizer.size() == 258);
  CHECK(train_byte_pairs("", 300).size() == 256);
}

TEST_CASE("the trainer that counts only what changed learns what the one that counts all learns") {
  learn_both_ways("aaaaa aaa aaaaaaaa abab ababa bababab", 280);
  const auto text = read_fixture("scaling_gpt2_tokenizer")["text"].get<std::string>();
  CHECK(learn_both_ways(text, 300).size() == 44);
  std::mt19937 random(3);
  for (int run = 0; run < 50; ++run) {
    std::string noise;
    for (int i = 0; i < 300; ++i) noise += "abcd ee"[random() % 7];
    learn_both_ways(noise, 262);
  }
}

TEST_CASE("merges are those of the library tokenizers for the same text and settings") {
  for (const auto& [name, pattern] : {std::pair("scaling_gpt2_tokenizer", Pattern::gpt2),
                                      std::pair("scaling_gpt4_tokenizer", Pattern::gpt4)}) {
    CAPTURE(name);
    const auto fixture = read_fixture(name);
    const BytePairTokenizer ours =
        train_byte_pairs(fixture["text"].get<std::string>(), 340, pattern);
    const auto json = nlohmann::json::parse(ours.to_json());
    const nlohmann::json theirs = fixture["tokenizer"];
    CHECK(json["model"] == theirs["model"]);
  }
}

TEST_CASE("special tokens are the last ones, and count") {
  const BytePairTokenizer tokenizer =
      train_byte_pairs("xyxyxyab", 259, Pattern::gpt2, {"<|begin|>", "<|end|>"});
  CHECK(tokenizer.size() == 259);
  CHECK(results(tokenizer) == std::vector<std::string>{"xy"});
  const std::vector<SpecialToken> expected = {{"<|begin|>", 257}, {"<|end|>", 258}};
  CHECK(tokenizer.vocabulary.specials == expected);
}

TEST_CASE("a vocabulary that cannot hold the bytes is refused, with the numbers") {
  CHECK_THROWS_WITH(train_byte_pairs("a", 255), Catch::Contains("a vocabulary of 255 tokens"));
  CHECK_THROWS_WITH(train_byte_pairs("a", 256, Pattern::gpt2, {"<|end|>"}),
                    Catch::Contains("1 special tokens"));
}
