#pragma once

#include <functional>

namespace llm {

/// Seconds that `work` takes: the fastest of several runs, since what else the machine does can
/// only make a run slower. Runs at least `runs` times, and goes on until 20 ms have passed.
double fastest_seconds(const std::function<void()>& work, int runs = 3);

/// The most float multiplications and additions that this many threads can do at the same time, in
/// GFLOP/s, measured in some 20 ms: fused multiply-adds on values that never leave the registers.
double multiply_add_limit(int threads = 1);

/// How many bytes of memory the program can hope for: what the system has free or can free, swap
/// included, or what a container or the shell (ulimit -v) allows, if that is less. Infinite where
/// the system does not say.
double available_memory();

}  // namespace llm
