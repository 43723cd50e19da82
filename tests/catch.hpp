#pragma once

// Catch2, whichever major version the system has.
#if LLM_CATCH2_MAJOR >= 3
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
namespace Catch {
using Detail::Approx;
}
#endif

#if LLM_CATCH2_MAJOR >= 3
namespace Catch {
/// Matches a text that holds `part`, by the name that it has in Catch2 2.
inline auto Contains(const std::string& part) {
  return Matchers::ContainsSubstring(part);
}
}  // namespace Catch
#endif
