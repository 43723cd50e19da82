#include "common/sequence/softmax.hpp"

namespace llm {

Real softmax_row_in_place(VectorOut scores, Real scale) {
  constexpr Real nothing = -std::numeric_limits<Real>::infinity();
  constexpr Real smallest = std::numeric_limits<Real>::min();
  if (scores.size() == 0) return nothing;
  auto row = scores.array();
  const Real maximum = row.maxCoeff();
  if (maximum == nothing) {
    row.setZero();
    return nothing;
  }
  row = ((row - maximum) * scale).exp();
  // Eigen's exponential of -infinity is a denormal number, slow to compute with, and not 0.
  row = (row < smallest).select(Real{0}, row);
  const Real sum = row.sum();
  row *= 1 / sum;
  return maximum * scale + std::log(sum);
}

void softmax_rows_in_place(MatrixOut scores) {
  for (Index i = 0; i < scores.rows(); ++i) softmax_row_in_place(scores.row(i));
}

Matrix softmax_rows(const MatrixRef& scores) {
  Matrix weights = scores;
  softmax_rows_in_place(weights);
  return weights;
}

Matrix softmax_rows_backward(const MatrixRef& weight_gradient, const MatrixRef& weights) {
  check_shape("softmax_rows_backward: weight_gradient", weight_gradient, weights.rows(),
              weights.cols());
  Matrix score_gradient(weights.rows(), weights.cols());
  for (Index i = 0; i < weights.rows(); ++i) {
    const Real mean = weights.row(i).dot(weight_gradient.row(i));
    score_gradient.row(i) = weights.row(i).array() * (weight_gradient.row(i).array() - mean);
  }
  return score_gradient;
}

Real log_sum_exp(const VectorRef& scores) {
  constexpr Real nothing = -std::numeric_limits<Real>::infinity();
  if (scores.size() == 0) return nothing;
  const Real maximum = scores.maxCoeff();
  if (maximum == nothing) return nothing;
  return maximum + std::log((scores.array() - maximum).exp().sum());
}

Vector online_weighted_mean(const VectorRef& scores, const MatrixRef& values) {
  check_shape("online_weighted_mean: values", values, scores.size(), values.cols());
  OnlineSoftmax seen;
  Vector mean = Vector::Zero(values.cols());
  for (Index j = 0; j < scores.size(); ++j) {
    const Real factor = seen.add(scores(j));
    mean = factor * mean + seen.exponential(scores(j)) * values.row(j);
  }
  if (seen.sum > 0) mean /= seen.sum;
  return mean;
}

}  // namespace llm
