#include "common/scaling/tokenization/piece_memory.hpp"

#include <cstring>
#include <utility>

namespace llm {

namespace {

/// A longer piece hardly ever occurs again.
constexpr std::size_t longest_piece = 64;

/// A number that depends on all bytes of a piece, eight at a time.
std::uint64_t hash_of(std::string_view piece) {
  std::uint64_t hash = piece.size();
  while (!piece.empty()) {
    std::uint64_t word = 0;
    const std::size_t count = piece.size() < sizeof word ? piece.size() : sizeof word;
    std::memcpy(&word, piece.data(), count);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 32U;
    piece.remove_prefix(count);
  }
  return hash;
}

}  // namespace

bool PieceMemory::append_known(std::string_view piece, std::vector<Token>& tokens) const {
  if (piece.size() > longest_piece) return false;
  const Slot& slot = slots[place_of(piece)];
  for (std::size_t i = 0; i < slot.count; ++i) {
    const Token token = tokens[slot.first + i];
    tokens.push_back(token);
  }
  return slot.count > 0;
}

void PieceMemory::remember(std::string_view piece, std::size_t first, std::size_t count) {
  if (piece.size() > longest_piece) return;
  if (2 * ++filled > slots.size()) grow();
  slots[place_of(piece)] = {piece, first, count};
}

std::size_t PieceMemory::place_of(std::string_view piece) const {
  std::size_t place = hash_of(piece) & (slots.size() - 1);
  while (slots[place].count > 0 && slots[place].piece != piece) {
    place = (place + 1) & (slots.size() - 1);
  }
  return place;
}

void PieceMemory::grow() {
  std::vector<Slot> old(2 * slots.size());
  std::swap(old, slots);
  for (const Slot& slot : old) {
    if (slot.count > 0) slots[place_of(slot.piece)] = slot;
  }
}

}  // namespace llm
