#pragma once

// Head k takes every heads-th column, starting at k, instead of neighboring columns.

#include "common/attention/attention.hpp"

namespace mistakes::interleaved_heads {

using namespace llm;

inline Matrix attend_in_heads(const Matrix& queries, const Matrix& keys, const Matrix& values,
                              Index heads) {
  const auto columns = [heads](Index head) {
    return Eigen::seq(head, Eigen::indexing::last, heads);
  };
  Matrix joined(queries.rows(), queries.cols());
  for (Index head = 0; head < heads; ++head) {
    const Matrix q = queries(Eigen::indexing::all, columns(head)),
                 k = keys(Eigen::indexing::all, columns(head)),
                 v = values(Eigen::indexing::all, columns(head));
    joined(Eigen::indexing::all, columns(head)) = scaled_dot_product_attention(q, k, v).outputs;
  }
  return joined;
}

}  // namespace mistakes::interleaved_heads
