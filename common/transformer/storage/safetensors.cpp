#include "common/transformer/storage/safetensors.hpp"

#include <fmt/ranges.h>

#include <cstring>

#include "common/transformer/storage/files.hpp"

namespace llm {

namespace {

/// This program's numbers in the words of the format.
constexpr const char* number_type = sizeof(Real) == 4 ? "F32" : "F64";

/// The field of the checksum as it stands in the header, where its eight digits begin, and what
/// stands there while the checksum is computed.
constexpr std::string_view checksum_field = "\"crc32\":\"", no_checksum = "00000000";

/// The shape of a tensor in a file.
std::vector<Index> stored_shape(TensorForm form, Index rows, Index columns) {
  if (form == TensorForm::vector) return {columns};
  if (form == TensorForm::transposed) return {columns, rows};
  return {rows, columns};
}

/// The header of these tensors, padded with spaces so that the numbers begin at a multiple of 8.
std::string header_text(std::span<const Tensor> tensors, const Metadata& metadata) {
  Json header = {{"__metadata__", metadata}};
  std::size_t end = 0;
  for (const Tensor& tensor : tensors) {
    const std::size_t begin = end;
    end += static_cast<std::size_t>(tensor.numbers.size()) * sizeof(Real);
    header[tensor.name] = {
        {"dtype", number_type},
        {"shape", stored_shape(tensor.form, tensor.numbers.rows(), tensor.numbers.cols())},
        {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

/// The bytes of some numbers.
std::span<const char> bytes_of(const Real* numbers, Index count) {
  return {reinterpret_cast<const char*>(numbers), static_cast<std::size_t>(count) * sizeof(Real)};
}

/// Hands the whole file to the sink, a tensor at a time.
void send(const std::string& header, std::span<const Tensor> tensors, const ByteSink& sink) {
  const std::uint64_t length = header.size();
  sink({reinterpret_cast<const char*>(&length), sizeof(length)});
  sink(header);
  for (const Tensor& tensor : tensors) {
    if (tensor.form == TensorForm::transposed) {
      const Matrix turned = tensor.numbers.transpose();
      sink(bytes_of(turned.data(), turned.size()));
    } else {
      sink(bytes_of(tensor.numbers.data(), tensor.numbers.size()));
    }
  }
}

/// Throws unless an entry of the header is a tensor inside `available` bytes.
void check_entry(const std::string& name, const Json& entry, std::size_t available) {
  std::string type;
  std::vector<std::size_t> shape, offsets;
  require_field(entry, "dtype", type);
  require_field(entry, "shape", shape);
  require_field(entry, "data_offsets", offsets);
  if (offsets.size() == 2 && offsets[0] <= offsets[1] && offsets[1] <= available) return;
  throw std::runtime_error(
      fmt::format("the tensor {} lies at {}, and there are {} bytes of numbers: the file is cut "
                  "off or damaged",
                  name, entry.at("data_offsets").dump(), available));
}

/// The header's text; throws where the file is too short for one.
std::string_view header_of(std::string_view bytes) {
  std::uint64_t length = 0;
  if (bytes.size() >= sizeof(length)) std::memcpy(&length, bytes.data(), sizeof(length));
  if (bytes.size() < sizeof(length) || length > bytes.size() - sizeof(length)) {
    throw std::runtime_error(fmt::format(
        "the file is cut off, or not of the format safetensors: it has {} bytes", bytes.size()));
  }
  return bytes.substr(sizeof(length), length);
}

/// Throws when the checksum in the metadata, if there is one, is not that of the bytes.
std::uint32_t verified_checksum(const TensorFile& file, std::string_view header) {
  const auto told = file.metadata.find("crc32");
  if (told == file.metadata.end()) return 0;
  const std::size_t field = header.find(checksum_field);
  if (field == header.npos || told->second.size() != no_checksum.size()) {
    throw std::runtime_error("the file is damaged: its checksum cannot be read");
  }
  const std::span<const char> bytes = file.bytes;
  const std::size_t digits = sizeof(std::uint64_t) + field + checksum_field.size();
  const std::uint32_t before = checksum(no_checksum, checksum(bytes.first(digits)));
  const std::uint32_t found = checksum(bytes.subspan(digits + no_checksum.size()), before);
  if (fmt::format("{:08x}", found) == told->second) return found;
  throw std::runtime_error("the file is damaged: its checksum does not match its content");
}

}  // namespace

std::uint32_t write_safetensors(const std::string& path, std::span<const Tensor> tensors,
                                Metadata metadata) {
  metadata["crc32"] = no_checksum;
  std::string header = header_text(tensors, metadata);
  std::uint32_t sum = 0;
  send(header, tensors, [&](std::span<const char> bytes) { sum = checksum(bytes, sum); });
  header.replace(header.find(checksum_field) + checksum_field.size(), no_checksum.size(),
                 fmt::format("{:08x}", sum));
  write_file(path, [&](const ByteSink& sink) { send(header, tensors, sink); });
  return sum;
}

TensorFile read_safetensors(const std::string& path) {
  TensorFile file{.path = path, .bytes = read_file(path), .tensors = {}, .metadata = {}};
  try {
    const std::string_view header = header_of(file.bytes);
    file.data = sizeof(std::uint64_t) + header.size();
    file.tensors = Json::parse(header);
    read_field(file.tensors, "__metadata__", file.metadata);
    file.tensors.erase("__metadata__");
    for (const auto& [name, entry] : file.tensors.items()) {
      check_entry(name, entry, file.bytes.size() - file.data);
    }
    file.checksum = verified_checksum(file, header);
  } catch (const nlohmann::json::exception&) {
    throw std::runtime_error(path + ": the header is damaged, or this is no file of safetensors");
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
  return file;
}

void read_tensor(const TensorFile& file, const std::string& name, TensorForm form,
                 MatrixOut numbers) {
  if (!file.tensors.contains(name)) {
    throw std::runtime_error(fmt::format("{}: there is no tensor {}", file.path, name));
  }
  const Json& entry = file.tensors.at(name);
  const std::vector<Index> expected = stored_shape(form, numbers.rows(), numbers.cols());
  const auto [begin, end] = entry.at("data_offsets").get<std::pair<std::size_t, std::size_t>>();
  if (entry.at("dtype") != number_type || entry.at("shape") != Json(expected) ||
      end - begin != static_cast<std::size_t>(numbers.size()) * sizeof(Real)) {
    throw std::runtime_error(fmt::format("{}: the tensor {} is {} {} in {} bytes, expected {} {}",
                                         file.path, name, entry.at("dtype").get<std::string>(),
                                         entry.at("shape").dump(), end - begin, number_type,
                                         Json(expected).dump()));
  }
  const bool turned = form == TensorForm::transposed;
  Matrix stored(turned ? numbers.cols() : numbers.rows(), turned ? numbers.rows() : numbers.cols());
  std::memcpy(stored.data(), file.bytes.data() + file.data + begin, end - begin);
  if (turned) {
    numbers = stored.transpose();
  } else {
    numbers = stored;
  }
}

}  // namespace llm
