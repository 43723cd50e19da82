#include "common/attention/scores.hpp"

namespace llm {

namespace {

/// A product.
double product(double a, double b) {
  return a * b;
}

}  // namespace

double score(double a, double b) {
  return product(a, b);
}

double score(double a, double b, double bias) {
  return product(a, b) + bias;
}

double half(double score) {
  return score / 2;
}

}  // namespace llm
