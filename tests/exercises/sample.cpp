// A chapter for the runner's tests: each of its exercises ends in a way of its own.

#include <csignal>
#include <vector>

#include "tests/exercises/check.hpp"

namespace llm {

namespace {

/// A product of matrices whose inner sizes do not agree.
void multiply_unfit() {
  const Matrix wide = Matrix::Ones(2, 3);
  const Matrix product = wide * wide;
  expect(product.rows() == 2, "unreached");
}

/// Does not come back.
void loop_forever() {
  volatile bool on = true;
  while (on) {
  }
}

}  // namespace

std::vector<Exercise> exercises() {
  const auto nothing = [] {};
  return {
      {"9.1a", "A sum", nothing, nothing, {}},
      {"9.2a", "A product", [] { throw NotDone("9.2a"); }, nothing, {}},
      {"9.2b", "Wrong", [] { throw WrongAnswer("Did you forget to multiply?"); }, nothing, {}},
      {"9.2c", "Unfit", multiply_unfit, nothing, {}},
      {"9.2d", "Crash", [] { std::raise(SIGSEGV); }, nothing, {}},
      {"9.2e", "Endless", loop_forever, nothing, {}},
      {"9.20a", "Another section", nothing, nothing, {}},
  };
}

}  // namespace llm
