#if LLM_CATCH2_MAJOR < 3
#define CATCH_CONFIG_MAIN
#include "tests/catch.hpp"
#else
#include <catch2/catch_session.hpp>

int main(int argc, char* argv[]) {
  return Catch::Session().run(argc, argv);
}
#endif
