#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.hpp"

namespace {

const std::filesystem::path root = LLM_SOURCE_DIR;

/// The folders of the library in the order in which it grows.
const std::vector<std::string> folders = {"foundations", "sequence",    "attention",
                                          "training",    "transformer", "scaling"};

/// What the chapters' programs use and no file of the library does.
const std::string harness = "harness";

/// A folder's place in that order; the number of folders when it is not one of them.
std::size_t place(const std::string& folder) {
  std::size_t i = 0;
  while (i < folders.size() && folders[i] != folder) ++i;
  return i;
}

/// The sources and headers below a folder of the repository, less those of the weaver's tests,
/// which are small books of their own.
std::vector<std::filesystem::path> sources(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::exists(root / folder)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    if (entry.path().string().starts_with((root / "tests/book").string())) continue;
    const std::string extension = entry.path().extension();
    if (extension == ".cpp" || extension == ".hpp" || extension == ".cu" || extension == ".cuh")
      files.push_back(entry.path());
  }
  return files;
}

/// The lines of a file.
std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The files that a file includes with quotes.
std::vector<std::string> quoted_includes(const std::filesystem::path& file) {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(file)) {
    const std::string opening = "#include \"";
    if (line.starts_with(opening))
      names.push_back(line.substr(opening.size(), line.rfind('"') - opening.size()));
  }
  return names;
}

/// The part of a path below the repository that stands at `position`: 0 is the top folder.
std::string part(const std::filesystem::path& path, int position) {
  auto name = path.begin();
  for (int i = 0; i < position && name != path.end(); ++i) ++name;
  return name == path.end() ? "" : name->string();
}

/// The chapter's folder in the library: 03_attention is attention.
std::string without_number(const std::string& chapter) {
  return chapter.substr(chapter.find('_') + 1);
}

/// Whether a line holds a word that is not part of a longer one.
bool has_word(const std::string& line, const std::string& word) {
  const auto is_letter = [&](std::size_t place) {
    return place < line.size() && std::isalpha(static_cast<unsigned char>(line[place])) != 0;
  };
  for (auto place = line.find(word); place != std::string::npos;
       place = line.find(word, place + 1)) {
    if (!is_letter(place - 1) && !is_letter(place + word.size())) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a file of the library includes only its own folder and earlier ones") {
  for (const auto& file : sources("common")) {
    const std::string folder = part(file.lexically_relative(root), 1);
    if (folder == harness) continue;
    REQUIRE(place(folder) < folders.size());
    for (const std::string& name : quoted_includes(file)) {
      INFO(file.lexically_relative(root).string() << " includes " << name);
      CHECK(part(name, 0) == "common");
      CHECK(place(part(name, 1)) <= place(folder));
    }
  }
}

TEST_CASE("the harness includes itself and the matrices of the first folder") {
  for (const auto& file : sources("common/" + harness)) {
    for (const std::string& name : quoted_includes(file)) {
      INFO(file.lexically_relative(root).string() << " includes " << name);
      CHECK((part(name, 1) == harness || name == "common/foundations/matrix.hpp"));
    }
  }
}

TEST_CASE("a chapter includes only itself and the library up to its own folder") {
  for (const auto& file : sources("chapters")) {
    const std::string chapter = part(file.lexically_relative(root), 1);
    for (const std::string& name : quoted_includes(file)) {
      INFO(file.lexically_relative(root).string() << " includes " << name);
      const bool library =
          part(name, 0) == "common" && place(part(name, 1)) <= place(without_number(chapter));
      const bool own = part(name, 0) == "chapters" && part(name, 1) == chapter;
      CHECK((library || own || part(name, 1) == harness));
    }
  }
}

TEST_CASE("an included file is named from the root of the repository and exists") {
  for (const char* folder : {"common", "chapters", "gpu", "tests"}) {
    for (const auto& file : sources(folder)) {
      for (const std::string& name : quoted_includes(file)) {
        INFO(file.lexically_relative(root).string() << " includes " << name);
        CHECK(std::filesystem::exists(root / name));
      }
    }
  }
}

TEST_CASE("a header says that it is included once") {
  for (const char* folder : {"common", "chapters", "gpu", "tests"}) {
    for (const auto& file : sources(folder)) {
      if (file.extension() != ".hpp" && file.extension() != ".cuh") continue;
      INFO(file.lexically_relative(root).string());
      bool once = false;
      for (const std::string& line : lines_of(file)) once = once || line == "#pragma once";
      CHECK(once);
    }
  }
}

TEST_CASE("nothing is marked as left to do") {
  // Written in two halves, so that this file does not find itself.
  const std::vector<std::string> marks = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "XX"
      "X",
      "HA"
      "CK"};
  for (const char* folder : {"common", "chapters", "gpu", "tests"}) {
    for (const auto& file : sources(folder)) {
      for (const std::string& line : lines_of(file)) {
        for (const std::string& mark : marks) {
          INFO(file.lexically_relative(root).string() << ": " << line);
          CHECK_FALSE(has_word(line, mark));
        }
      }
    }
  }
}

TEST_CASE("what newer releases of Eigen and fmt have moved is used where all of them have it") {
  // Written in two halves, so that this file does not find itself.
  const std::string all =
      "Eigen::a"
      "ll";
  const std::string last =
      "Eigen::l"
      "ast";
  const std::string join =
      "fmt::jo"
      "in";
  for (const char* folder : {"common", "chapters", "gpu", "tests"}) {
    for (const auto& file : sources(folder)) {
      bool joins = false, includes = false;
      for (const std::string& line : lines_of(file)) {
        INFO(file.lexically_relative(root).string() << ": " << line);
        CHECK_FALSE(has_word(line, all));
        CHECK_FALSE(has_word(line, last));
        joins = joins || line.find(join) != std::string::npos;
        includes = includes || line.find("<fmt/ranges.h>") != std::string::npos;
      }
      INFO(file.lexically_relative(root).string() << " joins a list");
      CHECK((!joins || includes));
    }
  }
}
