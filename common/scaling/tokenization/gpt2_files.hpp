#pragma once

#include <string>

#include "common/scaling/tokenization/byte_pair_tokenizer.hpp"

namespace llm {

/// The tokenizer in the two files of GPT-2: `encoder.json`, each token's number by its letters, and
/// `vocab.bpe`, a merge a line. Throws std::runtime_error that names the file, the place and what
/// was expected.
BytePairTokenizer read_gpt2_files(const std::string& encoder, const std::string& merges);

/// Writes a tokenizer as these two files. Throws std::invalid_argument for one that cuts texts by
/// another pattern than GPT-2's, which the files do not tell.
void write_gpt2_files(const BytePairTokenizer& tokenizer, const std::string& encoder,
                      const std::string& merges);

}  // namespace llm
