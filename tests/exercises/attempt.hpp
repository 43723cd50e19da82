#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "tests/exercises/exercise.hpp"

namespace llm {

enum class State { done, not_done, wrong };

/// What a check may use before it is stopped, and how much of what it prints is kept.
struct Limits {
  std::chrono::milliseconds time{10'000};
  std::chrono::milliseconds patience{1'500};  // until somebody is told that it still runs
  std::size_t memory_mib = 0;                 // 0 for no limit
  std::size_t lines = 100;
  std::size_t bytes = 65'536;
};

/// What a check printed: its beginning, and how much there was in all.
struct Printed {
  std::string text;
  std::size_t lines = 0;
  std::size_t bytes = 0;
};

/// Adds a part of the output, of which no more is kept than the limits allow.
void add_printed(Printed& printed, std::string_view part, const Limits& limits);

/// How an exercise stands, what to tell the reader about it, and what their code printed.
struct Outcome {
  State state;
  std::string message;
  Printed printed;
};

/// Runs a check in a process of its own, which may print, crash, end or never end. Its standard
/// output and error are caught; its standard input is empty. Calls `still_running` once when the
/// limits' patience is over.
Outcome attempt(const Exercise& exercise, const Limits& limits,
                const std::function<void()>& still_running);

}  // namespace llm
