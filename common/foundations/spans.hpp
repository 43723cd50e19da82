#pragma once

#include <span>
#include <type_traits>

#include "common/foundations/matrix.hpp"

namespace llm {

/// The numbers of a Matrix or a Vector, in the order in which they lie in memory.
template <class Dense>
auto span_of(Dense& matrix) {
  static_assert(std::is_base_of_v<Eigen::PlainObjectBase<std::remove_const_t<Dense>>, Dense>,
                "the rows of a view need not lie one behind the other");
  return std::span(matrix.data(), static_cast<std::size_t>(matrix.size()));
}

}  // namespace llm
