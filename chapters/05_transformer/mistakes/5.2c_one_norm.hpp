#pragma once

// The feed-forward layer reads the stream without a norm.

#include <functional>

#include "common/foundations/matrix.hpp"

namespace mistakes::one_norm {

using namespace llm;

inline Matrix pre_norm_block(const Matrix& stream, const std::function<Matrix(const Matrix&)>& norm,
                             const std::function<Matrix(const Matrix&)>& attention,
                             const std::function<Matrix(const Matrix&)>& feed_forward) {
  const Matrix middle = stream + attention(norm(stream));
  return middle + feed_forward(middle);
}

}  // namespace mistakes::one_norm
