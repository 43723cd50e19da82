#pragma once

namespace solutions {

inline double scaled_score(const Vector& a, const Vector& b) {
  return a.dot(b) / std::sqrt(a.size());
}

}  // namespace solutions
