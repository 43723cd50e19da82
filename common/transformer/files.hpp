#pragma once

#include <span>
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

/// Replaces a file with `bytes`, all of them or none: they go to a temporary file in the same
/// folder, which is flushed to the disk and then takes the name. Throws std::runtime_error, naming
/// the file and the reason, and leaves what was there.
void write_file_atomically(const std::string& path, std::span<const char> bytes);

/// Locks a file, which is made if there is none, and writes the number of this process into it. The
/// lock ends with the descriptor, and with the process, however that ends. Throws
/// std::runtime_error that names the process which has the lock: "`what` is in use by process 17".
Descriptor locked_file(const std::string& path, const std::string& what);

}  // namespace llm
