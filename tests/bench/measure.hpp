#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace bench {

using llm::Index;
using llm::Real;

/// Seconds on a clock that only goes forward.
inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The largest amount of memory that the process has held, in MiB.
inline double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Bytes in a vector register that the compiler may use.
#ifdef __AVX__
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif

/// Multiplications and additions a second, in GFLOP/s, of one thread that does nothing else: twelve
/// independent sums in vector registers, the best of 40 runs of about half a millisecond.
inline double thread_limit() {
  using Lanes [[gnu::vector_size(vector_bytes)]] = Real;
  constexpr int sums = 12, rounds = 1 << 17;
  constexpr double operations = 2.0 * sums * rounds * (sizeof(Lanes) / sizeof(Real));
  Lanes a[sums] = {}, factor = Lanes{} + Real(0.5), term = Lanes{} + Real(1);
  double best = 0;
  for (int run = 0; run < 40; ++run) {
    asm volatile("" : "+m"(factor), "+m"(term));  // unknown to the compiler
    const double start = now();
    for (int round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
      for (Lanes& sum : a) sum = sum * factor + term;
    }
    for (Lanes& sum : a) asm volatile("" : "+m"(sum));  // wanted
    best = std::max(best, operations / (now() - start) / 1e9);
  }
  return best;
}

/// The sum of thread_limit over threads that run at the same time.
inline double measured_limit(int threads) {
  std::vector<double> limits(static_cast<std::size_t>(threads));
  std::vector<std::thread> running;
  for (double& limit : limits) running.emplace_back([&limit] { limit = thread_limit(); });
  for (std::thread& thread : running) thread.join();
  double total = 0;
  for (const double limit : limits) total += limit;
  return total;
}

/// The seconds of one call of `work`: the shortest of `runs`.
inline double shortest(int runs, const std::function<void()>& work) {
  double best = 1e9;
  for (int run = 0; run < runs; ++run) {
    const double start = now();
    work();
    best = std::min(best, now() - start);
  }
  return best;
}

}  // namespace bench
