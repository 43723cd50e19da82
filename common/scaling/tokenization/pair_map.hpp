#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/transformer/model/config.hpp"

namespace llm {

/// A value for each pair of tokens, none of them negative: a hash table of open addressing, at most
/// half full.
template <class Value>
class PairMap {
 public:
  /// The value of a pair; nullptr where it has none. Valid until the next pair is added.
  const Value* find(Token left, Token right) const {
    const Slot& slot = slots[place_of(key_of(left, right))];
    return slot.key == no_key ? nullptr : &slot.value;
  }

  /// The value of a pair, which is added where it has none.
  Value& at_or_new(Token left, Token right) {
    if (2 * count >= slots.size()) grow();
    Slot& slot = slots[place_of(key_of(left, right))];
    if (slot.key == no_key) {
      slot.key = key_of(left, right);
      ++count;
    }
    return slot.value;
  }

  /// Calls `visit(left, right, value)` for each pair, in no order.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Slot& slot : slots) {
      if (slot.key == no_key) continue;
      visit(static_cast<Token>(slot.key >> 32U), static_cast<Token>(slot.key), slot.value);
    }
  }

  /// How many pairs have a value.
  std::size_t size() const { return count; }

 private:
  static constexpr std::uint64_t no_key = ~std::uint64_t{0};

  /// A pair and its value; free while it has no key.
  struct Slot {
    std::uint64_t key = no_key;
    Value value{};
  };

  /// A pair as one number.
  static std::uint64_t key_of(Token left, Token right) {
    return static_cast<std::uint64_t>(left) << 32U | static_cast<std::uint32_t>(right);
  }

  /// The slot of a key, or the free one where it belongs.
  std::size_t place_of(std::uint64_t key) const {
    const std::uint64_t mixed = key * 0x9E3779B97F4A7C15U;
    std::size_t place = (mixed ^ mixed >> 32U) & (slots.size() - 1);
    while (slots[place].key != key && slots[place].key != no_key) {
      place = (place + 1) & (slots.size() - 1);
    }
    return place;
  }

  /// Doubles the table.
  void grow() {
    std::vector<Slot> old(2 * slots.size());
    std::swap(old, slots);
    for (Slot& slot : old) {
      if (slot.key != no_key) slots[place_of(slot.key)] = std::move(slot);
    }
  }

  std::vector<Slot> slots = std::vector<Slot>(16);
  std::size_t count = 0;
};

}  // namespace llm
