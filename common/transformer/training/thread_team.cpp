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

/// Waits until `number` is no longer `old`: awake for about as long as a thread takes to wake up
/// (it offers its core to others between two looks), then asleep.
template <class Number>
void wait_while(const std::atomic<Number>& number, Number old) {
  for (int look = 0; look < 200; ++look) {
    if (number.load() != old) return;
    std::this_thread::yield();
  }
  number.wait(old);
}

/// Begins a round of this work.
void begin_round(ThreadTeam& team, const std::function<void(int)>* work) {
  team.current = work;
  team.working = static_cast<int>(team.threads.size());
  ++team.rounds;
  team.rounds.notify_all();
}

/// The life of a thread: wait for a round, take part, say so.
void serve(ThreadTeam& team, int part) {
  for (std::uint32_t seen = 0;; ++seen) {
    wait_while(team.rounds, seen);
    if (team.current == nullptr) return;
    take_part(team, part);
    if (--team.working == 0) team.working.notify_one();
  }
}

/// Throws for a size that no team has.
void check_team_size(int size) {
  if (size >= 1) return;
  throw std::invalid_argument(fmt::format("ThreadTeam: {} threads, must be at least 1", size));
}

}  // namespace

ThreadTeam::ThreadTeam(int size_of_team) {
  check_team_size(size_of_team);
  try {
    for (int part = 1; part < size_of_team; ++part) {
      threads.emplace_back([this, part] { serve(*this, part); });
    }
  } catch (const std::exception& error) {
    const int started = size();
    begin_round(*this, nullptr);
    throw std::runtime_error(
        fmt::format("the system gave {} of {} threads ({}); ask for fewer with --threads", started,
                    size_of_team, error.what()));
  }
}

ThreadTeam::~ThreadTeam() {
  begin_round(*this, nullptr);
}

void ThreadTeam::run(const std::function<void(int)>& work) {
  failure = nullptr;
  begin_round(*this, &work);
  take_part(*this, 0);
  for (int left = working; left > 0; left = working) wait_while(working, left);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace llm
