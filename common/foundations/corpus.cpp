#include "common/foundations/corpus.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "common/foundations/utf8.hpp"

namespace llm {

namespace {

/// Where Debian's package jargon-text puts its file.
constexpr const char* jargon_path = "/usr/share/doc/jargon-text/jargon.txt.gz";

/// The width that the Jargon File's lines are wrapped at.
constexpr std::size_t wrap_width = 76;

/// The bytes of a file, unpacked when they are packed with gzip.
std::string read_bytes(const std::string& path) {
  if (!std::filesystem::exists(path)) {
    throw std::runtime_error(path + ": there is no such file; expected a UTF-8 text");
  }
  if (std::filesystem::is_directory(path)) {
    throw std::runtime_error(path + ": this is a folder; expected a UTF-8 text file");
  }
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw std::runtime_error(path + ": cannot be opened: " + std::strerror(errno));
  std::string bytes;
  std::array<char, 1 << 16> buffer;
  int count = 0, status = Z_OK;
  do {
    count = gzread(file.get(), buffer.data(), buffer.size());
    // Asked after each reading: the next one may forget that the file is cut short.
    const char* message = gzerror(file.get(), &status);
    if (count < 0 || status != Z_OK) {
      throw std::runtime_error(fmt::format("{}: cannot be unpacked: {}", path, message));
    }
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  } while (count > 0);
  return bytes;
}

/// The text with typographic quotes, dashes, arrows and accented letters spelled in ASCII, and what
/// has no such spelling left out: a model should not spend weights on signs it sees twice.
std::string spell_in_ascii(const std::string& text) {
  static constexpr std::array<std::pair<char32_t, const char*>, 42> spellings = {{
      {U'\xA0', " "}, {U'“', "\""}, {U'”', "\""}, {U'‘', "'"},  {U'’', "'"},    {U'—', "--"},
      {U'·', "-"},    {U'´', "'"},  {U'•', "*"},  {U'→', "->"}, {U'←', "<-"},   {U'©', "(c)"},
      {U'×', "x"},    {U'−', "-"},  {U'∼', "~"},  {U'±', "+-"}, {U'™', "(TM)"}, {U'ö', "o"},
      {U'é', "e"},    {U'ü', "u"},  {U'è', "e"},  {U'ê', "e"},  {U'ï', "i"},    {U'ä', "a"},
      {U'à', "a"},    {U'É', "E"},  {U'Ø', "O"},  {U'æ', "ae"}, {U'ß', "ss"},   {U'µ', "u"},
      {U'π', "pi"},   {U'κ', "k"},  {U'α', "a"},  {U'ν', "n"},  {U'ο', "o"},    {U'ι', "i"},
      {U'ρ', "r"},    {U'£', "L"},  {U'〈', "<"}, {U'〉', ">"}, {U'®', "(R)"},  {U'–', "-"},
  }};
  std::string result;
  result.reserve(text.size());
  for (const char32_t character : decode_utf8(text)) {
    if (character < 0x80) {
      result += static_cast<char>(character);
      continue;
    }
    for (const auto& [from, to] : spellings) {
      if (from == character) result += to;
    }
  }
  return result;
}

/// A paragraph of the file as it stands: its lines, with their indentation.
using Block = std::vector<std::string>;

/// Whether a line is drawn with box characters (U+2500 to U+257F, bytes E2 94 80 to E2 95 BF).
bool is_ruled(const std::string& line) {
  return line.find("\xE2\x94") != std::string::npos || line.find("\xE2\x95") != std::string::npos;
}

/// The text's paragraphs; ruled tables are left out.
std::vector<Block> split_blocks(const std::string& text) {
  std::vector<Block> blocks(1);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (is_ruled(line)) continue;
    line = spell_in_ascii(line);
    line.erase(line.find_last_not_of(" \t\f\r") + 1);
    if (!line.empty()) {
      blocks.back().push_back(line);
    } else if (!blocks.back().empty()) {
      blocks.emplace_back();
    }
  }
  if (blocks.back().empty()) blocks.pop_back();
  return blocks;
}

/// How many spaces a line begins with.
std::size_t indentation(const std::string& line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

/// Whether a paragraph can be a line of a table of contents: short, indented as text is, and
/// neither an entry's headword nor a list item.
bool may_be_contents_line(const Block& block) {
  const std::string& line = block.front();
  return block.size() == 1 && line.size() < 64 && indentation(line) == 3 &&
         std::string_view(":*\"").find(line[3]) == std::string_view::npos;
}

/// Whether these paragraphs are a table of contents: five or more short lines, of which hardly any
/// ends as a sentence does.
bool is_contents(std::span<const Block> blocks) {
  const auto unfinished = std::count_if(blocks.begin(), blocks.end(), [](const Block& block) {
    return std::string_view(".,:;\"").find(block.front().back()) == std::string_view::npos;
  });
  return blocks.size() >= 5 &&
         static_cast<double>(unfinished) >= 0.8 * static_cast<double>(blocks.size());
}

/// Whether a paragraph leads from page to page and says nothing.
bool is_navigation(const Block& block) {
  const std::string& line = block.front();
  return line.find("cartoon in the Crunchly saga") != std::string::npos ||
         line.find("The Crunchly saga begins here") != std::string::npos ||
         line.find("Table of Contents") != std::string::npos;
}

/// The paragraphs without tables of contents and navigation.
std::vector<Block> drop_furniture(const std::vector<Block>& blocks) {
  std::vector<Block> kept;
  for (std::size_t begin = 0; begin < blocks.size();) {
    std::size_t end = begin;
    while (end < blocks.size() && may_be_contents_line(blocks[end])) ++end;
    end = std::max(end, begin + 1);
    const std::span<const Block> run(&blocks[begin], end - begin);
    if (!is_contents(run)) {
      std::copy_if(run.begin(), run.end(), std::back_inserter(kept),
                   [](const Block& block) { return !is_navigation(block); });
    }
    begin = end;
  }
  return kept;
}

/// One paragraph as text. A line break goes where the next word had no room on the line; where it
/// had room, someone broke the line on purpose, and the break and the indentation stay.
std::string join_block(const Block& block) {
  std::size_t margin = indentation(block.front());
  for (const std::string& line : block) margin = std::min(margin, indentation(line));
  std::string text = block.front().substr(indentation(block.front()));
  for (std::size_t i = 1; i < block.size(); ++i) {
    const std::size_t start = indentation(block[i]);
    const std::size_t word = std::min(block[i].find(' ', start), block[i].size()) - start;
    const bool wrapped = block[i - 1].size() + 1 + word > wrap_width;
    text += wrapped ? ' ' : '\n';
    text += block[i].substr(wrapped ? start : margin);
  }
  return text;
}

/// The `//:` lines of one source file without their mark.
std::string prose_of_file(const std::filesystem::path& path) {
  std::istringstream lines(read_text_file(path.string()));
  std::string prose;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t start = indentation(line);
    if (line.compare(start, 3, "//:") != 0) continue;
    const std::size_t text = std::min(start + 3, line.size());
    prose += line.substr(line.compare(text, 1, " ") == 0 ? text + 1 : text) + "\n";
  }
  return prose;
}

}  // namespace

std::string unix_line_ends(const std::string& text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\r' && text.compare(i + 1, 1, "\n") == 0;
    if (!pair) result += text[i] == '\r' ? '\n' : text[i];
  }
  return result;
}

std::string read_text_file(const std::string& path) {
  std::string text = read_bytes(path);
  if (text.empty()) throw std::runtime_error(path + ": the file is empty; expected a UTF-8 text");
  if (const std::size_t zero = text.find('\0'); zero != std::string::npos) {
    throw std::runtime_error(fmt::format(
        "{}: byte {} is 0, so this is a binary file; expected a UTF-8 text", path, zero));
  }
  try {
    decode_utf8(text);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{}: {}; expected a UTF-8 text", path, error.what()));
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  text = unix_line_ends(text);
  if (text.find_first_not_of(" \t\n\r") == std::string::npos) {
    throw std::runtime_error(path + ": the file holds nothing but white space; expected a text");
  }
  return text;
}

std::string clean_jargon_file(const std::string& text) {
  std::string cleaned;
  for (const Block& block : drop_furniture(split_blocks(text))) {
    if (!cleaned.empty()) cleaned += "\n";
    cleaned += join_block(block) + "\n";
  }
  return cleaned;
}

std::string book_prose(const std::string& chapters_directory) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(chapters_directory)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(chapters_directory)) {
      if (entry.path().extension() == ".cpp") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::string prose;
  for (const auto& file : files) prose += prose_of_file(file) + "\n";
  if (prose.find_first_not_of('\n') == std::string::npos) {
    throw std::runtime_error(chapters_directory +
                             ": expected the book's chapters, .cpp files with lines that begin "
                             "with //: (install jargon-text, or give a text by its path)");
  }
  return prose;
}

std::string default_corpus_path() {
  return std::filesystem::exists(jargon_path) ? jargon_path : LLM_CHAPTERS_DIR;
}

std::string read_corpus(const std::string& path) {
  if (!path.empty()) return read_text_file(path);
  const std::string found = default_corpus_path();
  return found == jargon_path ? clean_jargon_file(read_text_file(found)) : book_prose(found);
}

CorpusStatistics corpus_statistics(const std::string& text) {
  const std::u32string characters = decode_utf8(text);
  CorpusStatistics statistics{.bytes = static_cast<Index>(text.size()),
                              .characters = static_cast<Index>(characters.size()),
                              .distinct_characters = static_cast<Index>(
                                  std::set<char32_t>(characters.begin(), characters.end()).size())};
  std::istringstream lines(text);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Index count = 0;
    for (std::string word; words >> word;) ++count;
    statistics.words += count;
    if (count > 0 && !inside) ++statistics.paragraphs;
    inside = count > 0;
  }
  return statistics;
}

std::string statistics_text(const CorpusStatistics& statistics) {
  return fmt::format("{} bytes, {} characters ({} distinct), {} paragraphs, {} words",
                     statistics.bytes, statistics.characters, statistics.distinct_characters,
                     statistics.paragraphs, statistics.words);
}

}  // namespace llm
