#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>

namespace llm {

/// An open file that is closed at the end of its scope.
struct Descriptor {
  /// Opens a file; throws std::runtime_error that names it.
  Descriptor(const std::string& name, int flags);
  Descriptor(Descriptor&& other) noexcept;
  ~Descriptor();

  /// Throws with what the system says about the last call.
  [[noreturn]] void fail(const char* what) const;

  std::string path;
  int number;
};

/// The whole content of a file. Throws std::runtime_error that names it.
std::string read_file(const std::string& path);

/// What a step on the content of a file throws, with the file's name before it.
template <class Step>
auto in_file(const std::string& path, const Step& step) {
  try {
    return step();
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

/// The CRC-32 of some bytes: a different number, all but surely, when any of them changes. Of bytes
/// that go on where others ended, whose checksum was `before`.
std::uint32_t checksum(std::span<const char> bytes, std::uint32_t before = 0);

/// Takes the bytes of a file, a part at a time.
using ByteSink = std::function<void(std::span<const char>)>;

/// Writes a new file of the bytes that `content` hands to the sink, and waits until the disk has
/// them. Throws std::runtime_error that names the file.
void write_file(const std::string& path, const std::function<void(const ByteSink&)>& content);

/// Writes a new file of these bytes, and waits until the disk has them.
void write_file(const std::string& path, std::span<const char> bytes);

/// Waits until the disk has the names of what is in a folder.
void flush_folder(const std::string& path);

/// Replaces a file with `bytes`, all of them or none: they go to a temporary file in the same
/// folder, which is flushed to the disk and then takes the name. Throws std::runtime_error, naming
/// the file and the reason, and leaves what was there.
void write_file_atomically(const std::string& path, std::span<const char> bytes);

/// Locks a file, which is made if there is none, and writes the number of this process into it. The
/// lock ends with the descriptor, and with the process, however that ends. Throws
/// std::runtime_error that names the process which has the lock: "`what` is in use by process 17".
Descriptor locked_file(const std::string& path, const std::string& what);

}  // namespace llm
