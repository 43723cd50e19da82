#include "common/scaling/tokenization/tokenizers.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>

#include "common/scaling/tokenization/byte_pair_training.hpp"

namespace llm {

namespace {

/// The whole number that a word is, or 0 where it is none.
Index number_of(std::string_view word) {
  Index number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size() ? number : 0;
}

}  // namespace

SharedTokenizer make_tokenizer(const std::string& name, std::string_view text) {
  if (name == "characters") {
    return std::make_shared<CharacterTokenizer>(character_tokenizer(text));
  }
  const Index size = name == "bytes"            ? 256
                     : name.starts_with("bpe:") ? number_of(name.substr(4))
                                                : 0;
  if (size < 256) {
    throw std::invalid_argument(fmt::format(
        "there is no tokenizer \"{}\": expected characters, bytes, or bpe: and a number of tokens "
        "from 256 on, as in bpe:1024",
        name));
  }
  return std::make_shared<BytePairTokenizer>(train_byte_pairs(text, size));
}

}  // namespace llm
