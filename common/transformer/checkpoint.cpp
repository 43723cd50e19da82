#include "common/transformer/checkpoint.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "common/foundations/utf8.hpp"
#include "common/transformer/files.hpp"

namespace llm {

namespace {

/// What every checkpoint begins with.
constexpr std::string_view magic = "UNDERSTAND-LLMS-CHECKPOINT-1\n";

/// Appends the bytes of some numbers.
template <class Number>
void append_numbers(std::string& bytes, const Number* numbers, Index count) {
  bytes.append(reinterpret_cast<const char*>(numbers),
               static_cast<std::size_t>(count) * sizeof(Number));
}

/// Takes one number off the front of the bytes.
template <class Number>
Number take_number(std::string_view& bytes) {
  Number number{};
  std::memcpy(&number, bytes.data(), sizeof(Number));
  bytes.remove_prefix(sizeof(Number));
  return number;
}

/// The header and the optimizer's step as JSON.
nlohmann::ordered_json header_to_json(const CheckpointHeader& header, Index step) {
  return {{"settings", settings_to_json(header.settings)},
          {"vocabulary", encode_utf8(header.vocabulary.characters)},
          {"step", step},
          {"best_loss", std::isfinite(header.best_loss) ? nlohmann::ordered_json(header.best_loss)
                                                        : nlohmann::ordered_json(nullptr)},
          {"text_checksum", header.text_checksum},
          {"bytes_a_number", sizeof(Real)}};
}

/// The header in JSON; throws for a number format that is not this program's.
CheckpointHeader header_from_json(const nlohmann::ordered_json& json) {
  if (json.at("bytes_a_number") != sizeof(Real)) {
    throw std::runtime_error(fmt::format("its numbers have {} bytes, this program's have {}",
                                         json.at("bytes_a_number").dump(), sizeof(Real)));
  }
  CheckpointHeader header;
  header.settings = settings_from_json(json.at("settings"));
  header.vocabulary.characters = decode_utf8(json.at("vocabulary").get<std::string>());
  if (!json.at("best_loss").is_null()) header.best_loss = json.at("best_loss");
  header.text_checksum = json.at("text_checksum");
  return header;
}

/// The whole file as bytes.
std::string file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": there is no such checkpoint");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The bytes between the magic and the checksum; throws with the reason when they are not whole.
std::string_view checked_content(std::string_view bytes) {
  if (!bytes.starts_with(magic.substr(0, bytes.size()))) {
    throw std::runtime_error("this is not a checkpoint of this program");
  }
  const std::size_t fixed = magic.size() + 2 * sizeof(std::uint64_t) + sizeof(std::uint32_t);
  if (bytes.size() < fixed) {
    throw std::runtime_error(fmt::format("the file is cut off: it has {} bytes", bytes.size()));
  }
  std::string_view rest = bytes.substr(magic.size());
  const auto length = take_number<std::uint64_t>(rest);
  if (bytes.size() != length) {
    throw std::runtime_error(fmt::format(
        "the file {}: it has {} bytes, not the {} it was written with",
        bytes.size() < length ? "is cut off" : "goes on beyond its end", bytes.size(), length));
  }
  std::string_view end = bytes.substr(bytes.size() - sizeof(std::uint32_t));
  bytes.remove_suffix(sizeof(std::uint32_t));
  if (take_number<std::uint32_t>(end) != checksum(bytes)) {
    throw std::runtime_error("the file is damaged: its checksum does not match its content");
  }
  rest.remove_suffix(sizeof(std::uint32_t));
  return rest;
}

}  // namespace

std::uint32_t checksum(std::span<const char> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void save_checkpoint(const std::string& path, const CheckpointHeader& header, const OwnedGpt& gpt,
                     const AdamW& optimizer) {
  const std::string json = header_to_json(header, optimizer.steps).dump();
  const std::uint64_t json_length = json.size();
  const auto numbers = static_cast<std::uint64_t>(3 * gpt.buffer.size()) * sizeof(Real);
  const std::uint64_t length =
      magic.size() + 2 * sizeof(std::uint64_t) + json_length + numbers + sizeof(std::uint32_t);
  std::string bytes(magic);
  bytes.reserve(length);
  append_numbers(bytes, &length, 1);
  append_numbers(bytes, &json_length, 1);
  bytes += json;
  append_numbers(bytes, gpt.buffer.data(), gpt.buffer.size());
  append_numbers(bytes, optimizer.mean.data(), optimizer.mean.size());
  append_numbers(bytes, optimizer.mean_square.data(), optimizer.mean_square.size());
  const std::uint32_t check = checksum(bytes);
  append_numbers(bytes, &check, 1);
  write_file_atomically(path, bytes);
}

CheckpointFile read_checkpoint(const std::string& path) {
  const std::string bytes = file_bytes(path);
  try {
    std::string_view content = checked_content(bytes);
    const auto json_length = take_number<std::uint64_t>(content);
    const std::string_view json = content.substr(0, json_length);
    const auto parsed = nlohmann::ordered_json::parse(json);
    CheckpointFile file{path, header_from_json(parsed), parsed.at("step").get<Index>(), {}};
    content.remove_prefix(json.size());
    validate(file.header.settings.model);
    const Index expected = 3 * parameter_count(file.header.settings.model);
    if (content.size() != static_cast<std::size_t>(expected) * sizeof(Real)) {
      throw std::runtime_error("it does not hold the numbers that its configuration asks for");
    }
    file.numbers.resize(expected);
    std::memcpy(file.numbers.data(), content.data(), content.size());
    return file;
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

OwnedGpt checkpoint_model(const CheckpointFile& file) {
  OwnedGpt gpt(file.header.settings.model);
  gpt.buffer = file.numbers.head(gpt.buffer.size());
  return gpt;
}

void restore(Trainer& trainer, const CheckpointFile& file) {
  if (!(trainer.gpt.config == file.header.settings.model)) {
    throw std::runtime_error(file.path +
                             ": this checkpoint is of a model of another configuration");
  }
  const Index count = trainer.gpt.buffer.size();
  trainer.gpt.buffer = file.numbers.head(count);
  trainer.optimizer.mean = file.numbers.segment(count, count);
  trainer.optimizer.mean_square = file.numbers.tail(count);
  trainer.optimizer.steps = file.step;
}

}  // namespace llm
