#pragma once

// The reference solutions of chapter 6's exercises.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "chapters/06_scaling/exercises.hpp"
#include "common/foundations/matrix.hpp"

namespace solutions {

using namespace llm;
using exercises::TokenMerge;

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

inline std::vector<int> merge_by_rank(std::vector<int> tokens,
                                      const std::vector<TokenMerge>& merges) {
  for (std::size_t rank = 0; rank < merges.size(); ++rank) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i] != merges[rank].left || tokens[i + 1] != merges[rank].right) continue;
      tokens[i] = merges[rank].result;
      tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      return solutions::merge_by_rank(tokens, merges);
    }
  }
  return tokens;
}

inline std::vector<std::string> cut_before_words(const std::string& text) {
  std::vector<std::string> pieces;
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t word = std::min(text.find_first_not_of(' ', place), text.size());
    std::size_t end = std::min(text.find(' ', word), text.size());
    if (word == text.size()) {
      end = word;
    } else if (word > place + 1) {
      end = word - 1;
    }
    pieces.push_back(text.substr(place, end - place));
    place = end;
  }
  return pieces;
}

inline bool is_utf8(const std::string& bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto first = static_cast<unsigned char>(bytes[i++]);
    if (first < 0x80) continue;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC0 || first > 0xF7) return false;
    std::uint32_t number = first & (0x3FU >> static_cast<unsigned>(more));
    for (int k = 0; k < more; ++k, ++i) {
      if (i == bytes.size() || (static_cast<unsigned char>(bytes[i]) & 0xC0U) != 0x80) return false;
      number = number << 6U | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
    }
    const std::uint32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    if (number < least || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF)) return false;
  }
  return true;
}

}  // namespace solutions
