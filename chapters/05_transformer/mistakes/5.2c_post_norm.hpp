#pragma once

// The norms stand after the additions.

#include <functional>

#include "common/foundations/matrix.hpp"

namespace mistakes::post_norm {

using namespace llm;

inline Matrix pre_norm_block(const Matrix& stream, const std::function<Matrix(const Matrix&)>& norm,
                             const std::function<Matrix(const Matrix&)>& attention,
                             const std::function<Matrix(const Matrix&)>& feed_forward) {
  const Matrix middle = norm(stream + attention(stream));
  return norm(middle + feed_forward(middle));
}

}  // namespace mistakes::post_norm
