#include "common/scaling/tokenization/bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <unordered_map>

#include "common/foundations/utf8.hpp"

namespace llm {

namespace {

/// Whether Latin-1 has a visible character for a byte: no control, no space, no soft hyphen.
bool is_visible(int byte) {
  return (byte > 0x20 && byte < 0x7F) || (byte > 0xA0 && byte != 0xAD);
}

/// The letter of each byte, as a number.
std::array<char32_t, 256> letter_numbers() {
  std::array<char32_t, 256> letters{};
  char32_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    letters[static_cast<std::size_t>(byte)] =
        is_visible(byte) ? static_cast<char32_t>(byte) : next++;
  }
  return letters;
}

}  // namespace

std::size_t character_length(std::string_view text, std::size_t place) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return place + i < text.size() ? static_cast<unsigned char>(text[place + i]) : 0;
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return place < text.size() ? 1 : 0;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  const std::uint32_t two = first << 8U | byte(1);
  const bool is_overlong = (length == 3 && two < 0xE0A0) || (length == 4 && two < 0xF090);
  const bool is_surrogate = two >= 0xEDA0 && two <= 0xEDBF;
  return is_overlong || is_surrogate || two >= 0xF490 ? 0 : length;
}

std::string replace_invalid_utf8(std::string_view bytes) {
  std::string text;
  for (std::size_t place = 0; place < bytes.size();) {
    const std::size_t length = character_length(bytes, place);
    text += length > 0 ? bytes.substr(place, length) : std::string_view("\uFFFD");
    place += std::max<std::size_t>(length, 1);
  }
  return text;
}

const std::array<std::string, 256>& byte_letters() {
  static const auto letters = [] {
    std::array<std::string, 256> result;
    const std::array<char32_t, 256> numbers = letter_numbers();
    std::transform(numbers.begin(), numbers.end(), result.begin(), [](char32_t number) {
      return encode_utf8({&number, 1});
    });
    return result;
  }();
  return letters;
}

const std::array<std::uint8_t, 256>& bytes_by_letter() {
  static const auto bytes = [] {
    std::array<std::uint8_t, 256> result{};
    const std::array<char32_t, 256> letters = letter_numbers();
    std::iota(result.begin(), result.end(), std::uint8_t{0});
    std::sort(result.begin(), result.end(),
              [&](std::uint8_t one, std::uint8_t other) { return letters[one] < letters[other]; });
    return result;
  }();
  return bytes;
}

std::string letters_of_bytes(std::string_view bytes) {
  std::string letters;
  for (const char byte : bytes) letters += byte_letters()[static_cast<unsigned char>(byte)];
  return letters;
}

std::string bytes_of_letters(std::string_view letters) {
  static const auto byte_of = [] {
    std::unordered_map<std::string_view, char> result;
    for (std::size_t byte = 0; byte < 256; ++byte) {
      result[byte_letters()[byte]] = static_cast<char>(byte);
    }
    return result;
  }();
  std::string bytes;
  for (std::size_t place = 0; place < letters.size();) {
    const std::size_t length = std::max<std::size_t>(character_length(letters, place), 1);
    const auto found = byte_of.find(letters.substr(place, length));
    if (found == byte_of.end()) {
      throw std::runtime_error(
          fmt::format("the token \"{}\" is not spelled in the letters that stand for bytes",
                      replace_invalid_utf8(letters)));
    }
    bytes += found->second;
    place += length;
  }
  return bytes;
}

}  // namespace llm
