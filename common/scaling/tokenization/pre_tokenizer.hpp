#pragma once

#include <memory>
#include <string>
#include <string_view>

struct pcre2_real_code_8;

namespace llm {

/// Where a text is cut before pairs are merged: not at all, as GPT-2 does it, or as GPT-4 and
/// Llama 3 do.
enum class Pattern { whole, gpt2, gpt4 };

/// The regular expression of a pattern, as it was published; empty for Pattern::whole.
const std::string& expression_of(Pattern pattern);

/// Cuts a text into pieces, which merges do not cross. A piece is a match of the expression, or
/// what lies between two matches. A byte that is not part of a valid UTF-8 character is a piece of
/// its own, and the text before it and the text behind it are cut as two texts.
class PreTokenizer {
 public:
  /// For one of the patterns.
  explicit PreTokenizer(Pattern pattern) : PreTokenizer(expression_of(pattern)) {}

  /// For any expression. Throws std::runtime_error, with what PCRE2 says, for one that is none.
  explicit PreTokenizer(std::string expression);

  /// The expression, empty when the text is not cut.
  const std::string& expression() const { return written; }

  /// The length of the piece that begins at `place` of a text.
  class Cursor;

 private:
  std::string written;
  std::shared_ptr<const pcre2_real_code_8> code;
};

/// Walks through the pieces of a text. The text must outlive it.
class PreTokenizer::Cursor {
 public:
  Cursor(const PreTokenizer& cutter, std::string_view text);
  Cursor(Cursor&&) noexcept;
  ~Cursor();

  /// The next piece; empty at the end of the text. Throws std::runtime_error where PCRE2 gives up.
  std::string_view next();

 private:
  struct State;
  std::unique_ptr<State> state;
};

}  // namespace llm
