#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace llm {

/// Threads that wait for work and do it together. The caller is one of them, so a team of 1 starts
/// no thread at all.
struct ThreadTeam {
  /// Starts size_of_team - 1 threads; throws std::invalid_argument for less than 1.
  explicit ThreadTeam(int size_of_team);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  /// Calls work(0) … work(size() - 1), each on its own thread, and returns when all are done.
  /// Rethrows the first exception that one of them threw.
  void run(const std::function<void(int)>& work);

  /// How many threads take part, the caller included.
  int size() const { return static_cast<int>(threads.size()) + 1; }

  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable start, finish;
  const std::function<void(int)>* current = nullptr;
  std::uint64_t round = 0;  ///< counts the calls of run, so that each thread takes part once
  int unfinished = 0;
  bool stopping = false;
  std::exception_ptr failure;
};

}  // namespace llm
