#include "common/foundations/machine.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <limits>
#include <numeric>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

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

/// The limit of one thread, as multiply_add_limit measures it.
double core_limit() {
  constexpr int rounds = 100'000;
  constexpr double operations = 2.0 * 12 * (register_bytes / sizeof(float)) * rounds;
  volatile float kept = 0;
  const double seconds = fastest_seconds([&] { kept = kept + multiply_and_add(rounds); }, 40);
  return operations / seconds * 1e-9;
}

/// The number after a label in one of the system's files, or with an empty label the first one;
/// infinity where there is none ("max" stands for no limit).
double labeled_number(const char* path, const std::string& label) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(label)) continue;
    std::istringstream rest(line.substr(label.size()));
    if (double number = 0; rest >> number) return number;
  }
  return std::numeric_limits<double>::infinity();
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

double multiply_add_limit(int threads) {
  std::vector<double> limits(static_cast<std::size_t>(threads));
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < limits.size(); ++i) {
    others.emplace_back([&limit = limits[i]] { limit = core_limit(); });
  }
  limits.at(0) = core_limit();
  for (std::jthread& other : others) other.join();
  return std::accumulate(limits.begin(), limits.end(), 0.0);
}

double available_memory() {
  constexpr double unlimited = std::numeric_limits<double>::infinity();
  const double free = labeled_number("/proc/meminfo", "MemAvailable:");
  const double swap = labeled_number("/proc/meminfo", "SwapFree:");
  rlimit shell{};
  const bool limited = getrlimit(RLIMIT_AS, &shell) == 0 && shell.rlim_cur != RLIM_INFINITY;
  return std::min({free < unlimited ? 1024 * (free + (swap < unlimited ? swap : 0)) : unlimited,
                   limited ? static_cast<double>(shell.rlim_cur) : unlimited,
                   labeled_number("/sys/fs/cgroup/memory.max", ""),
                   labeled_number("/sys/fs/cgroup/memory/memory.limit_in_bytes", "")});
}

}  // namespace llm
