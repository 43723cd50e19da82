#pragma once

// The feed-forward layer reads the stream as it was before attention.

#include <functional>

#include "common/foundations/matrix.hpp"

namespace mistakes::both_read_the_input {

using namespace llm;

inline Matrix pre_norm_block(const Matrix& stream, const std::function<Matrix(const Matrix&)>& norm,
                             const std::function<Matrix(const Matrix&)>& attention,
                             const std::function<Matrix(const Matrix&)>& feed_forward) {
  return stream + attention(norm(stream)) + feed_forward(norm(stream));
}

}  // namespace mistakes::both_read_the_input
