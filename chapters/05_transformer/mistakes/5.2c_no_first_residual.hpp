#pragma once

// Attention replaces the stream in place of adding to it.

#include <functional>

#include "common/foundations/matrix.hpp"

namespace mistakes::no_first_residual {

using namespace llm;

inline Matrix pre_norm_block(const Matrix& stream, const std::function<Matrix(const Matrix&)>& norm,
                             const std::function<Matrix(const Matrix&)>& attention,
                             const std::function<Matrix(const Matrix&)>& feed_forward) {
  const Matrix middle = attention(norm(stream));
  return middle + feed_forward(norm(middle));
}

}  // namespace mistakes::no_first_residual
