#include "common/transformer/storage/safetensors.hpp"

#include <cstring>
#include <fstream>

#include "common/transformer/storage/files.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_folder.hpp"

using namespace llm;

namespace {

const Matrix numbers = (Matrix(2, 3) << 1, 2, 3, 4, 5, 6).finished();

/// A matrix as `name`, in a form.
Tensor tensor(const char* name, TensorForm form, const Matrix& matrix) {
  return {name, form, {matrix.data(), matrix.rows(), matrix.cols()}};
}

/// A file with this header before the numbers 1 to 6.
void write_by_hand(const std::string& path, const std::string& header) {
  const std::uint64_t length = header.size();
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&length), sizeof(length));
  file << header;
  file.write(reinterpret_cast<const char*>(numbers.data()), 6 * sizeof(Real));
}

}  // namespace

TEST_CASE("a file of tensors is laid out as the format says") {
  const TemporaryFolder folder;
  const std::vector<Tensor> tensors = {tensor("a", TensorForm::matrix, numbers),
                                       tensor("b", TensorForm::transposed, numbers)};
  write_safetensors(folder / "file", tensors, {{"format", "pt"}});
  const std::string bytes = read_file(folder / "file");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  CHECK(length % 8 == 0);
  const auto header = nlohmann::json::parse(bytes.substr(8, length));
  const std::size_t size = 6 * sizeof(Real);
  CHECK(header["a"]["dtype"] == (sizeof(Real) == 4 ? "F32" : "F64"));
  CHECK(header["a"]["shape"] == std::vector<int>{2, 3});
  CHECK(header["b"]["shape"] == std::vector<int>{3, 2});
  CHECK(header["b"]["data_offsets"] == std::vector<std::size_t>{size, 2 * size});
  CHECK(header["__metadata__"]["format"] == "pt");
  REQUIRE(bytes.size() == 8 + length + 2 * size);
  std::vector<Real> stored(12);
  std::memcpy(stored.data(), bytes.data() + 8 + length, 2 * size);
  CHECK(stored == std::vector<Real>{1, 2, 3, 4, 5, 6, 1, 4, 2, 5, 3, 6});
}

TEST_CASE("tensors are read in the form in which they were written, and in no other") {
  const TemporaryFolder folder;
  const Matrix row = numbers.row(0);
  const std::vector<Tensor> tensors = {tensor("as it is", TensorForm::matrix, numbers),
                                       tensor("turned", TensorForm::transposed, numbers),
                                       tensor("vector", TensorForm::vector, row)};
  write_safetensors(folder / "file", tensors, {});
  const TensorFile file = read_safetensors(folder / "file");
  Matrix read = Matrix::Zero(2, 3), one = Matrix::Zero(1, 3);
  read_tensor(file, "as it is", TensorForm::matrix, read);
  CHECK(read == numbers);
  read.setZero();
  read_tensor(file, "turned", TensorForm::transposed, read);
  CHECK(read == numbers);
  read_tensor(file, "vector", TensorForm::vector, one);
  CHECK(one == row);
  const std::string type = sizeof(Real) == 4 ? "F32" : "F64";
  CHECK_THROWS_WITH(read_tensor(file, "turned", TensorForm::matrix, read),
                    Catch::Contains("the tensor turned is " + type + " [3,2] in") &&
                        Catch::Contains("expected " + type + " [2,3]"));
  CHECK_THROWS_WITH(read_tensor(file, "none", TensorForm::matrix, read),
                    folder / "file" + ": there is no tensor none");
}

TEST_CASE("a file of somebody else's, without a checksum, is read; one that lies is refused") {
  const TemporaryFolder folder;
  const std::string path = folder / "file", type = sizeof(Real) == 4 ? "F32" : "F64";
  const auto header = [&](const std::string& shape, std::size_t begin, std::size_t end) {
    return R"({"a":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":[)" +
           std::to_string(begin) + "," + std::to_string(end) + "]}}";
  };
  Matrix read = Matrix::Zero(2, 3);
  write_by_hand(path, header("[2,3]", 0, 6 * sizeof(Real)));
  const TensorFile file = read_safetensors(path);
  CHECK(file.checksum == 0);
  read_tensor(file, "a", TensorForm::matrix, read);
  CHECK(read == numbers);
  write_by_hand(path, header("[2,3]", 0, 5 * sizeof(Real)));
  CHECK_THROWS_WITH(read_tensor(read_safetensors(path), "a", TensorForm::matrix, read),
                    Catch::Contains("in " + std::to_string(5 * sizeof(Real)) + " bytes"));
  write_by_hand(path, header("[2,3]", 8, 8 + 6 * sizeof(Real)));
  CHECK_THROWS_WITH(read_safetensors(path), Catch::Contains("the tensor a lies at"));
  write_by_hand(path, R"({"a":{"shape":[2,3],"data_offsets":[0,24]}})");
  CHECK_THROWS_WITH(read_safetensors(path), path + ": the field \"dtype\" is missing");
  write_by_hand(path, "{\"a\":");
  CHECK_THROWS_WITH(read_safetensors(path), Catch::Contains("the header is damaged"));
}
