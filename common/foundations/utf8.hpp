#pragma once

#include <string>
#include <string_view>

namespace llm {

/// The characters (Unicode code points) of a UTF-8 text. Throws std::runtime_error, naming the
/// byte, where the text is not valid UTF-8: a stray or missing continuation byte, a form longer
/// than needed, a surrogate, or a number beyond U+10FFFF.
std::u32string decode_utf8(std::string_view text);

/// The UTF-8 text of these characters. Throws utf8::invalid_code_point for a number that is none.
std::string encode_utf8(std::u32string_view characters);

}  // namespace llm
