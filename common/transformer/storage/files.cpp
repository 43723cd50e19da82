#include "common/transformer/storage/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace llm {

namespace {

/// Hands all bytes to the operating system.
void write_all(const Descriptor& file, std::span<const char> bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::write(file.number, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno != EINTR) file.fail("cannot be written");
    if (count > 0) done += static_cast<std::size_t>(count);
  }
}

/// Waits until the disk has what was written.
void flush(const Descriptor& file) {
  if (::fsync(file.number) != 0) file.fail("cannot be flushed to the disk");
}

}  // namespace

Descriptor::Descriptor(const std::string& name, int flags)
    : path(name), number(::open(name.c_str(), flags | O_CLOEXEC, 0644)) {
  if (number < 0) fail("cannot be opened");
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : path(std::move(other.path)), number(std::exchange(other.number, -1)) {}

Descriptor::~Descriptor() {
  if (number >= 0) ::close(number);
}

void Descriptor::fail(const char* what) const {
  throw std::runtime_error(fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

std::string read_file(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  std::string bytes(std::filesystem::file_size(path), '\0');
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::read(file.number, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno != EINTR) file.fail("cannot be read");
    if (count == 0) bytes.resize(done);  // It has become shorter meanwhile.
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  return bytes;
}

std::uint32_t checksum(std::span<const char> bytes, std::uint32_t before) {
  return static_cast<std::uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void write_file(const std::string& path, const std::function<void(const ByteSink&)>& content) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  content([&](std::span<const char> bytes) { write_all(file, bytes); });
  flush(file);
}

void write_file(const std::string& path, std::span<const char> bytes) {
  write_file(path, [&](const ByteSink& write) { write(bytes); });
}

void flush_folder(const std::string& path) {
  flush(Descriptor(path, O_RDONLY | O_DIRECTORY));
}

void write_file_atomically(const std::string& path, std::span<const char> bytes) {
  const std::string partial = path + ".partial";
  try {
    write_file(partial, bytes);
    std::filesystem::rename(partial, path);
  } catch (const std::exception& error) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw std::runtime_error(fmt::format("{} ({} is as it was)", error.what(), path));
  }
  flush_folder(std::filesystem::absolute(path).parent_path().string());
}

Descriptor locked_file(const std::string& path, const std::string& what) {
  Descriptor file(path, O_RDWR | O_CREAT);
  if (::flock(file.number, LOCK_EX | LOCK_NB) != 0) {
    // A file system that has no locks is not a reason to refuse.
    if (errno != EWOULDBLOCK) return file;
    std::string process;
    std::getline(std::ifstream(path), process);
    throw std::runtime_error(fmt::format(
        "{} is in use by {}", what, process.empty() ? "another process" : "process " + process));
  }
  const std::string process = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file.number, 0) != 0) file.fail("cannot be written");
  write_all(file, process);
  flush(file);
  return file;
}

}  // namespace llm
