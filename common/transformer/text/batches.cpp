#include "common/transformer/text/batches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "common/foundations/random.hpp"

namespace llm {

namespace {

/// Stirs two numbers into one seed, so that neighboring numbers give unrelated generators
/// (Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators").
std::uint64_t mixed_seed(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t word = seed + (number + 1) * 0x9E3779B97F4A7C15U;
  word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
  return word ^ (word >> 31U);
}

/// How many numbers a batch of this shape holds.
std::size_t checked_size(Index sequences, Index length) {
  if (sequences < 1 || length < 1) {
    throw std::invalid_argument(fmt::format(
        "TokenBatch: {} sequences of {} tokens, expected at least 1 of both", sequences, length));
  }
  return static_cast<std::size_t>(sequences * length);
}

}  // namespace

TokenSplit split_tokens(std::span<const Token> tokens, Index context, double training_share) {
  if (!(training_share >= 0 && training_share <= 1)) {
    throw std::invalid_argument(fmt::format(
        "split_tokens: a share of {} to train on, must be from 0 to 1", training_share));
  }
  const auto training =
      static_cast<std::size_t>(training_share * static_cast<double>(tokens.size()));
  const std::size_t shorter = std::min(training, tokens.size() - training);
  if (static_cast<Index>(shorter) < context + 1) {
    throw std::invalid_argument(fmt::format(
        "the text has {} tokens, {} to train on and {} to validate: too short for a context of {}, "
        "which needs at least {} in each part",
        tokens.size(), training, tokens.size() - training, context, context + 1));
  }
  return {{tokens.begin(), tokens.begin() + static_cast<Index>(training)},
          {tokens.begin() + static_cast<Index>(training), tokens.end()}};
}

TokenBatch::TokenBatch(Index sequence_count, Index sequence_length)
    : sequences(sequence_count),
      length(sequence_length),
      inputs(checked_size(sequences, length)),
      targets(inputs.size()) {}

void fill_sequence(std::span<const Token> tokens, Index start, Index sequence, TokenBatch& batch) {
  const Index last_start = static_cast<Index>(tokens.size()) - batch.length - 1;
  if (start < 0 || start > last_start || sequence < 0 || sequence >= batch.sequences) {
    throw std::invalid_argument(
        fmt::format("fill_sequence: {} tokens and the next one, from {} on, of {} as row {} of {}",
                    batch.length, start, tokens.size(), sequence, batch.sequences));
  }
  const auto* first = tokens.data() + start;
  std::copy_n(first, batch.length, batch.inputs.begin() + sequence * batch.length);
  std::copy_n(first + 1, batch.length, batch.targets.begin() + sequence * batch.length);
}

void draw_batch(std::span<const Token> tokens, std::uint64_t seed, Index number,
                TokenBatch& batch) {
  Generator generator(mixed_seed(seed, static_cast<std::uint64_t>(number)));
  const Index starts = static_cast<Index>(tokens.size()) - batch.length;
  if (starts < 1) {
    throw std::invalid_argument(fmt::format(
        "draw_batch: a text of {} tokens is too short for sequences of {} and the token after them",
        tokens.size(), batch.length));
  }
  for (Index sequence = 0; sequence < batch.sequences; ++sequence) {
    fill_sequence(tokens, uniform_index(starts, generator), sequence, batch);
  }
}

}  // namespace llm
