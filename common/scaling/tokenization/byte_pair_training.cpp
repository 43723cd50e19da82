#include "common/scaling/tokenization/byte_pair_training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <queue>
#include <stdexcept>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "common/scaling/tokenization/bytes.hpp"

namespace llm {

namespace {

/// A pair of neighbors in the heap: how often it occurred when it was put there, and in which
/// pieces it was new then.
struct Candidate {
  std::int64_t count;
  Token left, right;
  std::vector<std::uint32_t> pieces;

  /// Whether the other one goes first.
  bool operator<(const Candidate& other) const {
    return std::tie(count, other.left, other.right) < std::tie(other.count, left, right);
  }
};

/// What the trainer knows of a pair.
struct PairState {
  std::int64_t count = 0;
  std::vector<std::uint32_t> new_pieces;  // that are not in the heap yet
};

/// The pieces, the pairs in them, and the tokens that there are.
struct Training {
  std::vector<CountedPiece> pieces;
  std::vector<std::string>& bytes;
  std::unordered_map<std::string, Token> token_of;
  PairMap<PairState> pairs;
  std::vector<std::pair<Token, Token>> grown;  // pairs with new pieces
  std::priority_queue<Candidate> heap;
};

/// Adds to the count of a pair in a piece; where it is more, the piece has the pair.
void count_pair(Training& training, Token left, Token right, std::uint32_t piece, int change) {
  PairState& pair = training.pairs.at_or_new(left, right);
  pair.count += change * training.pieces[piece].count;
  if (change < 0) return;
  if (pair.new_pieces.empty()) training.grown.emplace_back(left, right);
  if (pair.new_pieces.empty() || pair.new_pieces.back() != piece) pair.new_pieces.push_back(piece);
}

/// Puts the pairs that have new pieces into the heap.
void push_grown(Training& training) {
  for (const auto& [left, right] : training.grown) {
    PairState& pair = training.pairs.at_or_new(left, right);
    if (pair.count > 0) {
      training.heap.push({pair.count, left, right, std::exchange(pair.new_pieces, {})});
    }
    pair.new_pieces.clear();
  }
  training.grown.clear();
}

/// Merges a pair wherever a piece has it, from left to right, and tells `change` which pairs of
/// neighbors that takes away (-1) and brings (+1).
template <class Change>
void merge_in_piece(const Merge& merge, std::vector<Token>& tokens, const Change& change) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool is_pair =
        tokens[i] == merge.left && i + 1 < tokens.size() && tokens[i + 1] == merge.right;
    if (!is_pair) {
      tokens[kept++] = tokens[i];
      continue;
    }
    if (kept > 0) {
      change(tokens[kept - 1], merge.left, -1);
      change(tokens[kept - 1], merge.result, 1);
    }
    tokens[kept++] = merge.result;
    if (++i + 1 < tokens.size()) {
      change(merge.right, tokens[i + 1], -1);
      change(merge.result, tokens[i + 1], 1);
    }
  }
  tokens.resize(kept);
}

/// The token of these bytes, which is made where there is none.
Token token_of_bytes(Training& training, const std::string& bytes) {
  const auto [found, is_new] =
      training.token_of.emplace(bytes, static_cast<Token>(training.bytes.size()));
  if (is_new) training.bytes.push_back(bytes);
  return found->second;
}

/// The merges without those that occur again later.
std::vector<Merge> last_of_each(const std::vector<Merge>& merges) {
  PairMap<bool> seen;
  std::vector<Merge> kept;
  for (auto merge = merges.rbegin(); merge != merges.rend(); ++merge) {
    if (!std::exchange(seen.at_or_new(merge->left, merge->right), true)) kept.push_back(*merge);
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

/// The pair that occurs most often, of equals the smaller one; a count of 0 when there is none.
Candidate most_frequent(const std::vector<CountedPiece>& pieces) {
  PairMap<std::int64_t> counts;
  for (const CountedPiece& piece : pieces) {
    for (std::size_t i = 1; i < piece.tokens.size(); ++i) {
      counts.at_or_new(piece.tokens[i - 1], piece.tokens[i]) += piece.count;
    }
  }
  Candidate best{0, 0, 0, {}};
  counts.for_each([&](Token left, Token right, std::int64_t count) {
    const Candidate candidate{count, left, right, {}};
    if (best < candidate) best = candidate;
  });
  return best;
}

/// Bytes as tokens: in the order of their letters.
std::array<Token, 256> tokens_of_bytes() {
  std::array<Token, 256> tokens{};
  for (std::size_t i = 0; i < 256; ++i) tokens[bytes_by_letter()[i]] = static_cast<Token>(i);
  return tokens;
}

}  // namespace

std::vector<std::string> bytes_of_tokens() {
  std::vector<std::string> bytes;
  for (const std::uint8_t byte : bytes_by_letter()) bytes.emplace_back(1, static_cast<char>(byte));
  return bytes;
}

std::vector<CountedPiece> count_pieces(const PreTokenizer& cutter, std::string_view text) {
  const std::array<Token, 256> tokens = tokens_of_bytes();
  std::unordered_map<std::string_view, std::size_t> numbers;
  std::vector<CountedPiece> counted;
  Pieces pieces(cutter, text);
  for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
    const auto [found, is_new] = numbers.emplace(piece, counted.size());
    if (is_new) {
      counted.push_back({{}, 0});
      for (const char byte : piece) {
        counted.back().tokens.push_back(tokens[static_cast<unsigned char>(byte)]);
      }
    }
    ++counted[found->second].count;
  }
  return counted;
}

std::vector<Merge> learn_merges_by_counting(std::vector<CountedPiece> pieces, Index count,
                                            std::vector<std::string>& bytes) {
  std::vector<Merge> merges;
  while (static_cast<Index>(merges.size()) < count) {
    const Candidate best = most_frequent(pieces);
    if (best.count == 0) break;
    const Merge merge{best.left, best.right, static_cast<Token>(bytes.size())};
    bytes.push_back(bytes[static_cast<std::size_t>(merge.left)] +
                    bytes[static_cast<std::size_t>(merge.right)]);
    merges.push_back(merge);
    for (CountedPiece& piece : pieces) {
      merge_in_piece(merge, piece.tokens, [](Token, Token, int) {});
    }
  }
  return merges;
}

std::vector<Merge> learn_merges(std::vector<CountedPiece> pieces, Index vocabulary,
                                std::vector<std::string>& bytes) {
  Training training{std::move(pieces), bytes, {}, {}, {}, {}};
  for (std::size_t token = 0; token < bytes.size(); ++token) {
    training.token_of[bytes[token]] = static_cast<Token>(token);
  }
  for (std::uint32_t piece = 0; piece < training.pieces.size(); ++piece) {
    const std::vector<Token>& tokens = training.pieces[piece].tokens;
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      count_pair(training, tokens[i - 1], tokens[i], piece, 1);
    }
  }
  push_grown(training);
  std::vector<Merge> merges;
  while (static_cast<Index>(bytes.size()) < vocabulary && !training.heap.empty()) {
    Candidate best = training.heap.top();
    training.heap.pop();
    const std::int64_t now = training.pairs.find(best.left, best.right)->count;
    if (best.count != now) {
      best.count = now;
      training.heap.push(std::move(best));
      continue;
    }
    if (now < 1) break;
    const Merge merge{best.left, best.right,
                      token_of_bytes(training, bytes[static_cast<std::size_t>(best.left)] +
                                                   bytes[static_cast<std::size_t>(best.right)])};
    merges.push_back(merge);
    for (const std::uint32_t piece : best.pieces) {
      merge_in_piece(merge, training.pieces[piece].tokens, [&](Token left, Token right, int by) {
        count_pair(training, left, right, piece, by);
      });
    }
    push_grown(training);
  }
  return last_of_each(merges);
}

BytePairTokenizer train_byte_pairs(std::string_view text, Index vocabulary, Pattern pattern,
                                   const std::vector<std::string>& specials) {
  const auto reserved = static_cast<Index>(specials.size());
  if (vocabulary < 256 + reserved) {
    throw std::invalid_argument(
        fmt::format("a vocabulary of {} tokens cannot hold the 256 bytes and {} special tokens",
                    vocabulary, reserved));
  }
  PreTokenizer cutter(pattern);
  BytePairVocabulary learned{.bytes = bytes_of_tokens()};
  learned.merges = learn_merges(count_pieces(cutter, text), vocabulary - reserved, learned.bytes);
  for (const std::string& special : specials) {
    learned.specials.push_back({special, static_cast<Token>(learned.bytes.size())});
    learned.bytes.push_back(special);
  }
  return {std::move(learned), std::move(cutter)};
}

}  // namespace llm
