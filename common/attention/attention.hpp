#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// What attention computes, and what its backward pass needs.
struct Attention {
  Matrix weights;  ///< (T_q, T_k): row i says how much of each value position i takes.
  Matrix outputs;  ///< (T_q, d_v): row i is that mixture of the values.
};

/// softmax(queries keysᵀ / √d) values: each query takes a weighted mean of the values, and the
/// weights come from its dot products with the keys (Vaswani et al. 2017, equation 1).
/// `queries` is (T_q, d), `keys` (T_k, d), `values` (T_k, d_v).
/// Throws std::invalid_argument where the shapes do not fit.
Attention scaled_dot_product_attention(const MatrixRef& queries, const MatrixRef& keys,
                                       const MatrixRef& values);

/// The same with `mask` (T_q, T_k) added to the scaled scores: 0 where query i may look at key j,
/// -infinity where it may not. A row that may look at nothing has weights and outputs of 0.
Attention scaled_dot_product_attention(const MatrixRef& queries, const MatrixRef& keys,
                                       const MatrixRef& values, const MatrixRef& mask);

/// The derivatives of the loss by what attention read, each of the shape of its namesake.
struct AttentionGradients {
  Matrix queries;
  Matrix keys;
  Matrix values;
};

/// The backward pass of scaled_dot_product_attention, with a mask or without: `output_gradient`
/// (T_q, d_v) is the derivative of the loss by the outputs; `queries` (T_q, d), `keys` (T_k, d) and
/// `values` (T_k, d_v) are what it read, and `weights` (T_q, T_k) what it returned. The mask is not
/// needed again: where it forbade, the weight is 0, and so is the gradient of the score.
AttentionGradients scaled_dot_product_attention_backward(const MatrixRef& output_gradient,
                                                         const MatrixRef& queries,
                                                         const MatrixRef& keys,
                                                         const MatrixRef& values,
                                                         const MatrixRef& weights);

}  // namespace llm
