#include "common/training/causality.hpp"

#include <algorithm>
#include <vector>

namespace llm {

Real future_leak(const TokenModel& model, std::span<const int> tokens, int vocabulary) {
  const Matrix undisturbed = model(tokens);
  std::vector<int> changed(tokens.begin(), tokens.end());
  Real leak = 0;
  for (std::size_t t = tokens.size(); t-- > 1;) {
    const Index earlier = static_cast<Index>(t);
    for (int token = 0; token < vocabulary; ++token) {
      changed[t] = token;
      const Matrix difference = model(changed).topRows(earlier) - undisturbed.topRows(earlier);
      leak = std::max(leak, difference.cwiseAbs().maxCoeff());
    }
    changed[t] = tokens[t];
  }
  return leak;
}

}  // namespace llm
