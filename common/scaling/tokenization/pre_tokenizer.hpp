#pragma once

#include <memory>
#include <string>
#include <string_view>

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;

namespace llm {

/// Where a text is cut before pairs are merged: not at all, as GPT-2 does it, or as GPT-4 and
/// Llama 3 do.
enum class Pattern { whole, gpt2, gpt4 };

/// The regular expression of a pattern, as it was published; empty for Pattern::whole.
const std::string& expression_of(Pattern pattern);

/// Cuts texts into pieces, which merges do not cross. A piece is a match of the expression, or what
/// lies between two matches. A byte that is not part of a valid UTF-8 character is a piece of its
/// own, and what is before and what is behind it are cut as two texts.
struct PreTokenizer {
  /// For one of the patterns.
  explicit PreTokenizer(Pattern pattern) : PreTokenizer(expression_of(pattern)) {}

  /// For any expression, an empty one for texts that are not cut. Throws std::runtime_error, with
  /// what PCRE2 says, for one that is none.
  explicit PreTokenizer(std::string any_expression);

  std::string expression;
  std::shared_ptr<const pcre2_real_code_8> compiled;
};

/// Walks through the pieces of a text, which must outlive it, as must the pre-tokenizer.
class Pieces {
 public:
  /// At the beginning of a text.
  Pieces(const PreTokenizer& cutter, std::string_view whole);

  /// The next piece; empty at the end of the text. Throws std::runtime_error where PCRE2 gives up.
  std::string_view next();

 private:
  /// Finds the next match from `place` on; its end is that of the valid UTF-8 where there is none.
  void find_match();

  const pcre2_real_code_8* code;
  std::shared_ptr<pcre2_real_match_data_8> match;
  std::string_view text;
  std::size_t place = 0;                       // where the next piece begins
  std::size_t valid_begin = 0, valid_end = 0;  // the valid UTF-8 around it
  std::size_t match_begin = 0, match_end = 0;  // the next match in it, not before place
};

}  // namespace llm
