#pragma once

#include <string>
#include <string_view>

#include "common/transformer/text/tokenizer.hpp"

namespace llm {

/// The tokenizer of a name, for a text: "characters", all that occur in the text; "bytes", all 256;
/// "bpe:1024", byte pairs trained on the text to 1,024 tokens. Throws std::invalid_argument for
/// another name.
SharedTokenizer make_tokenizer(const std::string& name, std::string_view text);

}  // namespace llm
