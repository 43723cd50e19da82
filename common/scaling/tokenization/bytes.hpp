#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace llm {

/// How many bytes the UTF-8 character has that begins at `place`, 1 to 4; 0 where none does: at a
/// stray or missing continuation byte, a form longer than needed, a surrogate, or a number beyond
/// U+10FFFF.
std::size_t character_length(std::string_view text, std::size_t place);

/// The text with U+FFFD in the place of each byte that is not part of a valid UTF-8 character.
/// Tokens can cut a character in two, and half of one is not for printing.
std::string replace_invalid_utf8(std::string_view bytes);

/// GPT-2's names for the 256 bytes, each one visible character in UTF-8: a byte that Latin-1 prints
/// has that character, the others, in order, those from U+0100 on (a space is "Ġ").
const std::array<std::string, 256>& byte_letters();

/// The bytes in the order in which their tokens are numbered: that of their letters in Unicode.
const std::array<std::uint8_t, 256>& bytes_by_letter();

/// The letters of some bytes, as `tokenizer.json` and `vocab.bpe` spell a token.
std::string letters_of_bytes(std::string_view bytes);

/// The bytes that letters stand for. Throws std::runtime_error for a character that is none of
/// them.
std::string bytes_of_letters(std::string_view letters);

}  // namespace llm
