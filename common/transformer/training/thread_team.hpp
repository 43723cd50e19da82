#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "common/foundations/matrix.hpp"

namespace llm {

/// The part of some rows, columns or numbers that one of several threads takes.
struct Slice {
  int thread, threads;

  /// Where it begins among `size`.
  Index first(Index size) const { return size * thread / threads; }

  /// How many of `size` it has.
  Index count(Index size) const { return size * (thread + 1) / threads - first(size); }
};

/// Threads that wait for work and do it together. The caller is one of them, so a team of 1 starts
/// no thread at all.
struct ThreadTeam {
  /// Starts size_of_team - 1 threads. Throws std::invalid_argument for less than 1, and
  /// std::runtime_error, saying how many could be started, where the system does not give as many.
  explicit ThreadTeam(int size_of_team);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  /// Calls work(0) … work(size() - 1), each on its own thread, and returns when all are done.
  /// Rethrows the first exception that one of them threw.
  void run(const std::function<void(int)>& work);

  /// How many threads take part, the caller included.
  int size() const { return static_cast<int>(threads.size()) + 1; }

  std::atomic<std::uint32_t> rounds = 0;  ///< begun so far
  std::atomic<int> working = 0;           ///< threads that have not done their part of this one
  const std::function<void(int)>* current = nullptr;  ///< the round's work; none ends the threads
  std::mutex mutex;                                   ///< guards `failure`
  std::exception_ptr failure;
  std::vector<std::jthread> threads;  ///< the last member: they end before the others do
};

}  // namespace llm
