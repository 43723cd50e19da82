//: # Sequence and position
//:
//: A sentence is not a bag of words: some words weigh more than others, and their order matters.
//: This chapter turns scores into weights, and stamps time into vectors.

#include "common/foundations/recorder.hpp"

void softmax();
void positional_encoding();
void rope();

int main(int argc, char** argv) {
  return llm::run_chapter(
      argc, argv,
      {.number = 2,
       .title = "Sequence and position",
       .sections = {
           {"Softmax", softmax}, {"Positional encoding", positional_encoding}, {"RoPE", rope}}});
}
