#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// The standard deviation with which to draw the weights that write to the residual stream, when
/// the other weights are drawn with `deviation` and the stream is written to `additions` times:
/// deviation / √additions, so that the stream's size at the end does not depend on the depth.
/// GPT-2 writes twice a layer, 2N times (Radford et al. 2019). Throws std::invalid_argument unless
/// there is an addition.
Real residual_deviation(Real deviation, Index additions);

}  // namespace llm
