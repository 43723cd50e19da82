#include "common/transformer/training/thread_team.hpp"

#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <stdexcept>
#include <string>

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("every thread of a team does its part once in every round") {
  ThreadTeam team(3);
  CHECK(team.size() == 3);
  std::vector<int> rounds(3, 0);
  for (int round = 0; round < 100; ++round) {
    team.run([&](int part) { ++rounds[static_cast<std::size_t>(part)]; });
  }
  CHECK(rounds == std::vector<int>{100, 100, 100});
}

TEST_CASE("a round is over when the slowest thread is done") {
  ThreadTeam team(2);
  for (int slow = 0; slow < 2; ++slow) {
    std::atomic<bool> done = false;
    team.run([&](int part) {
      if (part != slow) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      done = true;
    });
    CHECK(done);
  }
}

TEST_CASE("an exception of one thread reaches the caller, and the team works on") {
  ThreadTeam team(3);
  for (const int thrower : {0, 2}) {
    CHECK_THROWS_WITH(team.run([&](int part) {
      if (part == thrower) throw std::runtime_error("from thread " + std::to_string(part));
    }),
                      "from thread " + std::to_string(thrower));
  }
  std::atomic<int> parts = 0;
  team.run([&](int) { ++parts; });
  CHECK(parts == 3);
}

// The sanitizers reserve more addresses than any limit leaves.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a team that the system has no threads for says how many it has") {
  std::ifstream statistics("/proc/self/statm");
  rlim_t pages = 0;
  statistics >> pages;
  rlimit old{};
  getrlimit(RLIMIT_AS, &old);
  // Room for the stacks of a few threads, of 8 MiB each as a rule.
  const rlimit small{.rlim_cur = pages * 4096 + (64U << 20U), .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_AS, &small);
  std::string message;
  try {
    ThreadTeam team(1000);
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_AS, &old);
  CHECK_THAT(message, Catch::Contains(" of 1000 threads") && Catch::Contains("--threads"));
  ThreadTeam team(2);
  CHECK(team.size() == 2);
}
#endif
