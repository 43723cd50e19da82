#include "common/attention/multi_head.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "common/attention/attention.hpp"
#include "common/foundations/linear.hpp"

namespace llm {

namespace {

/// The columns of one head, for the functions that read or write them in place.
auto columns_of(auto& matrix, Index head, const HeadLayout& layout) {
  return matrix.middleCols(head * layout.head_width, layout.head_width);
}

/// Attention of one head, with the mask unless it is empty.
Attention attend(const MatrixRef& queries, const MatrixRef& keys, const MatrixRef& values,
                 const MatrixRef& mask) {
  if (mask.size() == 0) return scaled_dot_product_attention(queries, keys, values);
  return scaled_dot_product_attention(queries, keys, values, mask);
}

/// Checks that queries, keys and values have the columns that the layout gives them.
void check_heads(const MatrixRef& queries, const MatrixRef& keys, const MatrixRef& values,
                 const HeadLayout& layout) {
  check_shape("queries", queries, queries.rows(), layout.width());
  check_shape("keys", keys, keys.rows(), layout.key_value_width());
  check_shape("values", values, keys.rows(), layout.key_value_width());
}

}  // namespace

HeadLayout divide_heads(Index width, Index heads, Index key_value_heads) {
  if (heads < 1 || width < heads || width % heads != 0) {
    throw std::invalid_argument(
        fmt::format("{} heads do not divide a width of {} into equal parts", heads, width));
  }
  if (key_value_heads < 1 || heads % key_value_heads != 0) {
    throw std::invalid_argument(fmt::format(
        "{} heads cannot share {} heads of keys and values evenly", heads, key_value_heads));
  }
  return {.heads = heads, .key_value_heads = key_value_heads, .head_width = width / heads};
}

HeadLayout divide_heads(Index width, Index heads) {
  return divide_heads(width, heads, heads);
}

HeadsAttention attend_heads(const MatrixRef& queries, const MatrixRef& keys,
                            const MatrixRef& values, const MatrixRef& mask,
                            const HeadLayout& layout) {
  check_heads(queries, keys, values, layout);
  HeadsAttention result{.weights = {}, .joined = Matrix(queries.rows(), layout.width())};
  for (Index head = 0; head < layout.heads; ++head) {
    const Index shared = layout.key_value_head(head);
    Attention attention =
        attend(columns_of(queries, head, layout), columns_of(keys, shared, layout),
               columns_of(values, shared, layout), mask);
    columns_of(result.joined, head, layout) = attention.outputs;
    result.weights.push_back(std::move(attention.weights));
  }
  return result;
}

MultiHeadParameters zero_multi_head(const HeadLayout& layout) {
  const Index width = layout.width(), key_value_width = layout.key_value_width();
  return {.query_weights = Matrix::Zero(width, width),
          .key_weights = Matrix::Zero(key_value_width, width),
          .value_weights = Matrix::Zero(key_value_width, width),
          .output_weights = Matrix::Zero(width, width),
          .query_bias = Vector::Zero(width),
          .key_bias = Vector::Zero(key_value_width),
          .value_bias = Vector::Zero(key_value_width),
          .output_bias = Vector::Zero(width)};
}

MultiHeadParameters random_multi_head(const HeadLayout& layout, Generator& generator) {
  MultiHeadParameters parameters = zero_multi_head(layout);
  const Real deviation = 1 / std::sqrt(static_cast<Real>(layout.width()));
  for (Matrix* weights : {&parameters.query_weights, &parameters.key_weights,
                          &parameters.value_weights, &parameters.output_weights}) {
    *weights = random_normal(weights->rows(), weights->cols(), generator, deviation);
  }
  return parameters;
}

MultiHead multi_head_attention(const MatrixRef& inputs, const MatrixRef& mask,
                               const HeadLayout& layout, const MultiHeadParameters& parameters) {
  MultiHead result;
  result.queries = linear(inputs, parameters.query_weights, parameters.query_bias);
  result.keys = linear(inputs, parameters.key_weights, parameters.key_bias);
  result.values = linear(inputs, parameters.value_weights, parameters.value_bias);
  result.heads = attend_heads(result.queries, result.keys, result.values, mask, layout);
  result.outputs = linear(result.heads.joined, parameters.output_weights, parameters.output_bias);
  return result;
}

HeadsGradients attend_heads_backward(const MatrixRef& joined_gradient, const MatrixRef& queries,
                                     const MatrixRef& keys, const MatrixRef& values,
                                     const std::vector<Matrix>& weights, const HeadLayout& layout) {
  check_heads(queries, keys, values, layout);
  check_shape("joined_gradient", joined_gradient, queries.rows(), layout.width());
  HeadsGradients gradients{.queries = Matrix(queries.rows(), queries.cols()),
                           .keys = Matrix::Zero(keys.rows(), keys.cols()),
                           .values = Matrix::Zero(values.rows(), values.cols())};
  for (Index head = 0; head < layout.heads; ++head) {
    const Index shared = layout.key_value_head(head);
    const AttentionGradients of_head = scaled_dot_product_attention_backward(
        columns_of(joined_gradient, head, layout), columns_of(queries, head, layout),
        columns_of(keys, shared, layout), columns_of(values, shared, layout),
        weights.at(static_cast<std::size_t>(head)));
    columns_of(gradients.queries, head, layout) = of_head.queries;
    columns_of(gradients.keys, shared, layout) += of_head.keys;
    columns_of(gradients.values, shared, layout) += of_head.values;
  }
  return gradients;
}

Matrix multi_head_attention_backward(const MatrixRef& output_gradient, const MatrixRef& inputs,
                                     const MultiHead& forward, const HeadLayout& layout,
                                     const MultiHeadParameters& parameters,
                                     MultiHeadParameters& gradients) {
  Matrix joined_gradient(inputs.rows(), layout.width());
  linear_backward(output_gradient, forward.heads.joined, parameters.output_weights, joined_gradient,
                  gradients.output_weights, gradients.output_bias);
  const HeadsGradients heads = attend_heads_backward(joined_gradient, forward.queries, forward.keys,
                                                     forward.values, forward.heads.weights, layout);
  Matrix input_gradient = Matrix::Zero(inputs.rows(), inputs.cols());
  Matrix part(inputs.rows(), inputs.cols());
  linear_backward(heads.queries, inputs, parameters.query_weights, part, gradients.query_weights,
                  gradients.query_bias);
  input_gradient += part;
  linear_backward(heads.keys, inputs, parameters.key_weights, part, gradients.key_weights,
                  gradients.key_bias);
  input_gradient += part;
  linear_backward(heads.values, inputs, parameters.value_weights, part, gradients.value_weights,
                  gradients.value_bias);
  input_gradient += part;
  return input_gradient;
}

}  // namespace llm
