#include "common/scaling/tokenization/pre_tokenizer.hpp"

#include <fmt/format.h>
#include <pcre2.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "common/scaling/tokenization/bytes.hpp"

namespace llm {

namespace {

/// What PCRE2 says about one of its error numbers.
std::string pcre2_message(int number) {
  std::array<PCRE2_UCHAR, 256> message{};
  pcre2_get_error_message(number, message.data(), message.size());
  return reinterpret_cast<const char*>(message.data());
}

/// The expression with white space as Unicode defines it, which other libraries go by: PCRE2 counts
/// U+180E as well, which was a space until Unicode 6.3.
std::string with_unicode_spaces(const std::string& expression) {
  std::string result;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const bool is_escape = expression[i] == '\\' && i + 1 < expression.size();
    const std::string escape = is_escape ? expression.substr(i++, 2) : expression.substr(i, 1);
    result += escape == "\\s" ? "\\p{White_Space}" : escape == "\\S" ? "\\P{White_Space}" : escape;
  }
  return result;
}

/// Where the valid UTF-8 that begins at `place` ends.
std::size_t end_of_valid(std::string_view text, std::size_t place) {
  while (place < text.size()) {
    if (static_cast<unsigned char>(text[place]) < 0x80) {
      ++place;
    } else if (const std::size_t length = character_length(text, place)) {
      place += length;
    } else {
      break;
    }
  }
  return place;
}

}  // namespace

const std::string& expression_of(Pattern pattern) {
  static const std::array<std::string, 3> expressions = {
      "", R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|)"
      R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"};
  return expressions[static_cast<std::size_t>(pattern)];
}

PreTokenizer::PreTokenizer(std::string any_expression) : expression(std::move(any_expression)) {
  if (expression.empty()) return;
  const std::string spelled = with_unicode_spaces(expression);
  int error = 0;
  PCRE2_SIZE where = 0;
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(spelled.data()), spelled.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY, &error, &where, nullptr);
  if (code == nullptr) {
    throw std::runtime_error(fmt::format("the regular expression {} cannot be compiled: {}",
                                         expression, pcre2_message(error)));
  }
  compiled.reset(code,
                 [](const pcre2_code* owned) { pcre2_code_free(const_cast<pcre2_code*>(owned)); });
  // Where a machine has no such compiler, pcre2_match does without: slower.
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
}

Pieces::Pieces(const PreTokenizer& cutter, std::string_view whole)
    : code(cutter.compiled.get()), text(whole) {
  if (code != nullptr) {
    match.reset(pcre2_match_data_create_from_pattern(code, nullptr), pcre2_match_data_free);
  }
}

std::string_view Pieces::next() {
  if (place == text.size()) return {};
  if (place >= valid_end) {
    valid_begin = match_begin = match_end = place;
    valid_end = end_of_valid(text, place);
    if (valid_end == place) return text.substr(place++, 1);
  }
  if (place == match_end) find_match();
  const std::size_t begin = place;
  place = begin < match_begin ? match_begin : match_end;
  return text.substr(begin, place - begin);
}

void Pieces::find_match() {
  match_begin = match_end = valid_end;
  if (code == nullptr) return;
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data() + valid_begin);
  const int found = pcre2_match(code, subject, valid_end - valid_begin, place - valid_begin,
                                PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, match.get(), nullptr);
  if (found == PCRE2_ERROR_NOMATCH) return;
  if (found < 0) {
    throw std::runtime_error(
        fmt::format("cutting the text at byte {}: {}", place, pcre2_message(found)));
  }
  const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(match.get());
  match_begin = valid_begin + bounds[0];
  match_end = valid_begin + bounds[1];
}

}  // namespace llm
