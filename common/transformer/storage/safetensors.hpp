#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "common/transformer/model/parameters.hpp"
#include "common/transformer/storage/json_fields.hpp"

namespace llm {

/// How a file holds a matrix (rows, columns) of this library: as it is, as (columns, rows), or, one
/// row, as a vector.
enum class TensorForm { matrix, transposed, vector };

/// Numbers that are to be written under a name.
struct Tensor {
  std::string name;
  TensorForm form;
  Eigen::Map<const Matrix> numbers;
};

/// What a file says besides its tensors.
using Metadata = std::map<std::string, std::string>;

/// Writes tensors as a file of the format safetensors (Hugging Face): the length of a header, the
/// header in JSON, which says each tensor's type, shape and place, and their numbers. A checksum of
/// the whole is added to the metadata, and returned. Nothing of the size of all tensors is held.
std::uint32_t write_safetensors(const std::string& path, std::span<const Tensor> tensors,
                                Metadata metadata);

/// A file of tensors, once its header has been found to fit it.
struct TensorFile {
  std::string path, bytes;
  Json tensors;  ///< the header: name -> dtype, shape, data_offsets
  Metadata metadata;
  std::size_t data = 0;        ///< where the numbers begin in `bytes`
  std::uint32_t checksum = 0;  ///< 0 where the file has none
};

/// Reads a file of tensors. Throws std::runtime_error that names it when it is missing, cut off,
/// damaged, or no such file.
TensorFile read_safetensors(const std::string& path);

/// Copies one tensor into `numbers`. Throws std::runtime_error that names file, tensor and both
/// shapes unless the file holds it in this form and in this program's precision.
void read_tensor(const TensorFile& file, const std::string& name, TensorForm form,
                 MatrixOut numbers);

}  // namespace llm
