#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace bench {

/// Seconds on a clock that only goes forward.
inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The seconds of the fastest of `runs` runs of `work`.
template <typename Work>
double shortest(int runs, const Work& work) {
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < runs; ++run) {
    const double start = now();
    work();
    best = std::min(best, now() - start);
  }
  return best;
}

/// The largest amount of memory that the process has held, in MiB.
inline double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace bench
