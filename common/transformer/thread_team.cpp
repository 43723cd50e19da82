#include "common/transformer/thread_team.hpp"

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

/// The life of a thread: wait for a round, take part, report, wait again.
void serve(ThreadTeam& team, int part) {
  std::uint64_t seen = 0;
  while (true) {
    {
      std::unique_lock lock(team.mutex);
      team.start.wait(lock, [&] { return team.stopping || team.round != seen; });
      if (team.stopping) return;
      seen = team.round;
    }
    take_part(team, part);
    const std::lock_guard lock(team.mutex);
    if (--team.unfinished == 0) team.finish.notify_one();
  }
}

}  // namespace

ThreadTeam::ThreadTeam(int size_of_team) {
  if (size_of_team < 1) {
    throw std::invalid_argument(
        fmt::format("ThreadTeam: {} threads, must be at least 1", size_of_team));
  }
  for (int part = 1; part < size_of_team; ++part) {
    threads.emplace_back([this, part] { serve(*this, part); });
  }
}

ThreadTeam::~ThreadTeam() {
  {
    const std::lock_guard lock(mutex);
    stopping = true;
  }
  start.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void ThreadTeam::run(const std::function<void(int)>& work) {
  {
    const std::lock_guard lock(mutex);
    current = &work;
    unfinished = static_cast<int>(threads.size());
    failure = nullptr;
    ++round;
  }
  start.notify_all();
  take_part(*this, 0);
  std::unique_lock lock(mutex);
  finish.wait(lock, [this] { return unfinished == 0; });
  if (failure) std::rethrow_exception(failure);
}

}  // namespace llm
