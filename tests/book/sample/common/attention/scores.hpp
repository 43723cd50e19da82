#pragma once

namespace llm {

/// The largest score that a test allows.
constexpr double limit = 30;

/// The scores of one query.
struct Scores {
  double largest = 0;

  /// Whether there are none.
  bool empty() const { return largest == 0; }
};

/// The dot product of two numbers.
double score(double a, double b);

/// The dot product with a bias.
double score(double a, double b, double bias);

/// Half of a score.
double half(double score);

}  // namespace llm
