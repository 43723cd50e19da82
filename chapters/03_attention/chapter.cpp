//: # Attention
//:
//: Chapter 1 gave each word a vector, chapter 2 turned scores into weights and stamped positions into
//: vectors. In all that, each word stood for itself. But a word means what its neighbors let it mean:
//: "bank" by a river is not "bank" in an office, "it" is whatever came before, and a verb in Latin
//: finds its subject by an ending six words away. This chapter lets every word of a text look at the
//: others, decide for itself which of them matter, and take from them what it needs. This is
//: attention, the one part of a language model that moves information from word to word. All else
//: works on each position alone.
//:
//: **Self-attention** builds it from a dot product and a softmax, on five words that can be followed by
//: eye. **Scaled dot-product attention** gives it the form in which all models use it: with queries,
//: keys and values of its own making, and a division by $\sqrt d$ without which it can't learn. We
//: take the division away and watch. **Multi-head attention** lets one layer ask several questions at
//: once, and shows with pencil and paper, and then with a Latin lesson, that one question is not
//: enough for two answers. **Masking** forbids words to look at others: at padding, at the far past,
//: and above all at the future.
//:
//: At its end you will be able to
//:
//: - write attention from memory, in one head and in many, say what each of its matrices is for, and
//:   recognize the usual mistakes by what they do to the output;
//: - derive why scores are divided by $\sqrt d$ and not by $d$ or by nothing, and what a single head
//:   can't do that two can;
//: - count what attention costs in multiplications and in bytes, for a text of any length, and say what
//:   shared keys and values, windows and blocks save;
//: - build a mask for any rule of who may look at whom, and test from outside that it holds.
//:
//: You need from chapter 1: dot products and word vectors (section 1.1), linear layers (section 1.2),
//: gradient descent on a mean squared error, and finite differences (section 1.4). From chapter 2: the
//: softmax, its slope, and what it does with the largest score (section 2.1). Positions appear only
//: where they are missing. Layers learn in this chapter by backward passes that the library brings;
//: chapter 4 derives them.
//:
//: The chapter adds the folder `common/attention` to the library: `attention`, one head; `masks`;
//: `multi_head`, the layer; and `causal_attention`, the fast version that trains the model of
//: chapter 5. The last section is a program in which a single layer learns to answer questions about
//: what it has read.
//:
//: Run the whole chapter with `./learn run 3`, one section with `./learn run 3.2`, and check your
//: answers to the exercises with `./learn exercise 3`.

#include "common/harness/recorder.hpp"

void self_attention();
void scaled_dot_product();
void multi_head();
void masking();
void attention_summary();

int main(int argc, char** argv) {
  return llm::run_chapter(argc, argv,
                          {.number = 3,
                           .title = "Attention",
                           .sections = {{"Self-attention", self_attention},
                                        {"Scaled dot-product attention", scaled_dot_product},
                                        {"Multi-head attention", multi_head},
                                        {"Masking", masking},
                                        {"Summary: a layer that remembers", attention_summary}}});
}
