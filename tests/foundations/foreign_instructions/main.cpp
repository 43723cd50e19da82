#include <cstdio>

/// Built with common/foundations/instructions.cpp for instructions that no processor has had for
/// years, this must not be reached.
int main() {
  std::puts("the program ran");
}
