#include "common/scaling/tokenization/text_stream.hpp"

#include <algorithm>
#include <array>

#include "common/scaling/tokenization/bytes.hpp"

namespace llm {

namespace {

/// How many bytes at the end of a text begin a character and do not finish it.
std::size_t unfinished_bytes(std::string_view text) {
  for (std::size_t count = 1; count <= std::min<std::size_t>(3, text.size()); ++count) {
    const auto byte = static_cast<unsigned char>(text[text.size() - count]);
    if (byte >= 0x80 && byte < 0xC0) continue;  // It goes on with a character that began before.
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > count ? count : 0;
  }
  return 0;
}

}  // namespace

std::string TextStream::add(Token token) {
  // Some tokenizers write a token in another way where it is the first of a text.
  const std::string before = tokenizer.decode({&previous, 1});
  unfinished += tokenizer.decode(std::array{previous, token}).substr(before.size());
  previous = token;
  const std::size_t whole = unfinished.size() - unfinished_bytes(unfinished);
  const std::string text = replace_invalid_utf8(unfinished.substr(0, whole));
  unfinished.erase(0, whole);
  return text;
}

std::string TextStream::rest() {
  const std::string text = replace_invalid_utf8(unfinished);
  unfinished.clear();
  return text;
}

}  // namespace llm
