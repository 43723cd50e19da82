#pragma once

// The second half replaces the stream instead of adding to it.

#include <functional>

#include "common/foundations/matrix.hpp"

namespace mistakes::no_residual {

using namespace llm;

inline Matrix pre_norm_block(const Matrix& stream, const std::function<Matrix(const Matrix&)>& norm,
                             const std::function<Matrix(const Matrix&)>& attention,
                             const std::function<Matrix(const Matrix&)>& feed_forward) {
  return feed_forward(norm(stream + attention(norm(stream))));
}

}  // namespace mistakes::no_residual
