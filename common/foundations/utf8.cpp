#include "common/foundations/utf8.hpp"

#include <fmt/format.h>
#include <utf8.h>

#include <iterator>
#include <stdexcept>

namespace llm {

std::u32string decode_utf8(std::string_view text) {
  const auto invalid = utf8::find_invalid(text.begin(), text.end());
  if (invalid != text.end()) {
    throw std::runtime_error(fmt::format("byte {} (0x{:02x}) is not valid UTF-8",
                                         invalid - text.begin(),
                                         static_cast<unsigned char>(*invalid)));
  }
  std::u32string characters;
  characters.reserve(text.size());
  utf8::utf8to32(text.begin(), text.end(), std::back_inserter(characters));
  return characters;
}

std::string encode_utf8(std::u32string_view characters) {
  std::string text;
  text.reserve(characters.size());
  utf8::utf32to8(characters.begin(), characters.end(), std::back_inserter(text));
  return text;
}

}  // namespace llm
