#include "common/foundations/utf8.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace llm {

namespace {

/// How many bytes a character takes, told from its first byte; 0 for a byte that starts none.
std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  return first < 0xF5 ? 4 : 0;
}

/// The character that starts at byte `position` and takes `length` bytes; 0xFFFFFFFF if it is not
/// valid.
char32_t decode_character(std::string_view text, std::size_t position, std::size_t length) {
  constexpr char32_t invalid = 0xFFFFFFFF;
  constexpr std::array<unsigned, 5> first_bits = {0, 0x7F, 0x1F, 0x0F, 0x07};
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (length == 0 || position + length > text.size()) return invalid;
  char32_t character = static_cast<unsigned char>(text[position]) & first_bits[length];
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[position + i]);
    if ((byte & 0xC0U) != 0x80U) return invalid;
    character = (character << 6U) | (byte & 0x3FU);
  }
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  return character < smallest[length] || surrogate || character > 0x10FFFF ? invalid : character;
}

}  // namespace

std::u32string decode_utf8(std::string_view text) {
  std::u32string characters;
  characters.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t length = sequence_length(static_cast<unsigned char>(text[position]));
    const char32_t character = decode_character(text, position, length);
    if (character == 0xFFFFFFFF) {
      throw std::runtime_error(fmt::format("byte {} (0x{:02x}) is not valid UTF-8", position,
                                           static_cast<unsigned char>(text[position])));
    }
    characters.push_back(character);
    position += length;
  }
  return characters;
}

void append_utf8(std::string& text, char32_t character) {
  const auto low_bits = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((character >> shift) & 0x3FU));
  };
  if (character < 0x80) {
    text += static_cast<char>(character);
  } else if (character < 0x800) {
    text += {static_cast<char>(0xC0U | (character >> 6U)), low_bits(0)};
  } else if (character < 0x10000) {
    text += {static_cast<char>(0xE0U | (character >> 12U)), low_bits(6), low_bits(0)};
  } else {
    text += {static_cast<char>(0xF0U | (character >> 18U)), low_bits(12), low_bits(6), low_bits(0)};
  }
}

std::string encode_utf8(std::u32string_view characters) {
  std::string text;
  text.reserve(characters.size());
  for (const char32_t character : characters) append_utf8(text, character);
  return text;
}

}  // namespace llm
