#include "common/foundations/machine.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace llm {

namespace {

#if defined(__AVX512F__)
constexpr int register_bytes = 64;
#elif defined(__AVX__)
constexpr int register_bytes = 32;
#else
constexpr int register_bytes = 16;
#endif

/// A vector register as a type: as many floats as one instruction works on.
using Register = float __attribute__((vector_size(register_bytes)));

/// Multiplies and adds in twelve registers at once, `rounds` times, and returns a number that
/// depends on all of it. Twelve, because each one waits some four cycles for its last result.
float multiply_and_add(int rounds) {
  constexpr int lanes = register_bytes / static_cast<int>(sizeof(float));
  std::array<Register, 12> sums;
  // Twelve different starts: a compiler computes twelve equal sums only once.
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = Register{} + static_cast<float>(i);
  const Register factor = Register{} + 0.999f, addend = Register{} + 0.001f;
  for (int round = 0; round < rounds; ++round) {
    for (Register& sum : sums) sum = sum * factor + addend;
  }
  float total = 0;
  for (const Register& sum : sums) {
    for (int lane = 0; lane < lanes; ++lane) total += sum[lane];
  }
  return total;
}

}  // namespace

double fastest_seconds(const std::function<void()>& work, int runs) {
  using Clock = std::chrono::steady_clock;
  double fastest = std::numeric_limits<double>::infinity(), total = 0;
  for (int run = 0; run < runs || total < 0.02; ++run) {
    const auto start = Clock::now();
    work();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    fastest = std::min(fastest, seconds);
    total += seconds;
  }
  return fastest;
}

double multiply_add_limit() {
  constexpr int rounds = 100'000;
  constexpr double operations = 2.0 * 12 * (register_bytes / sizeof(float)) * rounds;
  volatile float kept = 0;
  const double seconds = fastest_seconds([&] { kept = kept + multiply_and_add(rounds); }, 40);
  return operations / seconds * 1e-9;
}

}  // namespace llm
