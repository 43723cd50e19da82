#include "common/foundations/machine.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cmath>

#include "tests/catch.hpp"

using namespace llm;

TEST_CASE("the fastest run is timed over at least as many runs as asked for") {
  int runs = 0;
  const double seconds = fastest_seconds([&] { ++runs; }, 5);
  CHECK(runs >= 5);
  CHECK(seconds < 0.02);
}

TEST_CASE("the limit of multiply-adds is one that a core of today can have") {
  const double limit = multiply_add_limit();
  CHECK(limit > 1);
  CHECK(limit < 2000);
}

TEST_CASE("two threads have a limit of their own, up to twice that of one") {
  const double one = multiply_add_limit(), two = multiply_add_limit(2);
  CHECK(two > 0.3 * one);
  CHECK(two < 3 * one);
}

TEST_CASE(
    "the memory that can be had is some of the machine's, and no more than the shell allows") {
  const double physical =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  const double available = available_memory();
  CHECK(available > 1e7);
  CHECK((available < 3 * physical || std::isinf(available)));  // swap is counted, too
}

// The sanitizers reserve more addresses than any limit leaves.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a limit of the shell is the memory that can be had") {
  rlimit old{};
  getrlimit(RLIMIT_AS, &old);
  const rlimit small{.rlim_cur = rlim_t(1) << 28U, .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_AS, &small);
  const double available = available_memory();
  setrlimit(RLIMIT_AS, &old);
  CHECK(available <= std::ldexp(1.0, 28));
}
#endif
