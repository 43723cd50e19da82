#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/foundations/matrix.hpp"
#include "common/sequence/rotary.hpp"
#include "common/sequence/softmax.hpp"

// The solutions of the exercises of chapter 2.

namespace solutions {

using namespace llm;

inline Matrix log_softmax(const MatrixRef& scores) {
  Matrix logarithms(scores.rows(), scores.cols());
  for (Index i = 0; i < scores.rows(); ++i) {
    const auto shifted = scores.row(i).array() - scores.row(i).maxCoeff();
    logarithms.row(i) = shifted - std::log(shifted.exp().sum());
  }
  return logarithms;
}

inline OnlineSoftmax merge(const OnlineSoftmax& left, const OnlineSoftmax& right) {
  OnlineSoftmax whole;
  whole.maximum = std::max(left.maximum, right.maximum);
  for (const OnlineSoftmax& half : {left, right}) {
    if (half.sum > 0) whole.sum += half.sum * std::exp(half.maximum - whole.maximum);
  }
  return whole;
}

inline Matrix sinusoids_in_halves(Index length, Index width) {
  Matrix encodings(length, width);
  for (Index t = 0; t < length; ++t) {
    for (Index i = 0; i < width / 2; ++i) {
      const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(width);
      const double angle = static_cast<double>(t) * std::pow(10000.0, exponent);
      encodings(t, i) = static_cast<Real>(std::sin(angle));
      encodings(t, i + width / 2) = static_cast<Real>(std::cos(angle));
    }
  }
  return encodings;
}

inline Vector shift_encoding(const VectorRef& encoding, Index shift) {
  const Index width = encoding.size();
  Vector moved(width);
  for (Index i = 0; i < width / 2; ++i) {
    const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(width);
    const double angle = static_cast<double>(shift) * std::pow(10000.0, exponent);
    const auto sine = static_cast<Real>(std::sin(angle));
    const auto cosine = static_cast<Real>(std::cos(angle));
    const Real x = encoding(2 * i), y = encoding(2 * i + 1);
    moved(2 * i) = x * cosine + y * sine;
    moved(2 * i + 1) = y * cosine - x * sine;
  }
  return moved;
}

inline Matrix rotate_halves(const MatrixRef& rows, Index first_position, Real base) {
  const Index half = rows.cols() / 2;
  Matrix turned(rows.rows(), rows.cols());
  for (Index t = 0; t < rows.rows(); ++t) {
    for (Index i = 0; i < half; ++i) {
      const double speed = std::pow(base, -static_cast<double>(i) / static_cast<double>(half));
      const double angle = static_cast<double>(first_position + t) * speed;
      const auto sine = static_cast<Real>(std::sin(angle));
      const auto cosine = static_cast<Real>(std::cos(angle));
      const Real x = rows(t, i), y = rows(t, i + half);
      turned(t, i) = x * cosine - y * sine;
      turned(t, i + half) = x * sine + y * cosine;
    }
  }
  return turned;
}

inline RotaryLayout layout_of(const MatrixRef& before, const MatrixRef& after) {
  const Index half = before.cols() / 2;
  const Matrix change = after.array().square() - before.array().square();
  Real adjacent = 0, halves = 0;
  for (Index i = 0; i < half; ++i) {
    adjacent += (change.col(2 * i) + change.col(2 * i + 1)).cwiseAbs().sum();
    halves += (change.col(i) + change.col(i + half)).cwiseAbs().sum();
  }
  return adjacent < halves ? RotaryLayout::adjacent_pairs : RotaryLayout::split_halves;
}

}  // namespace solutions
