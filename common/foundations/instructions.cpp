// A program that was built on one machine for all of its instructions, and copied to an older one,
// dies of "Illegal instruction" at some place that says nothing. This file is linked into every
// program and speaks first.

#include <unistd.h>

#include <cstdio>

#ifdef __x86_64__

namespace llm {

namespace {

/// A name for instructions that the program was built with and this processor lacks; null if it has
/// them all. Compiled for the oldest processor, because it must run on one.
[[gnu::target("arch=x86-64")]] const char* missing_instructions() {
  __builtin_cpu_init();
#ifdef __SSE4_2__
  if (!__builtin_cpu_supports("sse4.2")) return "SSE4.2";
#endif
#ifdef __AVX__
  if (!__builtin_cpu_supports("avx")) return "AVX";
#endif
#ifdef __AVX2__
  if (!__builtin_cpu_supports("avx2")) return "AVX2";
#endif
#ifdef __FMA__
  if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
#ifdef __BMI2__
  if (!__builtin_cpu_supports("bmi2")) return "BMI2";
#endif
#ifdef __FMA4__
  if (!__builtin_cpu_supports("fma4")) return "FMA4";
#endif
#ifdef __XOP__
  if (!__builtin_cpu_supports("xop")) return "XOP";
#endif
#ifdef __AVX512F__
  if (!__builtin_cpu_supports("avx512f")) return "AVX-512";
#endif
#if defined(__AVX512VL__) && defined(__AVX512BW__) && defined(__AVX512DQ__)
  if (!__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq")) {
    return "AVX-512 VL, BW and DQ";
  }
#endif
#ifdef __AVX512VNNI__
  if (!__builtin_cpu_supports("avx512vnni")) return "AVX-512 VNNI";
#endif
  return nullptr;
}

}  // namespace

}  // namespace llm

/// Ends the program with a message where the processor lacks instructions that it was built with.
/// Runs before anything else of the program does, since already the initialization of a global may
/// use them.
extern "C" [[gnu::constructor(101), gnu::target("arch=x86-64")]] void llm_check_instructions() {
  const char* missing = llm::missing_instructions();
  if (missing == nullptr) return;
  std::fprintf(
      stderr,
      "this program was built on another machine, for a processor with %s instructions, "
      "which this one lacks; build it again here: remove the folder build and call ./learn\n",
      missing);
  ::_exit(1);
}

#else

/// Other processors: the oldest that the compiler builds for will do.
extern "C" void llm_check_instructions() {}

#endif
