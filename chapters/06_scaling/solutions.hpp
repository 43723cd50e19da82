#pragma once

// The reference solutions of chapter 6's exercises.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "chapters/06_scaling/exercises.hpp"
#include "common/foundations/matrix.hpp"

namespace solutions {

using namespace llm;

inline Vector nucleus(const Vector& probabilities, double p) {
  std::vector<Index> order(static_cast<std::size_t>(probabilities.size()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](Index a, Index b) { return probabilities(a) > probabilities(b); });
  Vector kept = Vector::Zero(probabilities.size());
  double sum = 0;
  for (const Index token : order) {
    kept(token) = probabilities(token);
    sum += probabilities(token);
    if (sum >= p) break;
  }
  return kept / kept.sum();
}

inline Vector penalized(const Vector& logits, const std::vector<int>& recent, double penalty) {
  Vector result = logits;
  for (const int token : recent) {
    const double logit = logits(token);
    result(token) = static_cast<Real>(logit > 0 ? logit / penalty : logit * penalty);
  }
  return result;
}

inline Vector cut_and_bent(const Vector& logits, double share, double temperature) {
  const double best = logits.maxCoeff(), least = best + std::log(share);
  Vector weights(logits.size());
  for (Index token = 0; token < logits.size(); ++token) {
    const double logit = logits(token);
    weights(token) = static_cast<Real>(logit < least ? 0 : std::exp((logit - best) / temperature));
  }
  return weights / weights.sum();
}

}  // namespace solutions
