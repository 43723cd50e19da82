#pragma once

// The reference solutions of chapter 5's exercises.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "chapters/05_transformer/exercises.hpp"
#include "common/foundations/matrix.hpp"

namespace solutions {

using namespace llm;
using exercises::AdamState, exercises::HeadCache;

inline Matrix normalize_rows(const Matrix& inputs, const Vector& gain, const Vector& bias,
                             Real epsilon) {
  Matrix outputs(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Vector centered = inputs.row(i).array() - inputs.row(i).mean();
    const Real variance = centered.squaredNorm() / static_cast<Real>(inputs.cols());
    const Vector normed = centered / std::sqrt(variance + epsilon);
    outputs.row(i) = normed.cwiseProduct(gain) + bias;
  }
  return outputs;
}

inline Matrix rms_norm_input_gradient(const Matrix& output_gradient, const Matrix& inputs,
                                      const Vector& gain) {
  Matrix gradient(inputs.rows(), inputs.cols());
  for (Index i = 0; i < inputs.rows(); ++i) {
    const Real size = std::sqrt(inputs.row(i).squaredNorm() / static_cast<Real>(inputs.cols()));
    const Vector normed = inputs.row(i) / size;
    const Vector change = output_gradient.row(i).cwiseProduct(gain);
    gradient.row(i) = (change - normed * normed.cwiseProduct(change).mean()) / size;
  }
  return gradient;
}

inline Index count_parameters(Index vocabulary, Index context, Index width, Index layers,
                              Index hidden, bool tied) {
  const Index norm = 2 * width;
  const Index attention = 4 * width * width + 4 * width;
  const Index feed_forward = 2 * width * hidden + hidden + width;
  const Index tables = (tied ? 1 : 2) * vocabulary * width + context * width;
  return tables + layers * (2 * norm + attention + feed_forward) + norm;
}

inline Matrix pre_norm_block(const Matrix& stream, const std::function<Matrix(const Matrix&)>& norm,
                             const std::function<Matrix(const Matrix&)>& attention,
                             const std::function<Matrix(const Matrix&)>& feed_forward) {
  const Matrix middle = stream + attention(norm(stream));
  return middle + feed_forward(norm(middle));
}

inline Matrix cross_entropy_gradient(const Matrix& logits, const std::vector<int>& targets) {
  Matrix gradient(logits.rows(), logits.cols());
  for (Index i = 0; i < logits.rows(); ++i) {
    const Vector powers = (logits.row(i).array() - logits.row(i).maxCoeff()).exp();
    gradient.row(i) = powers / powers.sum();
    gradient(i, targets[static_cast<std::size_t>(i)]) -= 1;
  }
  return gradient / static_cast<Real>(logits.rows());
}

inline Vector adamw_step(AdamState& state, const Vector& parameters, const Vector& gradient,
                         Real rate, Real decay) {
  state.steps += 1;
  state.mean = Real(0.9) * state.mean + Real(0.1) * gradient;
  state.mean_square = Real(0.99) * state.mean_square + Real(0.01) * gradient.cwiseAbs2();
  const Real count = static_cast<Real>(state.steps);
  const Vector mean = state.mean / (1 - std::pow(Real(0.9), count));
  const Vector square = state.mean_square / (1 - std::pow(Real(0.99), count));
  const Vector step = mean.array() / (square.array().sqrt() + Real(1e-8));
  return parameters - rate * step - rate * decay * parameters;
}

inline double schedule_rate(Index step, Index warm_up, Index steps, double peak, double last) {
  if (step < warm_up) return peak * static_cast<double>(step + 1) / static_cast<double>(warm_up);
  if (step >= steps) return last;
  const double over = static_cast<double>(step - warm_up) / static_cast<double>(steps - warm_up);
  return last + (peak - last) * (1 + std::cos(std::numbers::pi * over)) / 2;
}

inline int draw_token(const Vector& logits, double temperature, double u) {
  Index largest = 0;
  const double highest = logits.maxCoeff(&largest);
  if (temperature == 0) return static_cast<int>(largest);
  const Eigen::ArrayXd powers =
      ((logits.cast<double>().array() - highest) / temperature).exp().transpose();
  double left = u * powers.sum();
  for (Index token = 0; token < powers.size(); ++token) {
    left -= powers(token);
    if (left < 0) return static_cast<int>(token);
  }
  return static_cast<int>(largest);
}

inline std::vector<int> greedy_loop(const std::function<Matrix(const std::vector<int>&)>& model,
                                    std::vector<int> tokens, int count, std::size_t context) {
  for (int i = 0; i < count; ++i) {
    const std::size_t begin = tokens.size() > context ? tokens.size() - context : 0;
    const Matrix logits = model({tokens.begin() + static_cast<Index>(begin), tokens.end()});
    Index best = 0;
    logits.row(logits.rows() - 1).maxCoeff(&best);
    tokens.push_back(static_cast<int>(best));
  }
  return tokens;
}

inline Vector cached_attention(const Vector& query, const Vector& key, const Vector& value,
                               HeadCache& cache) {
  cache.keys.row(cache.length) = key;
  cache.values.row(cache.length) = value;
  cache.length += 1;
  const Vector scores = query * cache.keys.topRows(cache.length).transpose() /
                        std::sqrt(static_cast<Real>(query.size()));
  const Vector powers = (scores.array() - scores.maxCoeff()).exp();
  return powers / powers.sum() * cache.values.topRows(cache.length);
}

inline Index cache_size(Index layers, Index tokens, Index width, Index heads, Index key_value_heads,
                        Index bytes) {
  return 2 * layers * tokens * key_value_heads * (width / heads) * bytes;
}

inline double bits_per_character(const std::function<Matrix(const std::vector<int>&)>& model,
                                 const std::vector<int>& tokens, std::size_t context) {
  double nats = 0;
  for (std::size_t first = 0; first + 1 < tokens.size(); first += context) {
    const std::size_t length = std::min(context, tokens.size() - 1 - first);
    const std::vector<int> window(&tokens[first], &tokens[first] + length);
    const Matrix logits = model(window);
    for (std::size_t i = 0; i < length; ++i) {
      const Vector row = logits.row(static_cast<Index>(i));
      const Real largest = row.maxCoeff();
      const Real of_all = largest + std::log((row.array() - largest).exp().sum());
      nats += static_cast<double>(of_all - row(tokens[first + i + 1]));
    }
  }
  return nats / std::numbers::ln2 / static_cast<double>(tokens.size() - 1);
}

}  // namespace solutions
