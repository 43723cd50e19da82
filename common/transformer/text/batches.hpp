#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/transformer/model/config.hpp"

namespace llm {

/// A text as tokens, in two parts: one to learn from, and one that the model never trains on.
struct TokenSplit {
  std::vector<Token> training;
  std::vector<Token> validation;
};

/// The first `training_share` of the tokens for training, the rest for validation. Throws
/// std::invalid_argument, naming the numbers, when either part is too short for a context, or the
/// share is not from 0 to 1.
TokenSplit split_tokens(std::span<const Token> tokens, Index context, double training_share = 0.9);

/// Sequences to train on, one below the other: targets[i] is the token that follows inputs[i].
struct TokenBatch {
  /// An empty batch of this shape. Throws std::invalid_argument for less than 1 of either.
  TokenBatch(Index sequences, Index length);

  Index sequences, length;
  std::vector<Token> inputs, targets;  // (sequences · length)
};

/// Fills row `sequence` of the batch with the tokens from `start` on. Throws std::invalid_argument
/// where the tokens, the one after the last included, or the batch do not reach so far.
void fill_sequence(std::span<const Token> tokens, Index start, Index sequence, TokenBatch& batch);

/// Fills the batch with sequences from random places of the tokens. The places depend on the seed
/// and on the batch's number only, so that a run that was interrupted draws what it would have
/// drawn. Throws std::invalid_argument for fewer tokens than one sequence and its last target.
void draw_batch(std::span<const Token> tokens, std::uint64_t seed, Index number, TokenBatch& batch);

}  // namespace llm
