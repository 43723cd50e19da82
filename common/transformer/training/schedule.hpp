#pragma once

#include "common/foundations/matrix.hpp"

namespace llm {

/// How the learning rate moves over a training run: a linear rise over the warm-up, then half a
/// cosine down to the final value (Loshchilov & Hutter 2017).
struct Schedule {
  double peak = 1e-3;
  double final = 1e-4;
  Index warm_up = 100;  ///< steps
  Index steps = 2000;   ///< steps in all
};

/// The learning rate of a step; the first step is 0.
double learning_rate(const Schedule& schedule, Index step);

}  // namespace llm
