#pragma once

#include <span>
#include <vector>

#include "common/foundations/matrix.hpp"
#include "common/foundations/random.hpp"

namespace llm {

/// How the columns of a layer are divided among its heads. Head k of the queries owns columns
/// k·d_h to (k + 1)·d_h - 1; heads / key_value_heads neighboring query heads share one head of keys
/// and values.
struct HeadLayout {
  Index heads;            ///< h, of the queries.
  Index key_value_heads;  ///< As many (multi-head), fewer (grouped) or 1 (multi-query).
  Index head_width;       ///< d_h, the columns of one head.

  /// d = h·d_h: the columns of all query heads.
  Index width() const { return heads * head_width; }

  /// The columns of all key heads, and as many of all value heads.
  Index key_value_width() const { return key_value_heads * head_width; }

  /// The head of keys and values that a query head reads.
  Index key_value_head(Index head) const { return head / (heads / key_value_heads); }
};

/// The layout of a layer of `width` columns with so many heads; as many heads of keys and values
/// unless told otherwise. Throws std::invalid_argument where the heads do not divide the width, or
/// the heads of keys and values do not divide the heads.
HeadLayout divide_heads(Index width, Index heads, Index key_value_heads);
HeadLayout divide_heads(Index width, Index heads);

/// What the heads of one layer compute: the weights of each, and their outputs side by side.
struct HeadsAttention {
  std::vector<Matrix> weights;  ///< (T_q, T_k) each, one a query head.
  Matrix joined;                ///< (T_q, h·d_h): head k writes its own columns.
};

/// Scaled dot-product attention in each head: `queries` is (T_q, h·d_h), `keys` and `values` are
/// (T_k, key_value_width). `mask` is (T_q, T_k), the same for all heads, or empty for none.
HeadsAttention attend_heads(const MatrixRef& queries, const MatrixRef& keys,
                            const MatrixRef& values, const MatrixRef& mask,
                            const HeadLayout& layout);

/// The four linear layers of a multi-head attention layer of width d: weights are (d_out, d_in).
struct MultiHeadParameters {
  Matrix query_weights;   ///< (h·d_h, d)
  Matrix key_weights;     ///< (key_value_width, d)
  Matrix value_weights;   ///< (key_value_width, d)
  Matrix output_weights;  ///< (d, h·d_h)
  Vector query_bias;
  Vector key_bias;
  Vector value_bias;
  Vector output_bias;

  /// The eight arrays of parameters, for a loop over all of them.
  std::vector<std::span<Real>> arrays() {
    const auto all = [](auto& array) {
      return std::span<Real>(array.data(), static_cast<std::size_t>(array.size()));
    };
    return {all(query_weights), all(key_weights), all(value_weights), all(output_weights),
            all(query_bias),    all(key_bias),    all(value_bias),    all(output_bias)};
  }
};

/// Parameters of 0: what gradients start from.
MultiHeadParameters zero_multi_head(const HeadLayout& layout);

/// Weights drawn at random with a deviation of 1 / √d_in, biases of 0.
MultiHeadParameters random_multi_head(const HeadLayout& layout, Generator& generator);

/// What multi_head_attention computes, and what its backward pass needs.
struct MultiHead {
  Matrix queries;        ///< (T, h·d_h)
  Matrix keys;           ///< (T, key_value_width)
  Matrix values;         ///< (T, key_value_width)
  HeadsAttention heads;  ///< What the heads saw and said.
  Matrix outputs;        ///< (T, d)
};

/// Multi-head self-attention: projects `inputs` (T, d) to queries, keys and values, lets each head
/// attend, and projects the joined heads (Vaswani et al. 2017, section 3.2.2; with fewer heads of
/// keys and values: Ainslie et al. 2023). `mask` is (T, T), or empty for none.
MultiHead multi_head_attention(const MatrixRef& inputs, const MatrixRef& mask,
                               const HeadLayout& layout, const MultiHeadParameters& parameters);

/// The derivatives of the loss by the queries, keys and values that the heads read. Heads that
/// share keys and values add their gradients up.
struct HeadsGradients {
  Matrix queries;  ///< (T_q, h·d_h)
  Matrix keys;     ///< (T_k, key_value_width)
  Matrix values;   ///< (T_k, key_value_width)
};

/// The backward pass of attend_heads: `joined_gradient` is (T_q, h·d_h).
HeadsGradients attend_heads_backward(const MatrixRef& joined_gradient, const MatrixRef& queries,
                                     const MatrixRef& keys, const MatrixRef& values,
                                     const std::vector<Matrix>& weights, const HeadLayout& layout);

/// The backward pass of multi_head_attention: returns the gradient of the inputs (T, d) and ADDS
/// the gradients of the parameters to `gradients`. `forward` is what the forward pass returned.
Matrix multi_head_attention_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                                     const MultiHead& forward, const HeadLayout& layout,
                                     const MultiHeadParameters& parameters,
                                     MultiHeadParameters& gradients);

}  // namespace llm
