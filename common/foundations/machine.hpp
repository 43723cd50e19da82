#pragma once

#include <functional>

namespace llm {

/// Seconds that `work` takes: the fastest of several runs, since what else the machine does can
/// only make a run slower. Runs at least `runs` times, and goes on until 20 ms have passed.
double fastest_seconds(const std::function<void()>& work, int runs = 3);

/// The most float multiplications and additions that one core can do, in GFLOP/s, measured in some
/// 20 ms: fused multiply-adds on values that never leave the registers.
double multiply_add_limit();

}  // namespace llm
