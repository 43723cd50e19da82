//: # Summary: the word before
//:
//: A program that uses the three ideas of this chapter and little else: for each word of a
//: sentence, it finds the word before it. It isn't told to go one row up in a table. Each position
//: compares a query with all keys and takes the mean of the words by the softmax of the scores;
//: position is known to it only through rotated (section 2.3) or stamped (section 2.2) vectors.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/positions.hpp"
#include "common/sequence/rotary.hpp"
#include "common/sequence/softmax.hpp"

using namespace llm;

namespace {

const std::vector<std::string> sentence = {"the", "old", "dog", "bites", "the", "young", "man"};

/// A random vector for each word of the sentence, the same for the same word, (T, width).
Matrix word_vectors(Index width) {
  const auto length = static_cast<Index>(sentence.size());
  Generator generator(41);
  Matrix words = random_normal(length, width, generator);
  words.row(4) = words.row(0);  // both are "the"
  return words;
}

/// The word whose vector has the largest dot product with `vector`.
std::string nearest_word(const VectorRef& vector, const Matrix& words) {
  Index nearest = 0;
  (words * vector.transpose()).maxCoeff(&nearest);
  return sentence[static_cast<std::size_t>(nearest)];
}

/// Scores by rotation: each key is the same vector, and each query is that vector turned one
/// position back, so that the score is largest at a distance of one.
Matrix rotary_scores(Index length, Index width) {
  const RotaryTable table = rotary_table(length, width);
  Matrix keys = Matrix::Ones(length, width), queries = keys;
  for (Index t = 0; t < length; ++t) apply_rotary_inverse(queries.row(t), table, 1);
  apply_rotary(queries, table);
  apply_rotary(keys, table);
  return queries * keys.transpose();
}

/// Scores by stamps: the keys are the stamps, and each query is its own stamp, turned one position
/// back. A stamp's pair is (sine, cosine), so the function that turns (cosine, sine) forward does
/// it.
Matrix stamp_scores(Index length, Index width) {
  Matrix keys = Matrix::Zero(length, width);
  add_positions(keys, sinusoidal_positions(length, width));
  Matrix queries = keys;
  const RotaryTable table = rotary_table(2, width);
  for (Index t = 0; t < length; ++t) apply_rotary(queries.row(t), table, 1);
  return queries * keys.transpose();
}

void the_word_before() {
  const Index length = static_cast<Index>(sentence.size()), width = 64;
  const Matrix words = word_vectors(width);
  const Matrix weights = softmax_rows(rotary_scores(length, width));
  const Matrix found = weights * words;
  const Matrix stamped = stamp_scores(length, width);
  show("weights by rotation", weights, 2, sentence, sentence);
  record_data("word_before", "words", sentence);
  record_data("word_before", "rotation", weights);
  record_data("word_before", "stamps", softmax_rows(stamped));
  for (Index t = 1; t < length; ++t) {
    const Vector by_stamp = online_weighted_mean(stamped.row(t), words);
    print("before {:6}   by rotation: {:6}   by stamps, in one pass: {:6}",
          sentence[static_cast<std::size_t>(t)], nearest_word(found.row(t), words),
          nearest_word(by_stamp, words));
  }
}
//: ```{output}
//: ```
//:
//: ```{figure-from} word_before
//: :alt: Two heat maps of seven words by seven words, by rotation and by stamps. In both the
//:   strongest cell of each row but the first is the one to the left of the diagonal.
//:
//: The softmax of the scores, by rotation and by stamps. Each row but the
//: first has its strongest cell one step to the left of the diagonal.
//: ```
//:
//: Row by row the largest weight stands one to the left of the diagonal; the first word has nothing
//: before it, and takes what is nearest. Every score here was set by hand. What is left is to let
//: each word *choose* what it looks for, to make query, key and the vector that is averaged three
//: different things, and to learn all of them. That is attention, and chapter 3.

}  // namespace

void sequence_summary() {
  the_word_before();
}
