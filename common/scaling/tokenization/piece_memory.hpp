#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/transformer/model/config.hpp"

namespace llm {

/// Remembers which pieces of a text have been encoded, and where in the output their tokens stand:
/// most pieces of a text occur again. The text must outlive it.
class PieceMemory {
 public:
  /// Appends the tokens of a piece that was seen before; false for a new one.
  bool append_known(std::string_view piece, std::vector<Token>& tokens) const;

  /// Remembers that the tokens of a piece are the `count` ones from `first` on.
  void remember(std::string_view piece, std::size_t first, std::size_t count);

 private:
  /// A piece and where its tokens are; free while it has none.
  struct Slot {
    std::string_view piece;
    std::size_t first = 0, count = 0;
  };

  /// The slot of a piece, or the free one where it belongs.
  std::size_t place_of(std::string_view piece) const;

  /// Doubles the table.
  void grow();

  std::vector<Slot> slots = std::vector<Slot>(64);
  std::size_t filled = 0;
};

}  // namespace llm
