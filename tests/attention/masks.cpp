#include "common/attention/masks.hpp"

#include <cmath>

#include "tests/catch.hpp"

using namespace llm;

namespace {

/// A mask as text, one character an entry: 'o' where it allows, '.' where it forbids.
std::string picture(const Matrix& mask) {
  std::string text;
  for (Index i = 0; i < mask.rows(); ++i) {
    for (Index j = 0; j < mask.cols(); ++j) {
      const Real entry = mask(i, j);
      text += entry == 0 ? 'o' : (std::isinf(entry) && entry < 0) ? '.' : '?';
    }
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("the causal mask allows the past and the present") {
  CHECK(picture(causal_mask(4)) == "o...\noo..\nooo.\noooo\n");
  CHECK(picture(causal_mask(1)) == "o\n");
  CHECK(causal_mask(0).size() == 0);
}

TEST_CASE("a window of three allows a position and the two before it") {
  CHECK(picture(sliding_window_mask(5, 3)) == "o....\noo...\nooo..\n.ooo.\n..ooo\n");
}

TEST_CASE("a window of one allows a position itself, and a long window is the causal mask") {
  CHECK(picture(sliding_window_mask(3, 1)) == "o..\n.o.\n..o\n");
  CHECK(sliding_window_mask(4, 9) == causal_mask(4));
}

TEST_CASE("a window below one is an error that says what would do") {
  CHECK_THROWS_WITH(sliding_window_mask(4, 0), Catch::Contains("use 1 or more"));
}

TEST_CASE("the padding mask forbids the keys that are not there, to every query") {
  CHECK(picture(padding_mask(2, {true, false, true})) == "o.o\no.o\n");
}

TEST_CASE("combined masks allow what both allow") {
  CHECK(picture(combine_masks(causal_mask(3), padding_mask(3, {false, true, true}))) ==
        "...\n.o.\n.oo\n");
  const Matrix wide = padding_mask(2, {true, false, true});
  CHECK(picture(combine_masks(wide, padding_mask(2, {true, true, false}))) == "o..\no..\n");
  CHECK_THROWS_WITH(combine_masks(causal_mask(3), causal_mask(2)), Catch::Contains("(2, 2)"));
  CHECK_THROWS_WITH(combine_masks(wide, causal_mask(3)), "second mask is (3, 3), expected (2, 3)");
  CHECK_THROWS_WITH(combine_masks(wide, causal_mask(2)), "second mask is (2, 2), expected (2, 3)");
}
