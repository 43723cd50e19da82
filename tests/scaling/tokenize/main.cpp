// What test_tokenizers.py compares with other libraries.
//
// usage: tokenize train TEXT VOCABULARY whole|gpt2|gpt4 [SPECIAL...]   writes tokenizer.json
//        tokenize encode FILES [with-specials] < TEXTS        the tokens of each text, a line each
//        tokenize convert FILES json|gpt2|llama2c TO...       writes the same tokenizer as TO
//
// FILES: a tokenizer.json, "encoder.json,vocab.bpe" or a tokenizer.bin. TEXTS: for each text the
// number of its bytes, a line end and the bytes.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/scaling/tokenization/byte_pair_training.hpp"
#include "common/scaling/tokenization/gpt2_files.hpp"
#include "common/scaling/tokenization/llama2c_file.hpp"
#include "common/scaling/tokenization/tokenizer_json.hpp"
#include "common/transformer/storage/files.hpp"

using namespace llm;

namespace {

SharedTokenizer read_tokenizer(const std::string& files) {
  const std::size_t comma = files.find(',');
  if (comma != std::string::npos) {
    return std::make_shared<BytePairTokenizer>(
        read_gpt2_files(files.substr(0, comma), files.substr(comma + 1)));
  }
  if (files.ends_with(".bin")) {
    return std::make_shared<SentencePieceTokenizer>(read_llama2c_file(files));
  }
  return any_tokenizer_from_json(read_file(files));
}

void train(const std::vector<std::string>& words) {
  const Pattern pattern = words.at(3) == "gpt2"   ? Pattern::gpt2
                          : words.at(3) == "gpt4" ? Pattern::gpt4
                                                  : Pattern::whole;
  const BytePairTokenizer tokenizer = train_byte_pairs(
      read_file(words.at(1)), std::stoll(words.at(2)), pattern, {words.begin() + 4, words.end()});
  std::cout << tokenizer.to_json();
}

void encode(const SharedTokenizer& tokenizer, bool with_specials) {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::string text(std::stoull(line), '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    const std::vector<Token> tokens =
        with_specials
            ? dynamic_cast<const BytePairTokenizer&>(*tokenizer).encode_with_specials(text)
            : tokenizer->encode(text);
    if (!with_specials && tokenizer->decode(tokens) != text) {
      throw std::runtime_error(fmt::format("\"{}\" is decoded as another text", text));
    }
    std::cout << fmt::format("{}\n", fmt::join(tokens, " "));
  }
}

void convert(const SharedTokenizer& tokenizer, const std::vector<std::string>& words) {
  if (words.at(2) == "json") {
    write_file(words.at(3), tokenizer->to_json());
  } else if (words.at(2) == "gpt2") {
    write_gpt2_files(dynamic_cast<const BytePairTokenizer&>(*tokenizer), words.at(3), words.at(4));
  } else {
    write_llama2c_file(dynamic_cast<const SentencePieceTokenizer&>(*tokenizer), words.at(3));
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.at(0) == "train") {
      train(words);
    } else if (words.at(0) == "encode") {
      encode(read_tokenizer(words.at(1)), words.size() > 2);
    } else {
      convert(read_tokenizer(words.at(1)), words);
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tokenize: {}\n", error.what());
    return 1;
  }
}
