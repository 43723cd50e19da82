// A chapter for the runner's tests: each of its exercises ends in a way of its own.

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/exercises/check.hpp"

namespace llm {

namespace {

// What the compiler may not reason about, so that it keeps the faults below.
volatile bool on = true;
volatile int zero = 0;

/// A product of matrices whose inner sizes do not agree.
void multiply_unfit() {
  const Matrix wide = Matrix::Ones(2, 3);
  const Matrix product = wide * wide;
  expect(product.rows() == 2, "unreached");
}

/// Does not come back.
void loop_forever() {
  while (on) {
  }
}

/// Prints without end.
void print_forever() {
  while (on) std::puts("tick");
}

/// Prints one line that does not end.
void print_one_endless_line() {
  while (on) std::cout << "0123456789";
}

/// Calls itself without end.
int recurse(int depth) {
  volatile int here[64] = {depth};
  return on ? recurse(depth + 1) + here[0] : 0;
}

/// Adds to a vector without end.
void eat_memory() {
  std::vector<double> numbers;
  while (on) numbers.resize(numbers.size() + (std::size_t{1} << 22));
}

/// Prints half a line and touches memory that is not its own.
void print_and_crash() {
  fmt::print("x = 3");
  std::raise(SIGSEGV);
}

/// Closes every file that it could have been given, and is right.
void close_everything() {
  for (int file = 0; file < 64; ++file) close(file);
}

/// Looks for an entry behind the last.
void index_behind_the_end() {
  const std::vector<int> numbers(3);
  expect(numbers[static_cast<std::size_t>(zero) + 3] == 0, "unreached");
}

/// Takes longer than the runner's patience, and is right.
void take_long() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1800));
}

/// Waits for an answer of the reader that never comes.
void read_input() {
  std::string line;
  expect(!std::getline(std::cin, line), "something was read");
}

}  // namespace

std::vector<Exercise> exercises() {
  const auto nothing = [] {};
  const auto reader = [=](const std::string& id, const std::function<void()>& check) {
    return Exercise{id, "", check, nothing, {}};
  };
  return {
      reader("9.1a", nothing),
      reader("9.2a", [] { throw NotDone("9.2a"); }),
      reader("9.2b", [] { throw WrongAnswer("Did you forget to multiply?"); }),
      reader("9.2c", multiply_unfit),
      reader("9.2d", [] { std::raise(SIGSEGV); }),
      reader("9.2e", loop_forever),
      reader("9.2f", [] { throw NotDone("9.2a"); }),
      reader("9.3a", print_forever),
      reader("9.3b", print_one_endless_line),
      reader("9.3c", [] { fmt::print(stderr, "debug: hi\n9.3c\tdone\t"); }),
      reader("9.3d", print_and_crash),
      reader("9.4a", [] { recurse(0); }),
      reader("9.4b", eat_memory),
      reader("9.4c", [] { throw 42; }),
      reader("9.4d", [] { throw std::out_of_range("no such row"); }),
      reader("9.4e", [] { std::exit(0); }),
      reader("9.4f", [] { std::abort(); }),
      reader("9.4g", close_everything),
      reader("9.4h", [] { fmt::print("{}", 7 / zero); }),
      reader("9.4i", index_behind_the_end),
      reader("9.4j", read_input),
      reader("9.4k", take_long),
      reader("9.20a", nothing),
  };
}

}  // namespace llm
