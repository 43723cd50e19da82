#include "common/transformer/training/thread_team.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace llm {

namespace {

/// Does one thread's part of the work and keeps the first exception for the caller.
void take_part(ThreadTeam& team, int part) {
  try {
    (*team.current)(part);
  } catch (...) {
    const std::lock_guard lock(team.mutex);
    if (!team.failure) team.failure = std::current_exception();
  }
}

/// The life of a thread: wait for a round, take part, wait until all have.
void serve(ThreadTeam& team, int part) {
  while (true) {
    team.gate.arrive_and_wait();
    if (team.current == nullptr) return;
    take_part(team, part);
    team.gate.arrive_and_wait();
  }
}

/// The size of a team, if it can have one.
int checked_size(int size) {
  if (size >= 1) return size;
  throw std::invalid_argument(fmt::format("ThreadTeam: {} threads, must be at least 1", size));
}

}  // namespace

ThreadTeam::ThreadTeam(int size_of_team) : gate(checked_size(size_of_team)) {
  try {
    for (int part = 1; part < size_of_team; ++part) {
      threads.emplace_back([this, part] { serve(*this, part); });
    }
  } catch (const std::exception& error) {
    const int started = size();
    // Those that run wait for all: go in place of the missing ones, and let them end.
    for (int missing = started; missing < size_of_team; ++missing) gate.arrive_and_drop();
    gate.arrive_and_wait();
    throw std::runtime_error(
        fmt::format("the system gave {} of {} threads ({}); ask for fewer with --threads", started,
                    size_of_team, error.what()));
  }
}

ThreadTeam::~ThreadTeam() {
  current = nullptr;
  gate.arrive_and_wait();
}

void ThreadTeam::run(const std::function<void(int)>& work) {
  current = &work;
  failure = nullptr;
  gate.arrive_and_wait();
  take_part(*this, 0);
  gate.arrive_and_wait();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace llm
