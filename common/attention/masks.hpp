#pragma once

#include <vector>

#include "common/foundations/matrix.hpp"

namespace llm {

/// What a mask holds where a query must not look: added to a score, it makes its weight 0.
Real forbidden();

/// The (length, length) mask of a reader who has not seen the future: query i may look at keys 0
/// to i, itself included.
Matrix causal_mask(Index length);

/// The causal mask of a short memory: query i may look at the last `window` keys up to itself,
/// i - window + 1 to i. Throws std::invalid_argument for a window below 1.
Matrix sliding_window_mask(Index length, Index window);

/// The (queries, keys) mask of a sequence that was filled up to a common length: every query may
/// look at the keys that are `keys_present`, one entry a key, and at no other.
Matrix padding_mask(Index queries, const std::vector<bool>& keys_present);

/// Allows what both masks allow.
Matrix combine_masks(const MatrixRef& first, const MatrixRef& second);

}  // namespace llm
