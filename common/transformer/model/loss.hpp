#pragma once

#include <span>

#include "common/transformer/model/config.hpp"

namespace llm {

/// The sum over the rows of logits (n, V) of the cross-entropy -ln softmax(row)[target], in nats.
double cross_entropy(const MatrixRef& logits, std::span<const Token> targets);

/// A loss in nats a token as bits a byte of the text, for tokens of `bytes` bytes on average: a
/// figure by which models with different tokens can be compared.
double bits_a_byte(double nats, double bytes);

/// As cross_entropy, and turns the logits in place into their gradient: scale · (softmax(row) minus
/// one at the target). Nothing else of the size of the logits is held.
double cross_entropy_backward(MatrixOut logits, std::span<const Token> targets, double scale);

}  // namespace llm
