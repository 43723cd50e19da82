//: # Sequence and position
//:
//: Chapter 1 gave a word a list of numbers, and measured with dot products how well two words fit.
//: A text is more than pairs of words, in two ways. A word meets many others at once, and must
//: divide its attention among them: some count more, all together count as one. And their order
//: matters: "dog bites man" and "man bites dog" are made of the same three vectors.
//:
//: This chapter supplies both. **Softmax** turns any scores into weights that are positive and add
//: up to 1. We find out why it has to be the exponential, make it safe for scores of any size, give
//: it a gradient, and compute it in one pass over scores that nobody keeps. **Positional encoding**
//: stamps each vector with its place: not with a number, but with the hands of many clocks, fast
//: and slow. **RoPE** is what most models do today: it turns the features themselves like clock
//: hands, so that the score of two words depends on how far apart they are, and on nothing else
//: about where they stand.
//:
//: At its end you will be able to
//:
//: - turn scores into weights without overflow, say what temperature does to them, and derive what
//:   gradient they hand back;
//: - read a heat map of positional encodings, and say what their dot products know about distance;
//: - derive RoPE from one demand, write it in both layouts that are in use, and move a model's
//:   weights from one to the other;
//: - say what happens to a model whose texts grow longer than those it was trained on, and what can
//:   be done.
//:
//: You need from chapter 1: vectors, dot products and cosine similarity (section 1.1), linear
//: layers (section 1.2), their gradients, gradient descent and finite differences (section 1.4).
//: From school: the exponential and the logarithm, sine and cosine. Angles are in radians
//: throughout.
//:
//: The chapter adds the folder `common/sequence` to the library: three small headers with their
//: sources, one a section. What it does not do yet is learn which words should listen to which.
//: That is attention, chapter 3, and it is built of the pieces made here. The last section is a
//: program in which these pieces already do a small job together.
//:
//: Run the whole chapter with `./learn run 2`, one section with `./learn run 2.1`, and check your
//: answers to the exercises with `./learn exercise 2`.

#include "common/harness/recorder.hpp"

void softmax();
void positional_encoding();
void rope();
void sequence_summary();

int main(int argc, char** argv) {
  return llm::run_chapter(argc, argv,
                          {.number = 2,
                           .title = "Sequence and position",
                           .sections = {{"Softmax", softmax},
                                        {"Positional encoding", positional_encoding},
                                        {"RoPE", rope},
                                        {"Summary: the word before", sequence_summary}}});
}
