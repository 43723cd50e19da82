// A test program whose report tests/house/test_summary.py reads. The hidden test cases run only
// when they are asked for by name.
#include <csignal>
#include <cstdlib>

#include "tests/catch.hpp"

TEST_CASE("one and one are two") {
  CHECK(1 + 1 == 2);
}

TEST_CASE("a sign that XML keeps for itself: <&>") {
  CHECK(true);
}

TEST_CASE("one and one are three", "[.]") {
  CHECK(1 + 1 == 3);
}

TEST_CASE("a crash", "[.]") {
  CHECK(true);
  std::raise(SIGSEGV);
}

TEST_CASE("a program that leaves in the middle", "[.]") {
  CHECK(true);
  std::exit(0);
}
