// The matrix product at the sizes that training a GPT needs, on one thread, as a share of the limit
// that is measured in the same run, beside Eigen's product as this compiler builds it.

#include "common/foundations/product.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "common/foundations/machine.hpp"
#include "common/foundations/random.hpp"

using namespace llm;

namespace {

/// (m, k)(k, n), and where it comes from.
struct Shape {
  std::string name;
  Index m, n, k;
};

const std::vector<Shape> shapes = {{"a: queries, keys, values", 384, 384, 128},
                                   {"a: expand", 384, 512, 128},
                                   {"a: contract", 384, 128, 512},
                                   {"b: expand", 1024, 1536, 384},
                                   {"c: expand", 128, 3072, 768},
                                   {"one head's scores", 32, 64, 32}};

/// The GFLOP/s of `work`, repeated until a run takes a millisecond or so; the best of 20 runs.
double rate(const Shape& shape, const std::function<void()>& work) {
  const double operations = 2.0 * static_cast<double>(shape.m * shape.n * shape.k);
  const int repeats = std::max(1, static_cast<int>(1e8 / operations));
  const double seconds = fastest_seconds(
      [&] {
        for (int repeat = 0; repeat < repeats; ++repeat) work();
      },
      20);
  return operations * repeats / seconds / 1e9;
}

/// Measures one shape and prints a line.
void measure(const Shape& shape, double limit, bool json) {
  Generator generator(1);
  const Matrix a = random_normal(shape.m, shape.k, generator), a_transposed = a.transpose();
  const Matrix b = random_normal(shape.k, shape.n, generator), b_transposed = b.transpose();
  Matrix c = Matrix::Zero(shape.m, shape.n);
  const double plain = rate(shape, [&] { multiply(a, b, c); });
  const double right = rate(shape, [&] { multiply_transposed(a, b_transposed, c); });
  const double left = rate(shape, [&] { transposed_multiply_add(a_transposed, b, c); });
  const double eigen = rate(shape, [&] { c.noalias() = a * b; });
  if (json) {
    const nlohmann::ordered_json line = {{"bench", "product"},
                                         {"name", shape.name},
                                         {"m", shape.m},
                                         {"n", shape.n},
                                         {"k", shape.k},
                                         {"threads", 1},
                                         {"gflops", plain},
                                         {"gflops_b_transposed", right},
                                         {"gflops_a_transposed", left},
                                         {"gflops_eigen", eigen},
                                         {"limit_gflops", limit},
                                         {"fraction", plain / limit}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print(
        "{:25} {:4} x {:4} x {:4}   a b {:5.1f}   a bT {:5.1f}   aT b {:5.1f}   Eigen {:5.1f}"
        "   of {:.1f} GFLOP/s\n",
        shape.name, shape.m, shape.n, shape.k, plain, right, left, eigen, limit);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Matrix products as a share of the machine's limit");
  bool json = false;
  app.add_flag("--json", json, "one JSON object a line");
  CLI11_PARSE(app, argc, argv);
  const double limit = multiply_add_limit(1);
  for (const Shape& shape : shapes) measure(shape, limit, json);
}
