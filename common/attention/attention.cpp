#include "common/attention/attention.hpp"

#include <cmath>

#include "common/sequence/softmax.hpp"

namespace llm {

namespace {

/// The dot product of each query with each key, divided by √d: (T_q, T_k).
Matrix scaled_scores(const MatrixRef& queries, const MatrixRef& keys) {
  check_shape("keys", keys, keys.rows(), queries.cols());
  return queries * keys.transpose() / std::sqrt(static_cast<Real>(queries.cols()));
}

/// Turns each row of scores into weights, and mixes the values with them.
Attention mix_values(Matrix scores, const MatrixRef& values) {
  check_shape("values", values, scores.cols(), values.cols());
  softmax_rows_in_place(scores);
  Matrix outputs = scores * values;  // (T_q, d_v)
  return {std::move(scores), std::move(outputs)};
}

}  // namespace

Attention scaled_dot_product_attention(const MatrixRef& queries, const MatrixRef& keys,
                                       const MatrixRef& values) {
  return mix_values(scaled_scores(queries, keys), values);
}

Attention scaled_dot_product_attention(const MatrixRef& queries, const MatrixRef& keys,
                                       const MatrixRef& values, const MatrixRef& mask) {
  check_shape("mask", mask, queries.rows(), keys.rows());
  return mix_values(scaled_scores(queries, keys) + mask, values);
}

AttentionGradients scaled_dot_product_attention_backward(const MatrixRef& output_gradient,
                                                         const MatrixRef& queries,
                                                         const MatrixRef& keys,
                                                         const MatrixRef& values,
                                                         const MatrixRef& weights) {
  check_shape("output_gradient", output_gradient, queries.rows(), values.cols());
  check_shape("weights", weights, queries.rows(), keys.rows());
  const Matrix weight_gradient = output_gradient * values.transpose();  // (T_q, T_k)
  const Matrix score_gradient = softmax_rows_backward(weight_gradient, weights) /
                                std::sqrt(static_cast<Real>(queries.cols()));
  return {.queries = score_gradient * keys,
          .keys = score_gradient.transpose() * queries,
          .values = weights.transpose() * output_gradient};
}

}  // namespace llm
