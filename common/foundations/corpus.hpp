#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace llm {

/// The text that the book learns from, as valid UTF-8. Without a path it is the Jargon File of the
/// Debian package jargon-text, unpacked and cleaned, or where that is not installed the prose of
/// this book; with a path it is that file, plain or packed with gzip, as it stands.
/// Throws std::runtime_error, naming the file and what was expected, when it is missing, empty or
/// not text.
std::string read_corpus(const std::string& path = "");

/// Where read_corpus("") finds its text: the packed Jargon File, or the folder of the chapters.
std::string default_corpus_path();

/// The text with every line end, "\r\n" or "\r" alone, as '\n'.
std::string unix_line_ends(const std::string& text);

/// A text file, plain or packed with gzip: checked to be UTF-8, without byte-order mark, its lines
/// ending in '\n'. Throws std::runtime_error as read_corpus does.
std::string read_text_file(const std::string& path);

/// The Jargon File without its page furniture (tables of contents, ruled tables, "next cartoon"
/// notes): one line a paragraph, paragraphs separated by an empty line, typographic characters
/// spelled in ASCII. Lines that were broken on purpose, in verse and code, stay broken.
std::string clean_jargon_file(const std::string& text);

/// The prose of the book's own chapters, the lines that begin with `//:`, in order.
std::string book_prose(const std::string& chapters_directory);

/// How large a text is.
struct CorpusStatistics {
  Index bytes = 0;
  Index characters = 0;
  Index distinct_characters = 0;
  Index paragraphs = 0;
  Index words = 0;
};

/// Counts a UTF-8 text. A paragraph ends at an empty line, a word at a space or line end.
CorpusStatistics corpus_statistics(const std::string& text);

/// The statistics as one line to print.
std::string statistics_text(const CorpusStatistics& statistics);

}  // namespace llm
