#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/foundations/matrix.hpp"

namespace llm {

/// Replaces a row of scores (m) by the weights of `scale` times the scores, and returns the
/// log-sum-exp of these scaled scores. The maximum is taken off first, so that no exponential
/// overflows. A score of -infinity gets the weight 0, and a row of nothing else becomes all zeros.
Real softmax_row_in_place(VectorOut scores, Real scale = 1);

/// Replaces each row of scores (n, m) by its weights, exp(score) divided by the row's sum of them:
/// positive numbers that add up to 1. See softmax_row_in_place.
void softmax_rows_in_place(MatrixOut scores);

/// The weights of each row of scores: (n, m) -> (n, m). See softmax_row_in_place.
Matrix softmax_rows(const MatrixRef& scores);

/// From the gradient of the weights (n, m) and the weights that the forward pass returned (n, m),
/// the gradient of the scores (n, m).
Matrix softmax_rows_backward(const MatrixRef& weight_gradient, const MatrixRef& weights);

/// The logarithm of the sum of exp(score), computed without overflow; -infinity for no scores at
/// all, and for scores that are all -infinity.
Real log_sum_exp(const VectorRef& scores);

/// All that a softmax has to remember of the scores it has seen, so that they can come one at a
/// time and be forgotten (Milakov & Gimelshein 2018, "Online normalizer calculation for softmax").
struct OnlineSoftmax {
  Real maximum = -std::numeric_limits<Real>::infinity();
  Real sum = 0;  ///< of exp(score - maximum) over the scores so far

  /// Takes in one score and returns the factor, at most 1, by which whatever was added up under the
  /// old maximum has to be multiplied.
  Real add(Real score) {
    const Real old_maximum = maximum;
    maximum = std::max(maximum, score);
    const Real factor = old_maximum == maximum ? 1 : std::exp(old_maximum - maximum);
    sum = sum * factor + exponential(score);
    return factor;
  }

  /// exp(score - maximum): the weight of a score before the division by the sum.
  Real exponential(Real score) const {
    return score == -std::numeric_limits<Real>::infinity() ? 0 : std::exp(score - maximum);
  }
};

/// The mean of the rows of `values` (m, d), weighted with the softmax of the scores (m), in one
/// pass: no score is looked at twice and no weight is stored. Zeros if every score is -infinity.
Vector online_weighted_mean(const VectorRef& scores, const MatrixRef& values);

}  // namespace llm
